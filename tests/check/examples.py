"""The examples of the rules' pages: fenced blocks with file names, which together are a service."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pycommon_cli.check.check_settings import Settings
from pycommon_cli.check.rules.rule_pages import page
from pycommon_cli.check.service_check import check

if TYPE_CHECKING:
    from pathlib import Path

    from pycommon_cli.check.service_check import CheckReport

BLOCK = re.compile(r'^```\w+ title="(?P<name>[^"]+)"\n(?P<body>.*?)^```$', re.MULTILINE | re.DOTALL)
# What a page leaves out because every file has it.
IMPORTS = """\
import os

import boto3
from pycommon.authz import setup_validated, validated
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, S3Operation
from pycommon.decorators import required_env_vars, track_execution


"""
CONFIGURATION = "provider:\n  name: aws\nfunctions:\n  run:\n    handler: core.run\n"


def example(code: str, heading: str) -> dict[str, str]:
    """The files below one heading of a rule's page ("Bad", "Good"): name -> text, completed to a service."""
    _, _, rest = page(code).partition(f"\n## {heading}\n")
    blocks = {match["name"]: match["body"] for match in BLOCK.finditer(rest.partition("\n## ")[0])}
    if not blocks:
        return {}
    files = {name: text if "import " in text or name != "core.py" else IMPORTS + text for name, text in blocks.items()}
    files["serverless.yml"] = "service: example\n" + files.get("serverless.yml", CONFIGURATION)
    return files


def checked(files: dict[str, str], folder: Path, settings: Settings | None = None) -> CheckReport:
    """What the check finds in a service of these files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return check([folder], folder, settings or Settings(), jobs=1)
