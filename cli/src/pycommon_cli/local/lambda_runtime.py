"""The Python environment of the local AWS: MiniStack, and beside it what the Lambda runtime offers to functions.

MiniStack runs functions with its own interpreter, so a function may import whatever that interpreter finds by itself.
There it shall find what AWS puts beside a function, boto3, and nothing else: a package that forgets `cryptography` has
to fail here as it would on AWS. Hence MiniStack and its dependencies lie in a folder of their own, which only MiniStack
puts on its path.
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

# MiniStack signs Cognito's tokens only when `cryptography` is there; without it every token is refused, rightly.
MINISTACK = ("ministack==1.5.33", "cryptography>=44")
FUNCTIONS = ("boto3==1.44.5",)
LAYOUT = 1  # raise it when what is built below changes though the pins do not


def python_version() -> str:
    """The interpreter's minor version, which is the version of the Lambda runtime: MiniStack runs functions with it."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True)
class Runtime:
    """The environment at `path`."""

    path: Path

    @property
    def python(self) -> Path:
        """The interpreter of MiniStack and of the functions."""
        return self.path / "bin" / "python"

    @property
    def ministack(self) -> Path:
        """The folder on MiniStack's path only."""
        return self.path / "ministack"

    def ready(self) -> bool:
        """Whether the environment was finished, with these pins, for this interpreter."""
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
        if self.ready():  # built by the command that was waited for
            return
        with progress.step(f"Installing the local AWS ({MINISTACK[0]}, Python {python_version()})"):
            self._build()

    def _build(self) -> None:
        # A virtual environment does not survive being moved (its scripts name its path), so an unfinished one is told
        # by the missing `built-from`, which is written last.
        local_processes.end(
            local_processes.of_home(self.path)
        )  # a pip that outlived its killed command would write into it
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        base = getattr(sys, "_base_executable", sys.executable)
        self._run([base, "-m", "venv", str(self.path)], "The virtual environment of the local AWS could not be made")
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
            "Run that command by hand to see all of it. It needs the package index; on Debian also python3-venv.",
        )

    def packaging_python(self) -> Path:
        """The interpreter with which osls installs requirements: the caller's if it has pip, else this one."""
        return Path(sys.executable) if find_spec("pip") else self.python


def _fingerprint() -> str:
    facts = [sys.version, getattr(sys, "_base_executable", sys.executable), *MINISTACK, *FUNCTIONS, LAYOUT]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
