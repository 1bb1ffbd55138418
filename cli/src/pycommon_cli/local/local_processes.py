"""Find and end the processes of one local AWS, and none other.

Each process that is started for a local AWS carries the folder of that AWS in its environment, and its children inherit
it: a process that lost its parent, or whose pid was never written down, is found all the same.
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
    """A pid and the moment its process was created: together they name one process for good."""

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> "ProcessId":
        return cls(pid, psutil.Process(pid).create_time())

    def process(self) -> psutil.Process | None:
        """The process, unless it ended (a zombie has, whoever forgot to reap it)."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < 1.0  # the clock's grain differs between systems
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


def marks(home: Path, role: str) -> dict[str, str]:
    """The variables that mark a process as belonging to the local AWS at `home`."""
    return {MARK: str(home), ROLE: role}


def of_home(home: Path, *, role: str | None = None, session: int | None = None) -> list[psutil.Process]:
    """Every living process of the local AWS at `home`, or of `session`: a child may have cleared its environment."""
    return [p for p in psutil.process_iter() if p.pid != os.getpid() and _belongs(p, str(home), role, session)]


def _belongs(process: psutil.Process, home: str, role: str | None, session: int | None) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if session is not None and os.getsid(process.pid) == session:
            return True
        environment = process.environ()
    except (psutil.Error, OSError):  # ended meanwhile, or another user's: in neither case ours to end
        return False
    return environment.get(MARK) == home and (role is None or environment.get(ROLE) == role)


def end(processes: Iterable[psutil.Process], patience: float = 5.0) -> list[psutil.Process]:
    """Ask each process to end, then make it; return those that had to be made."""
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
    """Whether the process ended within `patience` seconds. A child that nobody else reaps is reaped here."""
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
