"""Name the folders and files of a checkout and of its local AWS."""

from dataclasses import dataclass
from pathlib import Path

from pycommon_cli.cli_error import CliError, FindingError

PLATFORM = "amplify-platform"
STAGE = "local"


def find_project_root(start: Path) -> Path:
    """Return the nearest folder, from `start` upwards, that contains the platform."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / PLATFORM / "serverless.yml").is_file():
            return folder
    raise CliError(
        f"No project found: neither {start} nor a folder above it has {PLATFORM}/serverless.yml.",
        "Change to the checkout, or name it with --project.",
    )


@dataclass(frozen=True, slots=True)
class Project:
    """A checkout with its service folders."""

    root: Path

    def service_folders(self) -> list[str]:
        """Return the names of the service folders. The platform is first, because all others import from its stack."""
        found = sorted(path.parent.name for path in self.root.glob("amplify-*/serverless.yml"))
        return sorted(found, key=lambda name: name != PLATFORM)

    def service_folder(self, name: str) -> str:
        """Return the service folder called `name`. Tab completion may have added a slash."""
        folder = name.rstrip("/").removeprefix("./")
        known = self.service_folders()
        if folder not in known:
            raise FindingError(
                f"There is no service folder {folder!r} in {self.root}. Known folders: {', '.join(known)}."
            )
        return folder

    @property
    def osls(self) -> Path:
        """Return the executable of the Serverless Framework."""
        return self.root / "node_modules" / ".bin" / "osls"

    @property
    def variables(self) -> Path:
        """Return the file with the values of the stage `local`."""
        return self.root / "var" / f"{STAGE}-var.yml"


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one local AWS. All files of the local AWS are in it, so that two local AWS never share a file."""

    path: Path

    def create(self) -> None:
        """Create the folder. Only its owner may read it, because it contains signing keys and a secret."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.temporary.mkdir(exist_ok=True)

    @property
    def run_record(self) -> Path:
        """Return the file with the record of the running process.

        The file exists from before the start until after a regular stop. After a kill, the file still exists.
        """
        return self.path / "run.json"

    @property
    def port(self) -> Path:
        """Return the file with the last port."""
        return self.path / "port"

    @property
    def log(self) -> Path:
        """Return the file with the output of MiniStack."""
        return self.path / "ministack.log"

    @property
    def state(self) -> Path:
        """Return the folder of the state of MiniStack."""
        return self.path / "state"

    @property
    def snapshot(self) -> Path:
        """Return the copy of the state at the last regular stop."""
        return self.path / "snapshot"

    @property
    def temporary(self) -> Path:
        """Return the TMPDIR of MiniStack. It contains MiniStack's pid file and the unpacked code of functions."""
        return self.path / "tmp"

    @property
    def artifacts(self) -> Path:
        """Return the folder of the packages of the last deployments."""
        return self.path / "artifacts"

    @property
    def secret(self) -> Path:
        """Return the file with the random bytes for the passwords of local users."""
        return self.path / "secret"

    def deploy_log(self, folder: str) -> Path:
        """Return the file with the output of osls at the last deployment of a service folder."""
        return self.path / f"deploy-{folder}.log"
