"""Keep the deployed services, as they are before the first test, for the next run of the tests.

A deployment by osls takes half a minute for each service. The next run begins with a copy of the kept state and deploys
only the services whose sources changed. `make clean` removes the kept state.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from pycommon_cli.local.local_deploy import DeploymentMethod
from pycommon_cli.local.ministack import _bindable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pycommon_cli.local.local_aws import LocalAws
    from pycommon_cli.local.local_deploy import LocalDeployment

KEPT = ("artifacts", "port", "secret", "state")
"""What of the local AWS's folder belongs to the state. Queue URLs in it contain the port."""


def restore_deployed(stack: LocalAws) -> None:
    """Copy the kept state into the home of a local AWS that was not started yet, if the port is free."""
    kept = _kept(stack)
    try:
        port = int((kept / "port").read_text())
    except (OSError, ValueError):
        return
    if _bindable(port):
        _copy(kept, stack.home.path)


def save_deployed(stack: LocalAws, deployments: Sequence[LocalDeployment]) -> None:
    """Keep the state if anything was deployed. The local AWS is stopped for that, which writes the state."""
    if all(each.how is DeploymentMethod.NOT_NEEDED for each in deployments):
        return
    stack.down()
    unfinished = _kept(stack).with_name(f"{_kept(stack).name}-{stack.home.path.parent.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    _copy(stack.home.path, unfinished)
    shutil.rmtree(_kept(stack), ignore_errors=True)
    unfinished.rename(_kept(stack))
    stack.up()


def _kept(stack: LocalAws) -> Path:
    return stack.project.root / ".pycommon" / "end-to-end"


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in KEPT:
        path = source / name
        if path.is_dir():
            shutil.copytree(path, target / name, dirs_exist_ok=True)
        elif path.exists():
            shutil.copy2(path, target / name)
