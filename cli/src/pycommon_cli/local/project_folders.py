"""The project on disk: its root, its service folders, and where the local AWS keeps what it needs."""

from dataclasses import dataclass
from pathlib import Path

from pycommon_cli.cli_error import CliError, FindingError

PLATFORM = "amplify-platform"
STAGE = "local"


def find_project_root(start: Path) -> Path:
    """Return the nearest folder, from `start` upwards, that holds the shared platform."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / PLATFORM / "serverless.yml").is_file():
            return folder
    raise CliError(
        f"No project found: neither {start} nor a folder above it has {PLATFORM}/serverless.yml.",
        "Change into the checkout, or name it with --project.",
    )


@dataclass(frozen=True, slots=True)
class Project:
    """A checkout with its service folders."""

    root: Path

    def service_folders(self) -> list[str]:
        """Names of the service folders, the platform first because the others import from its stack."""
        found = sorted(path.parent.name for path in self.root.glob("amplify-*/serverless.yml"))
        return sorted(found, key=lambda name: name != PLATFORM)

    def service_folder(self, name: str) -> str:
        """The service folder called `name`; a path into it (tab completion leaves a slash) will do."""
        folder = name.rstrip("/").removeprefix("./")
        known = self.service_folders()
        if folder not in known:
            raise FindingError(f"No service folder {folder!r} in {self.root}: there are {', '.join(known)}.")
        return folder

    @property
    def osls(self) -> Path:
        """The Serverless Framework's executable."""
        return self.root / "node_modules" / ".bin" / "osls"

    @property
    def variables(self) -> Path:
        """The values that make a stage of a service folder local."""
        return self.root / "var" / f"{STAGE}-var.yml"


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one local AWS. Everything that it keeps lies below, so that two never meet."""

    path: Path

    def create(self) -> None:
        """Make the folder, readable by its owner only: it holds tokens' keys and a signing secret."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.temporary.mkdir(exist_ok=True)

    @property
    def run_record(self) -> Path:
        """Which process serves, since when; there from before its start until after its orderly end."""
        return self.path / "run.json"

    @property
    def port(self) -> Path:
        """The port used last."""
        return self.path / "port"

    @property
    def log(self) -> Path:
        """What MiniStack writes."""
        return self.path / "ministack.log"

    @property
    def state(self) -> Path:
        """What MiniStack persists."""
        return self.path / "state"

    @property
    def snapshot(self) -> Path:
        """The state as it was after the last orderly end."""
        return self.path / "snapshot"

    @property
    def temporary(self) -> Path:
        """MiniStack's TMPDIR: its pid file and the unpacked code of functions."""
        return self.path / "tmp"

    @property
    def artifacts(self) -> Path:
        """The packages that were deployed last, one a service folder."""
        return self.path / "artifacts"

    @property
    def secret(self) -> Path:
        """The random bytes from which local users' passwords are made."""
        return self.path / "secret"

    def deploy_log(self, folder: str) -> Path:
        """Everything that osls said at the last deployment of a service folder."""
        return self.path / f"deploy-{folder}.log"
