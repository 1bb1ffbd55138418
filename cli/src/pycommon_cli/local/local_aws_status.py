"""Describe the status of the local AWS and of its services."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from pycommon_cli.local import local_processes, local_stacks


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """The status of one service folder."""

    folder: str
    stack: str
    status: str | None
    changed: bool


@dataclass(frozen=True, slots=True)
class LocalAwsStatus:
    """The status of the local AWS. When the local AWS is not running, the optional members are None."""

    running: bool
    home: str
    pid: int | None = None
    port: int | None = None
    endpoint: str | None = None
    since: datetime | None = None
    memory_bytes: int | None = None
    api_url: str | None = None
    services: tuple[ServiceStatus, ...] = ()

    @property
    def well(self) -> bool:
        """Return whether the local AWS is running and every stack is deployed."""
        return self.running and all(s.status and local_stacks.updatable(s.status) for s in self.services)


def memory_bytes(home: Path) -> int:
    """Return the memory of all processes of the local AWS at `home`."""
    total = 0
    for process in local_processes.of_home(home):
        try:
            total += process.memory_info().rss
        except psutil.Error:  # the process of a function has ended meanwhile
            continue
    return total
