"""A project of its own for the command line's tests, and one local AWS for those that need it."""

import shutil
from pathlib import Path

import pytest

from pycommon_cli.local.local_aws import LocalAws
from pycommon_cli.local.project_folders import Project

CHECKOUT = Path(__file__).parents[2]


def copy_project(target: Path) -> Path:
    shutil.copytree(Path(__file__).parent / "project", target)
    (target / "node_modules").symlink_to(CHECKOUT / "node_modules")
    return target


@pytest.fixture
def project(tmp_path):
    """A fresh copy of the project."""
    return Project(copy_project(tmp_path / "project"))


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory):
    """The project's local AWS, started and deployed; MiniStack's environment is the checkout's, made once."""
    root = copy_project(tmp_path_factory.mktemp("cli") / "project")
    stack = LocalAws(root, runtime=CHECKOUT / ".pycommon" / "runtime")
    stack.up()
    yield stack
    stack.down(wipe=True)
