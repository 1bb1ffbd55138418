"""Lock a local AWS, so that one command at a time changes it."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pycommon_cli.cli_error import CliError
from pycommon_cli.terminal import Progress


@contextmanager
def exclusive(path: Path, command: str, progress: Progress | None = None) -> Iterator[None]:
    """Hold the lock file `path` during the block.

    The kernel releases the lock when the process ends, even after a kill. Only messages use the text of the file.

    Args:
        path: The lock file.
        command: The command that takes the lock.
        progress: If this is an object, wait while another process holds the lock. If this is None, raise an error.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if progress is None:
                raise _taken(path) from None
            with progress.step("Waiting for another command in this checkout"):
                fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        json.dump({"pid": os.getpid(), "command": command, "since": f"{datetime.now(UTC):%H:%M:%S} UTC"}, file)
        file.flush()
        yield


def _taken(path: Path) -> CliError:
    try:
        holder = json.loads(path.read_text())
    except (OSError, ValueError):  # the holder has not written the file yet
        return CliError(f"Another command holds {path}.", "Wait for it, then try again.")
    pid = holder["pid"]
    return CliError(
        f"`pycommon local {holder['command']}` (process {pid}, since {holder['since']}) is using this local AWS.",
        f"Wait for it, or stop it with `kill {pid}`, then try again.",
    )
