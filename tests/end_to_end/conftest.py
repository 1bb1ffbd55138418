"""The deployed services: one local AWS for the whole folder, with what goes to production deployed to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from demo.aws_lookups import SERVICES
from pycommon_cli.local.local_aws import LocalAws

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
CANARY = "CANARY-91c2"
"""Stands in bodies that the tests send; it must be in no log."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the local AWS, and Node to deploy to it."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.local_aws)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A local AWS of its own, so that the one somebody works with stays as it is.

    At the end the logs of all functions are read: whatever the tests sent, no token and no canary stands in them.
    """
    stack = LocalAws(ROOT, home=tmp_path_factory.mktemp("end-to-end"))
    stack.up()
    try:
        yield stack
        functions = [f"{folder}:{name}" for folder, names in SERVICES.items() for name in names]
        logged = "\n".join(event.message for function in functions for event in stack.logs(function))
        assert CANARY not in logged
        assert "eyJ" not in logged, "a token was logged"
    finally:
        stack.down(wipe=True)


@pytest.fixture(scope="session")
def ada(stack: LocalAws) -> str:
    """The access token of a user."""
    return stack.token("ada")
