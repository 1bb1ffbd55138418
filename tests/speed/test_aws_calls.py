"""What a request asks of AWS: counted on the way, over HTTP, in front of the local AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.speed.conftest import Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.counting_proxy import CountingProxy
    from tests.conftest import Aws

GET, PUT, QUERY, UPDATE = (f"DynamoDB_20120810.{name}" for name in ("GetItem", "PutItem", "Query", "UpdateItem"))
PARAMETERS = "AmazonSSM.GetParameters"
USAGE, USES = "USAGE_METRICS_DYNAMO_TABLE", "ENV_VARS_TRACKING_TABLE"


@pytest.fixture
def function(environment: dict[str, str], counting_aws: CountingProxy) -> Iterator[Function]:
    """A function that was not called yet."""
    with Function({**environment, "AWS_ENDPOINT_URL": counting_aws.url}) as function:
        yield function


@pytest.fixture
def warm(function: Function, counting_aws: CountingProxy, jwt_event: dict[str, Any]) -> Function:
    """A function that has answered a request with a JWT."""
    function.ok("guarded", jwt_event)
    counting_aws.taken()
    return function


def batch(*payers: dict[str, str]) -> dict[str, Any]:
    records = [{"eventSource": "aws:sqs", "messageId": str(n), "body": json.dumps(p)} for n, p in enumerate(payers)]
    return {"Records": records}


def test_a_cold_request_reads_the_account_and_notes_each_variable_once(
    function: Function, counting_aws: CountingProxy, jwt_event: dict[str, Any], aws: Aws
) -> None:
    function.ok("guarded", jwt_event)
    calls = counting_aws.taken()
    assert [call for call in calls if call != UPDATE] == [GET, PUT]
    assert calls.count(UPDATE) == len(aws.items(USES)) > 0


def test_a_warm_request_writes_its_record_and_asks_nothing(
    warm: Function, counting_aws: CountingProxy, jwt_event: dict[str, Any], aws: Aws
) -> None:
    warm.ok("guarded", jwt_event, times=20)
    assert counting_aws.taken() == [PUT] * 20
    assert len(aws.items(USAGE)) == 21


def test_what_was_spent_is_read_once(
    function: Function, counting_aws: CountingProxy, jwt_event: dict[str, Any], aws: Aws
) -> None:
    limit = {"period": "Daily", "rate": 5}
    aws.put("ACCOUNTS_DYNAMO_TABLE", {"user": "jane", "accounts": [{"id": "a", "isDefault": True, "rateLimit": limit}]})
    function.ok("guarded", jwt_event)
    assert [call for call in counting_aws.taken() if call != UPDATE] == [GET, QUERY, PUT]
    function.ok("guarded", jwt_event, times=5)
    assert counting_aws.taken() == [PUT] * 5


def test_an_api_key_is_looked_up_each_time_and_its_use_noted_once(
    warm: Function, counting_aws: CountingProxy, key_event: dict[str, Any]
) -> None:
    warm.ok("guarded", key_event)
    assert sorted(counting_aws.taken()) == [PUT, QUERY, UPDATE]
    warm.ok("guarded", key_event, times=5)
    assert counting_aws.taken() == [QUERY, PUT] * 5


def test_an_operation_behind_the_router_has_one_record(
    warm: Function, counting_aws: CountingProxy, routed_event: dict[str, Any]
) -> None:
    warm.ok("route", routed_event, times=5)
    assert counting_aws.taken() == [PUT] * 5


def test_a_tracked_execution_writes_its_record_alone(function: Function, counting_aws: CountingProxy) -> None:
    for _ in ("cold", "warm"):
        function.ok("tracked", batch({"user": "jane"}, {"user": "jane"}))
        assert counting_aws.taken() == [PUT]


def test_a_batch_has_one_record_for_each_payer(function: Function, counting_aws: CountingProxy, aws: Aws) -> None:
    function.ok("tracked", batch(*({"account": f"account-{n}", "user": "jane"} for n in range(60))))
    assert counting_aws.taken() == [PUT] * 60
    assert len(aws.items(USAGE)) == 60


def test_many_users_of_one_account_have_a_record_each(
    function: Function, counting_aws: CountingProxy, aws: Aws
) -> None:
    function.ok("tracked", batch(*({"account": "one", "user": f"user-{n}"} for n in range(60))))
    assert counting_aws.taken() == [PUT] * 60
    assert len(aws.items(USAGE)) == 60


def test_parameters_are_read_in_one_call_and_kept(
    environment: dict[str, str], counting_aws: CountingProxy, jwt_event: dict[str, Any], aws: Aws
) -> None:
    aws.put_parameter("VARIABLE_0", "kept in Parameter Store")
    aws.put_parameter("VARIABLE_1", "kept there too")
    elsewhere = {name: value for name, value in environment.items() if not name.startswith("VARIABLE_")}
    elsewhere |= {"AWS_ENDPOINT_URL": counting_aws.url, "GROWN": "2", "STAGE": aws.variables["STAGE"]}
    with Function(elsewhere) as function:
        function.ok("guarded", jwt_event)
        assert [call for call in counting_aws.taken() if call != UPDATE] == [PARAMETERS, GET, PUT]
        function.ok("guarded", jwt_event, times=5)
        assert counting_aws.taken() == [PUT] * 5
