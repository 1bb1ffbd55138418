"""A service of a few lines, written down and read."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python import read_code

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pycommon_cli.analysis.facts import CodeFacts, HandlerFacts

__all__ = ["calls_of", "handler_of", "read", "reads_of"]

IMPORTS = """\
import os
import boto3
from pycommon.api.ops import api_tool, set_route_data
from pycommon.authz import setup_validated, validated
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, S3Operation
from pycommon.decorators import required_env_vars, track_execution
"""


def read(folder: Path, files: str | Mapping[str, str], *references: str) -> CodeFacts:
    """The facts of a service; one text is its `core.py`, with the usual imports in front on six lines."""
    texts = {"core.py": IMPORTS + dedent(files)} if isinstance(files, str) else files
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")
    return read_code(folder, folder, references or ("core.handler",))


def handler_of(folder: Path, files: str | Mapping[str, str]) -> HandlerFacts:
    """The facts of `core.handler`."""
    return read(folder, files).handlers["core.handler"]


def reads_of(folder: Path, files: str | Mapping[str, str]) -> dict[str, bool]:
    """The variables that `core.handler` reads, and whether each read has a default."""
    return {each.variable: each.optional for each in handler_of(folder, files).reads}


def calls_of(folder: Path, files: str | Mapping[str, str]) -> set[tuple[str, str | None]]:
    """The IAM actions that `core.handler` needs, each with its variable."""
    calls = handler_of(folder, files).calls
    return {(action, each.variable) for each in calls for action in each.actions}
