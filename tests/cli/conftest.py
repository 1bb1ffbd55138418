"""Fixtures: a small project for the tests of the command line, and one local AWS for the tests that need it."""

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
    """Return a new copy of the project."""
    return Project(copy_project(tmp_path / "project"))


@pytest.fixture(scope="session")
def local_stack(tmp_path_factory):
    """Start the local AWS of the project and deploy to it. Use the MiniStack environment of this checkout."""
    root = copy_project(tmp_path_factory.mktemp("cli") / "project")
    stack = LocalAws(root, runtime=CHECKOUT / ".pycommon" / "runtime")
    stack.up()
    yield stack
    stack.down(wipe=True)
