"""The deployed services against their own OpenAPI documents: every answer conforms, and none is a 5xx."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pycommon_cli.interfaces.described_service import DescribedService
from tests.end_to_end.conftest import ROOT
from tests.interfaces.conformance import conforms

if TYPE_CHECKING:
    from pathlib import Path

    from pycommon_cli.local.local_aws import LocalAws

# A service is driven as soon as its folder is there. How many examples: its operations take their time each.
EXAMPLES = {"amplify-lambda-python-base": 20, "amplify-lambda": 5, "amplify-agent-loop-lambda": 3}
FOLDERS = [name for name in EXAMPLES if (ROOT / name / "serverless.yml").is_file()]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_answer_conforms(stack: LocalAws, folder: str, tmp_path: Path) -> None:
    document = DescribedService(ROOT / folder, "local").openapi().result
    conforms(
        document,
        f"http://127.0.0.1:{stack.api.port}/local",
        {"Host": stack.api.host, "Authorization": f"Bearer {stack.token('schemathesis')}"},
        tmp_path,
        max_examples=EXAMPLES[folder] * (2 if os.environ.get("CI") else 1),
    )
