"""The resolution chain and the record, seen over HTTP on the deployed sample: wherever a value may be, or not."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from demo import aws_lookups
from tests.end_to_end.policies import reading_parameters
from tests.metrics.faulty_dynamodb import Fault, FaultyDynamoDB, always

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pycommon_cli.local.local_aws import LocalAws
    from pycommon_cli.local.rest_api import RestResponse

PATH = "/sample/visits"
BODY = {"data": {"message": "where is it?"}}
VARIABLE = "SAMPLE_DYNAMODB_TABLE"
SECRET = "CANARY-91c2-planted-secret"


@contextmanager
def changed(stack: LocalAws, **changes: str | None) -> Iterator[float]:
    """The function with other variables (None takes one away), in a new execution environment; yields since when."""
    with aws_lookups.other_variables(stack, **changes):
        yield time.time()


@contextmanager
def parameter(stack: LocalAws, name: str, value: str, kind: str = "String") -> Iterator[str]:
    """A parameter where the function looks for `name`."""
    path = f"/amplify/local/{aws_lookups.variables(stack)['SERVICE_NAME']}/{name}"
    stack.client("ssm").put_parameter(Name=path, Value=value, Type=kind, Overwrite=True)
    try:
        yield path
    finally:
        stack.client("ssm").delete_parameter(Name=path)


def visit(stack: LocalAws, user: str = "ada") -> RestResponse:
    return stack.call("POST", PATH, data=BODY, token=stack.token(user))


def logged(stack: LocalAws, since: float) -> str:
    return "\n".join(event.message for event in stack.logs(aws_lookups.FUNCTION, since - 1))


def record_of(stack: LocalAws, variable: str) -> dict[str, Any]:
    (use,) = [use for use in aws_lookups.variable_uses(stack) if use["variable"] == variable]
    return use


@pytest.mark.parametrize("kind", ["String", "SecureString"])
def test_a_variable_that_is_only_in_parameter_store(stack: LocalAws, kind: str) -> None:
    table = aws_lookups.variables(stack)[VARIABLE]
    with (
        reading_parameters(stack),
        parameter(stack, VARIABLE, table, kind) as path,
        changed(stack, **{VARIABLE: None}),
    ):
        assert visit(stack).status == 200
        use = record_of(stack, VARIABLE)
    assert (use["found_in"], use["parameter_path"]) == ("parameter_store", path)
    assert table not in json.dumps({**use, "parameter_path": None}, default=str)


def test_a_variable_that_is_nowhere(stack: LocalAws) -> None:
    with reading_parameters(stack), changed(stack, **{VARIABLE: None}) as since:
        answer = visit(stack)
        log = logged(stack, since)
    assert (answer.status, answer.json()["error"]) == (500, "Internal server error")
    assert VARIABLE not in answer.body
    assert VARIABLE in log
    assert "not in the Lambda environment" in log
    assert f"no parameter /amplify/local/{aws_lookups.variables(stack)['SERVICE_NAME']}/{VARIABLE}" in log


def test_several_missing_variables_are_all_named(stack: LocalAws) -> None:
    missing = ["ACCOUNTS_DYNAMO_TABLE", "OAUTH_AUDIENCE"]
    token = stack.token("ada")
    with changed(stack, **dict.fromkeys(missing)) as since:
        assert stack.call("POST", PATH, data=BODY, token=token).status == 500
        log = logged(stack, since)
    assert "2 declared variable(s) not found" in log
    assert all(name in log for name in missing)


def test_a_parameter_that_the_role_may_not_read(stack: LocalAws) -> None:
    with parameter(stack, VARIABLE, SECRET), changed(stack, **{VARIABLE: None}) as since:
        answer = visit(stack)
        log = logged(stack, since)
    assert answer.status == 500
    assert "the role lacks ssm:GetParameters or ssm:GetParameter" in log
    assert SECRET not in log + answer.body


def test_a_secret_value_stands_in_no_log_and_no_record(stack: LocalAws) -> None:
    with (
        reading_parameters(stack),
        parameter(stack, VARIABLE, SECRET, "SecureString"),
        changed(stack, **{VARIABLE: None}) as since,
    ):
        assert visit(stack).status == 500  # the role has no right on a table of that name
        log = logged(stack, since)
    assert "not authorized to perform: dynamodb:GetItem" in log
    assert SECRET not in log
    assert SECRET not in json.dumps(aws_lookups.variable_uses(stack), default=str)


def test_a_record_that_was_emptied_is_written_again(stack: LocalAws) -> None:
    table, dynamodb = aws_lookups.variables(stack)["ENV_VARS_TRACKING_TABLE"], stack.client("dynamodb")
    for item in aws_lookups.variable_uses(
        stack
    ):  # the sample's alone: other services write theirs again within the hour
        dynamodb.delete_item(TableName=table, Key={"service_var_key": {"S": item["service_var_key"]}})
    assert aws_lookups.variable_uses(stack) == []
    with changed(stack, LOG_LEVEL="INFO"):
        assert visit(stack).status == 200
        assert "dynamodb:PutItem" in record_of(stack, VARIABLE)["operations"]


def test_a_record_table_that_is_gone_fails_nothing(stack: LocalAws) -> None:
    with changed(stack, ENV_VARS_TRACKING_TABLE="amplify-local-no-such-table") as since:
        assert visit(stack).status == 200
        assert "could not be recorded" in logged(stack, since)


def test_a_throttled_record_delays_no_request_beyond_the_bound(stack: LocalAws) -> None:
    with (
        FaultyDynamoDB(stack.endpoint, "UpdateItem", always(Fault.THROTTLED)) as dynamodb,
        changed(stack, AWS_ENDPOINT_URL_DYNAMODB=dynamodb.endpoint),
    ):
        assert visit(stack).status == 200
        took = [_timed(lambda: visit(stack)) for _ in range(5)]
    assert min(took) < 1.0
    assert dynamodb.met[Fault.THROTTLED] > 0


def _timed(ask: Callable[[], RestResponse]) -> float:
    began = time.perf_counter()
    assert ask().status == 200
    return time.perf_counter() - began
