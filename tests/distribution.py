"""Mark what each test needs, distribute tests over worker processes, and say how to run a failed test alone.

A plugin of pytest, loaded by `tests/conftest.py`.
"""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.shared_run import end_local_aws, is_worker, run_folder

DEPLOYED = {"stack", "local_stack"}
"""Fixtures that deploy services with osls, which needs Node."""
LOCAL_AWS = {*DEPLOYED, "local_aws"}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "same_worker(name): one worker process runs all tests with this name")
    config.addinivalue_line("markers", "heavy: takes a processor for a minute; begins early")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the test by the fixtures that it uses, so that `-m "not node"` needs no list of tests."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if fixtures & DEPLOYED:
        item.add_marker("node")
    if "local_stack" in fixtures:
        item.add_marker(pytest.mark.same_worker("local_stack"))  # each worker would deploy a stack of its own
    if fixtures & LOCAL_AWS:
        item.add_marker("local_aws")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that the workers finish at about the same time."""
    if is_worker(config):
        items.sort(key=_rank)
        groups = {item.nodeid: group for item in items if (group := _group(item))}
        folder = run_folder(config, config._tmp_path_factory)
        (folder / f"groups-{config.workerinput['workerid']}.json").write_text(json.dumps(groups))


def _group(item: pytest.Item) -> str:
    mark = item.get_closest_marker("same_worker")
    return str(mark.args[0]) if mark else ""


def _rank(item: pytest.Item) -> int:
    """Return the place of a test in the order of the run.

    The first test of the documents deploys all services, which takes minutes. Meanwhile, tests with much work of their
    own run in the other workers. Then come the other tests of deployed services, which often wait for the local AWS.
    """
    if group := _group(item):
        return {"documents": 0, "local_stack": 1}.get(group, 3)
    if item.get_closest_marker("heavy"):
        return 2
    return 4 if item.get_closest_marker("local_aws") else 5


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep tests with the same `same_worker` together, and of the others those of a file: they share fixtures.

    The marks `xdist_group` of pytest-xdist are of no use here: version 3.8 does not see them under pytest 9.2.
    """
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    folder = config._tmp_path_factory.getbasetemp()
    groups: dict[str, str] = {}

    class GroupsAndFiles(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if not groups:  # the workers have written them by now, all the same
                groups.update(json.loads(next(folder.glob("groups-*.json")).read_text()) or {"": ""})
            return groups.get(nodeid) or super()._split_scope(nodeid)

    config.option.loadscopereorder = False  # the order is that of `pytest_collection_modifyitems`
    return GroupsAndFiles(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the command that runs each failed test alone."""
    failed = [*terminalreporter.getreports("failed"), *terminalreporter.getreports("error")]
    names = dict.fromkeys(report.nodeid for report in failed if "::" in report.nodeid)
    if names:
        terminalreporter.section("run a failed test alone")
    for name in names:
        terminalreporter.write_line(f"run alone: {_python()} -m pytest {shlex.quote(name)}")


def _python() -> str:
    """Return the interpreter, relative to the checkout if it is in there."""
    python, root = Path(sys.executable), Path(__file__).parents[1]
    return shlex.quote(str(python.relative_to(root) if python.is_relative_to(root) else python))


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what the run has started, after the last worker."""
    factory = getattr(config, "_tmp_path_factory", None)
    if not is_worker(config) and factory is not None and getattr(factory, "_basetemp", None):
        end_local_aws(factory.getbasetemp())
