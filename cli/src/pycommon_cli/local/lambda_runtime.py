"""Install the Python environment of the local AWS: MiniStack, and the packages that the Lambda runtime has.

MiniStack runs functions with its own interpreter, and a function can import every package of that interpreter. Like the
Lambda runtime, the interpreter must have boto3 and nothing else. If a deployment package lacks `cryptography`, for
example, the function must fail here as it fails on AWS. MiniStack and its dependencies are therefore in a separate
folder, and only MiniStack has this folder on its path.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pycommon_cli.cli_error import CliError
from pycommon_cli.local import local_processes
from pycommon_cli.local.command_lock import exclusive
from pycommon_cli.terminal import Progress

# MiniStack signs the tokens of Cognito only when `cryptography` is installed. Services refuse unsigned tokens.
MINISTACK = ("ministack==1.5.33", "cryptography>=44")
FUNCTIONS = ("boto3==1.44.5",)
LAYOUT = 1  # increase this number when the build below changes and the pinned versions do not


def python_version() -> str:
    """Return the minor version of this interpreter. MiniStack runs functions with it."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True)
class Runtime:
    """The Python environment at `path`."""

    path: Path

    @property
    def python(self) -> Path:
        """Return the interpreter of MiniStack and of the functions."""
        return self.path / "bin" / "python"

    @property
    def ministack(self) -> Path:
        """Return the folder that only MiniStack has on its path."""
        return self.path / "ministack"

    def ready(self) -> bool:
        """Return whether the environment is complete, and fits the pinned versions and this interpreter."""
        try:
            return (self.path / "built-from").read_text() == _fingerprint() and self.python.exists()
        except OSError:
            return False

    def ensure(self, progress: Progress) -> None:
        """Build the environment unless it is ready."""
        if self.ready():
            return
        with exclusive(self.path.with_suffix(".lock"), "install", progress):
            self._build_unless_ready(progress)

    def _build_unless_ready(self, progress: Progress) -> None:
        if self.ready():  # another command has built the environment meanwhile
            return
        with progress.step(f"Installing the local AWS ({MINISTACK[0]}, Python {python_version()})"):
            self._build()

    def _build(self) -> None:
        # A virtual environment cannot be moved into place when it is complete, because its scripts contain its path.
        # `built-from` is written last, and marks a complete environment.
        left = local_processes.of_home(self.path)
        local_processes.end(left)  # a pip of a killed command would still write to the folder
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        base = getattr(sys, "_base_executable", sys.executable)
        self._run([base, "-m", "venv", str(self.path)], "The virtual environment of the local AWS could not be created")
        pip = [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
        self._run([*pip, "--target", str(self.ministack), *MINISTACK], "MiniStack could not be installed")
        self._run([*pip, *FUNCTIONS], "The functions' boto3 could not be installed")
        (self.path / "built-from").write_text(_fingerprint())

    def _run(self, command: list[str], failure: str) -> None:
        environment = {**os.environ, **local_processes.marks(self.path, "install")}
        result = subprocess.run(  # noqa: S603 (our own arguments)
            command, capture_output=True, text=True, check=False, env=environment
        )
        if result.returncode == 0:
            return
        said = [line for line in (result.stderr + result.stdout).splitlines() if line.strip()]
        reason = next(
            (line for line in reversed(said) if line.startswith(("ERROR", "Error"))), said[-1] if said else ""
        )
        raise CliError(
            f"{failure}: {reason.strip()} (exit code {result.returncode} of `{' '.join(command)}`).",
            "Run that command to see its whole output. It needs the package index; on Debian also python3-venv.",
        )

    def packaging_python(self) -> Path:
        """Return the interpreter with which osls installs requirements.

        This is the interpreter of this process if it has pip, and otherwise the interpreter of MiniStack.
        """
        return Path(sys.executable) if find_spec("pip") else self.python


def _fingerprint() -> str:
    facts = [sys.version, getattr(sys, "_base_executable", sys.executable), *MINISTACK, *FUNCTIONS, LAYOUT]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
