"""The deployed services: one local AWS for all end-to-end tests and all worker processes.

The tests of one service change its functions and policies, so one worker process runs them one after the other. The
tests of other services run at the same time. A test with the mark `stack_alone` needs all services as they were
deployed, so no other test of the stack runs beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from demo.aws_lookups import SERVICES
from pycommon_cli.local.local_aws import LocalAws
from tests.end_to_end.deployed_state import restore_deployed, save_deployed
from tests.shared_run import locked, run_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
CANARY = "CANARY-91c2"
"""Stands in bodies that the tests send; it must be in no log."""

GROUP_OF_SERVICE = {
    "amplify-lambda-python-base": "base",
    "amplify-agent-loop-lambda": "agents",
    "amplify-lambda": "documents",
    "amplify-platform": "documents",  # what documents cost is counted by the platform's functions
}
GROUP_OF_FILE = {
    "test_documents.py": "documents",
    "test_agent_loop.py": "agents",
    "test_mcp.py": "agents",
    "test_packages.py": "packages",
}


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.same_worker(_group(item)))


def _group(item: pytest.Item) -> str:
    """Return the group of a test: of its file, or else of the service folder that it is parametrized with."""
    if item.path.name in GROUP_OF_FILE:
        return GROUP_OF_FILE[item.path.name]
    parameters: dict[str, Any] = (
        item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    )
    drive = parameters.get("drive")
    folder = drive.function.partition(":")[0] if drive else parameters.get("folder", parameters.get("uses"))
    return GROUP_OF_SERVICE.get(folder, "base")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let a test with the mark `stack_alone` wait until the other workers do not use the stack, and they for it."""
    if "stack" not in getattr(item, "fixturenames", ()):
        return (yield)
    folder = run_folder(item.config, item.config._tmp_path_factory)
    with locked(folder / "stack.lock", shared=item.get_closest_marker("stack_alone") is None):
        return (yield)


@pytest.fixture(scope="session")
def stack(shared_folder: Path) -> Iterator[LocalAws]:
    """A local AWS for the run, so that the one of `pycommon local` stays as it is.

    At the end the logs of all functions are read: whatever the tests sent, they contain no token and no canary.
    The run ends the local AWS: see `tests/distribution.py`.
    """
    stack = LocalAws(ROOT, home=shared_folder / "end-to-end")
    with locked(shared_folder / "end-to-end.lock"):
        if not stack.status().running:
            restore_deployed(stack)
            deployments = stack.up()
            save_deployed(stack, deployments)
            stack.token("ada")  # two workers that sign in a new user at the same time would both create the user
    yield stack
    functions = [f"{folder}:{name}" for folder, names in SERVICES.items() for name in names]
    logged = "\n".join(event.message for function in functions for event in stack.logs(function))
    assert CANARY not in logged
    assert "eyJ" not in logged, "a token was logged"


@pytest.fixture(scope="session")
def ada(stack: LocalAws) -> str:
    """The access token of a user."""
    return stack.token("ada")
