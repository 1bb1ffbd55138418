"""Test the variables that `@validated` itself needs: they are resolved, declared and recorded."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.authz.authentication_settings import ALWAYS_NEEDED, LIBRARY_DECLARATION
from pycommon.background import background_writes
from pycommon.dal.providers.aws.json_protocol.call_observers import observe_calls
from pycommon.testing import LambdaContext, fresh_execution_environment, rest_api_event
from tests.authz.service import PATH, body_of, charge
from tests.authz.test_api_keys import new_key, put

if TYPE_CHECKING:
    from pycommon.testing import TokenIssuer
    from tests.conftest import Aws

ACTIONS = sorted({action for actions in LIBRARY_DECLARATION.actions.values() for action in actions})


def ask(token: str, account: str = "a") -> dict[str, Any]:
    event = rest_api_event("POST", PATH, {"data": {"accountId": account, "charge": 1}}, token=token)
    answer: dict[str, Any] = charge(event, LambdaContext())
    return answer


def wait_for_writes() -> None:
    """Wait for the background writes."""
    pool = background_writes()._pool
    if pool is not None:
        pool.shutdown(wait=True)


def allow(actions: list[str]) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": actions, "Resource": "*"}


def use_everything(aws: Aws, issuer: TokenIssuer) -> list[int]:
    """Make requests that need every variable: a user with a limit, an API key, an unhandled error."""
    account = {"id": "acc-1", "isDefault": True, "rateLimit": {"period": "Daily", "rate": 5}}
    aws.put("ACCOUNTS_DYNAMO_TABLE", {"user": "jane", "accounts": [account]})
    key = new_key()
    put(aws, key)
    answers = [ask(issuer.token("jane")), ask(key), ask(issuer.token("john"), "boom")]
    wait_for_writes()
    return [answer["statusCode"] for answer in answers]


def test_what_is_declared_is_what_is_done(cold_start: object, aws: Aws, issuer: TokenIssuer) -> None:
    called: set[str] = set()
    end = observe_calls(lambda service, operation, _: called.add(f"{service}:{operation}"))
    try:
        assert use_everything(aws, issuer) == [200, 200, 500]
    finally:
        end()
    assert called == set(ACTIONS)


def test_a_role_with_the_declared_actions_is_enough(
    cold_start: dict[str, str], aws: Aws, issuer: TokenIssuer, caplog: pytest.LogCaptureFixture
) -> None:
    with fresh_execution_environment({**cold_start, **aws.role_variables(allow(ACTIONS))}):
        assert use_everything(aws, issuer) == [200, 200, 500]
    assert "AccessDenied" not in "".join(record.getMessage() for record in caplog.records if record.levelno >= 30)
    assert len(aws.items("USAGE_METRICS_DYNAMO_TABLE")) == 3
    assert len(aws.messages()) == 1


@pytest.mark.parametrize("variable", ALWAYS_NEEDED)
def test_without_one_that_is_always_needed_nobody_gets_in(
    cold_start: dict[str, str], issuer: TokenIssuer, caplog: pytest.LogCaptureFixture, variable: str
) -> None:
    with fresh_execution_environment({variable: None}):
        for token in (issuer.token("jane"), "x.y.z", new_key()):
            answer = ask(token)
            assert (answer["statusCode"], body_of(answer)["error"]) == (500, "Internal server error")
            assert variable not in str(answer)
    path = f"/amplify/{cold_start['STAGE']}/{cold_start['SERVICE_NAME']}/{variable}"
    assert f"{variable}: not in the Lambda environment, no parameter {path}" in caplog.text


@pytest.mark.parametrize("empty", [None, ""])
def test_each_is_found_in_parameter_store_too(
    cold_start: dict[str, str], aws: Aws, issuer: TokenIssuer, empty: str | None
) -> None:
    names = [name for name in LIBRARY_DECLARATION.variables if name in cold_start]
    for name in names:
        aws.put_parameter(name, cold_start[name])
    with fresh_execution_environment(dict.fromkeys(names, empty)):
        assert use_everything(aws, issuer) == [200, 200, 500]
    assert len(aws.items("USAGE_METRICS_DYNAMO_TABLE")) == 3


def test_what_the_library_uses_is_on_record_without_its_values(
    cold_start: dict[str, str], aws: Aws, issuer: TokenIssuer
) -> None:
    assert ask(issuer.token("jane"))["statusCode"] == 200
    wait_for_writes()
    recorded = {item["variable"]: item for item in aws.items("ENV_VARS_TRACKING_TABLE")}
    for name in LIBRARY_DECLARATION.variables.keys() & cold_start.keys():
        assert set(recorded[name].get("operations") or ()) >= set(LIBRARY_DECLARATION.actions[name]), name
        assert LIBRARY_DECLARATION.function in recorded[name]["functions"]
        assert cold_start[name] not in str(recorded[name])


def test_a_record_that_cannot_be_written_changes_no_answer(
    cold_start: dict[str, str], aws: Aws, issuer: TokenIssuer
) -> None:
    table = f"none-{secrets.token_hex(4)}"
    with fresh_execution_environment({**cold_start, "ENV_VARS_TRACKING_TABLE": table}):
        assert ask(issuer.token("jane"))["statusCode"] == 200
        wait_for_writes()
