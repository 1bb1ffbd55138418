"""One command at a time per local AWS: an advisory lock that dies with its holder."""

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
    """Hold the lock file `path`.

    The kernel frees the lock when its holder ends, however it ends; the file's text is only for the message.

    Args:
        path: The file.
        command: What the lock is taken for.
        progress: Given, somebody else's lock is waited for; not given, it is an error that says whose it is.
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
    except (OSError, ValueError):  # the holder is between taking the lock and signing it
        return CliError(f"Another command holds {path}.", "Wait for it, then try again.")
    pid = holder["pid"]
    return CliError(
        f"`pycommon local {holder['command']}` (process {pid}, since {holder['since']}) is at work on this local AWS.",
        f"Wait for it, or end it with `kill {pid}`, then try again.",
    )
