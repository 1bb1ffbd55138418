"""Mark what each test needs, distribute tests over worker processes, and say how to run a failed test alone.

A plugin of pytest, loaded by `tests/conftest.py`.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.shared_run import end_local_aws, is_worker

DEPLOYED = {"stack", "local_stack"}
"""Fixtures that deploy services with osls, which needs Node."""
LOCAL_AWS = {*DEPLOYED, "local_aws"}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "xdist_group(name): tests with the same name run in one worker process")


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the test by the fixtures that it uses, so that `-m "not node"` needs no list of tests."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if fixtures & DEPLOYED:
        item.add_marker("node")
    if "local_stack" in fixtures:
        item.add_marker(pytest.mark.xdist_group("local_stack"))  # each worker would deploy a stack of its own
    if fixtures & LOCAL_AWS:
        item.add_marker("local_aws")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that the workers finish at about the same time."""
    if is_worker(config):
        items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    """Return the place of a test in the order of the run.

    The first test of the documents deploys all services, which takes minutes. Other tests of the deployed services
    would wait for it, so they come later.
    """
    group = item.get_closest_marker("xdist_group")
    if group:
        return {"documents": 0, "local_stack": 1}.get(group.args[0], 2)
    return 3 if item.get_closest_marker("local_aws") else 4


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep the tests of a group together, and of the others those of a file: they share module fixtures and caches."""
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling

    class GroupsAndFiles(LoadGroupScheduling):
        def _split_scope(self, nodeid: str) -> str:
            group = super()._split_scope(nodeid)
            return nodeid.split("::", 1)[0] if group == nodeid else group

    config.option.loadscopereorder = False  # the order is that of `pytest_collection_modifyitems`
    return GroupsAndFiles(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the command that runs each failed test alone."""
    failed = [*terminalreporter.getreports("failed"), *terminalreporter.getreports("error")]
    names = dict.fromkeys(_without_group(report.nodeid) for report in failed if "::" in report.nodeid)
    if names:
        terminalreporter.section("run a failed test alone")
    for name in names:
        terminalreporter.write_line(f"run alone: {_python()} -m pytest {shlex.quote(name)}")


def _without_group(nodeid: str) -> str:
    """Return the node id without the `@group` that pytest-xdist appends."""
    return nodeid.rpartition("@")[0] if nodeid.rfind("@") > nodeid.rfind("]") else nodeid


def _python() -> str:
    """Return the interpreter, relative to the checkout if it is in there."""
    python, root = Path(sys.executable), Path(__file__).parents[1]
    return shlex.quote(str(python.relative_to(root) if python.is_relative_to(root) else python))


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what the run has started, after the last worker."""
    factory = getattr(config, "_tmp_path_factory", None)
    if not is_worker(config) and factory is not None and getattr(factory, "_basetemp", None):
        end_local_aws(factory.getbasetemp())
