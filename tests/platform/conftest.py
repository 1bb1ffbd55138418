"""Run the platform's functions in this process: the path of their modules, and a cold start without costs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pycommon.testing import LambdaContext, fresh_execution_environment
from tests.platform.ledger import USAGE, Ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Aws

# A service folder is the root of its Lambda package.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "amplify-platform"))


@pytest.fixture
def ledger(aws: Aws) -> Iterator[Ledger]:
    """A cold start of the platform's functions, without costs."""
    aws.client("dynamodb").update_table(
        TableName=aws.variables[USAGE],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    name = f"{aws.variables['SERVICE_NAME']}-costs-dead-letter"
    variables = {
        **aws.variables,
        "COSTS_DEAD_LETTER_QUEUE_NAME": name,
        "COSTS_DEAD_LETTER_QUEUE_URL": aws.client("sqs").create_queue(QueueName=name)["QueueUrl"],
    }
    with fresh_execution_environment(variables):
        yield Ledger(aws, variables)


@pytest.fixture
def context() -> LambdaContext:
    """A context with one minute left."""
    return LambdaContext(timeout_s=60)
