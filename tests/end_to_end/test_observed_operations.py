"""Declared = used: what the deployed functions were seen to use is what they declare, operation by operation."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from demo import lookups
from pycommon.authz.accounts import RateLimit
from pycommon.authz.api_key_store import ApiKeyStore
from tests.end_to_end.test_tour import without

if TYPE_CHECKING:
    from pycommon.cli.local.stack import LocalStack

BODY = {"data": {"message": "observed"}}


@pytest.fixture(scope="module")
def uses(stack: LocalStack) -> dict[str, dict[str, Any]]:
    """The record, after every branch of the sample and of the library in it has run once."""
    variables = lookups.variables(stack)
    keys = ApiKeyStore(variables["API_KEYS_DYNAMODB_TABLE"], stack.client("dynamodb"))
    limited = keys.create("observed", rate_limit=RateLimit("Monthly", Decimal(1_000_000)))
    token = stack.token(f"observed-{datetime.now(UTC).timestamp():.0f}")
    assert stack.call("POST", "/sample/visits", data=BODY, token=token).status == 200
    assert stack.call("POST", "/sample/visits", data=BODY, token=limited.key).status == 200
    with without(stack, "dynamodb:PutItem"):
        assert stack.call("POST", "/sample/visits", data=BODY, token=token).status == 500
    assert stack.call("POST", "/sample/visits", data=BODY, token=token).status == 200
    return {str(use["variable"]): use for use in lookups.variable_uses(stack)}


def test_what_is_used_is_what_is_declared(uses: dict[str, dict[str, Any]]) -> None:
    declared = {name: set(use.get("operations", ())) for name, use in uses.items()}
    used = {name: set(use.get("observed", ())) for name, use in uses.items()}
    assert used == declared
    assert sum(map(len, declared.values())) >= 10


def test_nothing_is_used_that_nobody_declares(uses: dict[str, dict[str, Any]]) -> None:
    assert {name: use["undeclared"] for name, use in uses.items() if "undeclared" in use} == {}


def test_the_record_has_no_value(uses: dict[str, dict[str, Any]], stack: LocalStack) -> None:
    values = [value for value in lookups.variables(stack).values() if len(value) > len("local")]
    service = lookups.variables(stack)["SERVICE_NAME"]
    text = json.dumps(list(uses.values()), default=str).replace(service, "")
    assert [value for value in values if value != service and value in text] == []
