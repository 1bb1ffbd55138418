"""Share folders, locks and local AWS between the worker processes of one test run.

`pytest -n 2` runs the tests in two worker processes. What is slow to start is started by the first worker that asks
for it, and is ended by the process that started the workers, after the last of them.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest


def run_folder(config: pytest.Config, factory: pytest.TempPathFactory) -> Path:
    """Return the folder that all processes of this run share."""
    base = factory.getbasetemp()
    return base.parent if is_worker(config) else base


def is_worker(config: pytest.Config) -> bool:
    """Return whether this process is a worker of pytest-xdist."""
    return hasattr(config, "workerinput")


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock file `path`: alone, or together with others that ask for it `shared`.

    A process that asks for the lock alone does not starve: who comes later waits behind it.
    """
    with path.with_suffix(".queue").open("a") as queue, path.open("a") as file:
        fcntl.flock(queue, fcntl.LOCK_EX)
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        fcntl.flock(queue, fcntl.LOCK_UN)
        yield


def end_local_aws(folder: Path) -> None:
    """Kill the processes of every local AWS whose home is below `folder`: nobody needs the state that they would write.

    An interrupted run leaves also those that a test has started for itself.
    """
    if not any(any(folder.glob(pattern)) for pattern in ("*/run.json", "cli*", "popen-*/cli*")):
        return  # no test has started a local AWS, and psutil need not be there
    import psutil

    from pycommon_cli.local.local_processes import MARK

    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK, "").startswith(f"{folder}{os.sep}"):
                process.kill()
