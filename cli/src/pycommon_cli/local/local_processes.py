"""Find and stop the processes of one local AWS, and no other processes.

Each process of a local AWS has an environment variable with the folder of this local AWS. Child processes inherit the
variable. A process is therefore found even when its parent has ended, or its pid was never stored.
"""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

MARK = "PYCOMMON_LOCAL_HOME"
ROLE = "PYCOMMON_LOCAL_ROLE"


@dataclass(frozen=True, slots=True)
class ProcessId:
    """A pid and the creation time of its process. A pid alone does not identify a process, because pids are reused."""

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> "ProcessId":
        return cls(pid, psutil.Process(pid).create_time())

    def process(self) -> psutil.Process | None:
        """Return the process, or None when the process has ended. A zombie counts as ended."""
        try:
            process = psutil.Process(self.pid)
            same = (
                abs(process.create_time() - self.created) < 1.0
            )  # the resolution of the clock differs between systems
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


def marks(home: Path, role: str) -> dict[str, str]:
    """Return the variables that mark a process as part of the local AWS at `home`."""
    return {MARK: str(home), ROLE: role}


def of_home(home: Path, *, role: str | None = None, session: int | None = None) -> list[psutil.Process]:
    """Return the running processes of the local AWS at `home` or of `session`.

    The session finds child processes that have cleared their environment.
    """
    return [p for p in psutil.process_iter() if p.pid != os.getpid() and _belongs(p, str(home), role, session)]


def _belongs(process: psutil.Process, home: str, role: str | None, session: int | None) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if session is not None and os.getsid(process.pid) == session:
            return True
        environment = process.environ()
    except (psutil.Error, OSError):  # the process has ended, or belongs to another user
        return False
    return environment.get(MARK) == home and (role is None or environment.get(ROLE) == role)


def end(processes: Iterable[psutil.Process], patience: float = 5.0) -> list[psutil.Process]:
    """Terminate each process, and kill those that do not end. Return the killed ones."""
    waiting = list(processes)
    for process in waiting:
        _signal(process, kill=False)
    _, stubborn = psutil.wait_procs(waiting, timeout=patience)
    for process in stubborn:
        _signal(process, kill=True)
    psutil.wait_procs(stubborn, timeout=patience)
    return stubborn


def _signal(process: psutil.Process, *, kill: bool) -> None:
    try:
        process.kill() if kill else process.terminate()
    except psutil.NoSuchProcess:
        return


def wait_until_gone(process: psutil.Process, patience: float) -> bool:
    """Return whether the process ends within `patience` seconds. Reap the process if it is a child of this process."""
    deadline = time.monotonic() + patience
    identity = ProcessId.of(process.pid) if process.is_running() else None
    while identity and identity.process():
        if time.monotonic() > deadline:
            return False
        try:
            process.wait(timeout=0.1)
        except psutil.TimeoutExpired:
            continue
    return True
