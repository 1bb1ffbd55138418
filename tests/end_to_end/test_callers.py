"""Who may call the deployed endpoint: users and API keys of every kind, through a REST API and through an HTTP API."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from demo import aws_lookups
from pycommon.authz.accounts import RateLimit
from pycommon.authz.api_key_store import ApiKeyStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.local.local_aws import LocalAws

PATH = "/sample/visits"
BODY = json.dumps({"data": {"message": "who am I?"}})


@dataclass(frozen=True)
class Answer:
    """Status and JSON body."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]


@pytest.fixture(scope="module")
def http_api(stack: LocalAws) -> str:
    """The id of an HTTP API (payload 2.0) in front of the very same function."""
    gateway, function = stack.client("apigatewayv2"), stack.function(aws_lookups.FUNCTION)
    arn = stack.client("lambda").get_function(FunctionName=function)["Configuration"]["FunctionArn"]
    api = gateway.create_api(Name="http-api-of-the-tests", ProtocolType="HTTP")["ApiId"]
    integration = gateway.create_integration(
        ApiId=api, IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
    )["IntegrationId"]
    gateway.create_route(ApiId=api, RouteKey=f"POST {PATH}", Target=f"integrations/{integration}")
    gateway.create_stage(ApiId=api, StageName="$default", AutoDeploy=True)
    stack.client("lambda").add_permission(
        FunctionName=function,
        StatementId="http-api",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
    )
    return str(api)


@pytest.fixture(params=["REST API", "HTTP API"])
def ask(request: pytest.FixtureRequest, stack: LocalAws, http_api: str) -> Callable[[str | None], Answer]:
    """POST to the endpoint with a token, over HTTP."""

    def through_the_rest_api(token: str | None) -> Answer:
        answer = stack.call("POST", PATH, data=BODY, token=token)
        return Answer(answer.status, answer.json(), answer.headers)

    def through_the_http_api(token: str | None) -> Answer:
        address = urlsplit(stack.endpoint)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
        headers = {"Host": f"{http_api}.execute-api.localhost:{address.port}", "Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            connection.request("POST", PATH, body=BODY, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, json.loads(answer.read()), {k.lower(): v for k, v in answer.getheaders()})
        finally:
            connection.close()

    return through_the_rest_api if request.param == "REST API" else through_the_http_api


@pytest.fixture(scope="module")
def variables(stack: LocalAws) -> dict[str, str]:
    return aws_lookups.variables(stack)


@pytest.fixture(scope="module")
def keys(stack: LocalAws, variables: dict[str, str]) -> ApiKeyStore:
    return ApiKeyStore(variables["API_KEYS_DYNAMODB_TABLE"], stack.client("dynamodb"))


def test_a_user(ask: Callable[[str | None], Answer], ada: str) -> None:
    answer = ask(ada)
    assert (answer.status, answer.body["user"]) == (200, "ada")


def test_an_owner_a_delegate_and_a_system_key(ask: Callable[[str | None], Answer], keys: ApiKeyStore) -> None:
    issued = {
        "olga": keys.create("olga", account_id="acc-1"),
        "dora": keys.create("olga", delegate="dora", account_id="acc-1"),
        "nightly-import": keys.create("olga", system_id="nightly-import", account_id="acc-1"),
    }
    for user, key in issued.items():
        answer = ask(key.key)
        assert (answer.status, answer.body.get("user")) == (200, user), answer


def test_keys_that_are_no_use(
    ask: Callable[[str | None], Answer], keys: ApiKeyStore, stack: LocalAws, variables: Any
) -> None:
    revoked = keys.create("olga")
    assert ask(revoked.key).status == 200
    keys.revoke(revoked.view.id)
    expired = keys.create("olga", expiration=datetime.now(UTC).date() + timedelta(days=1))
    stack.client("dynamodb").update_item(
        TableName=variables["API_KEYS_DYNAMODB_TABLE"],
        Key={"api_owner_id": {"S": expired.view.id}},
        UpdateExpression="SET expirationDate = :past",
        ExpressionAttributeValues={":past": {"S": str(date(2020, 1, 1))}},
    )
    without_access = keys.create("olga", access_types=["file_upload"])
    rotated = keys.create("olga")
    renewed = keys.rotate(rotated.view.id)
    assert [ask(key.key).status for key in (revoked, expired, without_access, rotated, renewed)] == [
        401,
        401,
        403,
        401,
        200,
    ]


def test_a_user_over_the_daily_limit_and_the_day_after(
    ask: Callable[[str | None], Answer], stack: LocalAws, variables: dict[str, str], request: pytest.FixtureRequest
) -> None:
    user = f"spender-{abs(hash(request.node.name)) % 10_000}"
    limit = {"period": {"S": "Daily"}, "rate": {"N": "0.01"}}
    account = {"id": {"S": "acc-9"}, "isDefault": {"BOOL": True}, "rateLimit": {"M": limit}}
    dynamodb = stack.client("dynamodb")
    dynamodb.put_item(
        TableName=variables["ACCOUNTS_DYNAMO_TABLE"], Item={"user": {"S": user}, "accounts": {"L": [{"M": account}]}}
    )
    token = stack.token(user)

    def spend(amount: str) -> None:
        dynamodb.put_item(
            TableName=variables["COST_CALCULATIONS_DYNAMO_TABLE"],
            Item={"id": {"S": user}, "accountInfo": {"S": "acc-9#x"}, "dailyCost": {"N": amount}},
        )

    with aws_lookups.other_variables(stack, ACCOUNT_CACHE_SECONDS="1"):
        assert ask(token).status == 200
        spend("0.01")
        refused = _until(lambda: ask(token), 429)
        assert 0 < int(refused.headers["retry-after"]) <= 86400
        assert "0.01 USD" in refused.body["error"]
        spend("0")
        assert _until(lambda: ask(token), 200).body["user"] == user


def test_a_key_over_its_limit(ask: Callable[[str | None], Answer], keys: ApiKeyStore) -> None:
    key = keys.create("olga", rate_limit=RateLimit("Monthly", Decimal(0)))
    answer = ask(key.key)
    assert (answer.status, answer.body["success"]) == (429, False)


def test_nobody(ask: Callable[[str | None], Answer]) -> None:
    answer = ask(None)
    assert answer.status == 401
    assert answer.body.keys() == {"success", "error", "requestId", "details"}


def test_who_used_a_key_is_in_the_usage_table_and_the_key_is_not(
    ask: Callable[[str | None], Answer], keys: ApiKeyStore, stack: LocalAws, variables: dict[str, str]
) -> None:
    key = keys.create("olga", account_id=f"acc-{datetime.now(UTC).timestamp()}")
    assert ask(key.key).status == 200
    items = [
        item
        for item in aws_lookups.items(stack, variables["USAGE_METRICS_DYNAMO_TABLE"])
        if item.get("api_key_id") == key.view.id
    ]
    assert [(item["user"], item["account"]) for item in items] == [("olga", key.view.account_id)]
    (seen,) = [each for each in keys.list("olga") if each.id == key.view.id]
    assert seen.last_accessed is not None
    assert key.key not in json.dumps(items, default=str)


def _until(ask: Callable[[], Answer], status: int, patience_s: float = 20.0) -> Answer:
    """Ask until the answer has `status`: costs are cached for ACCOUNT_CACHE_SECONDS."""
    end = time.monotonic() + patience_s
    while (answer := ask()).status != status:
        assert time.monotonic() < end, answer
        time.sleep(0.5)  # what is awaited is the function's own clock
    return answer
