"""Test parallel requests in one process: they share no data, and shared objects are created once."""

from __future__ import annotations

import json
import logging
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from pycommon.authz import setup_validated, validated
from pycommon.dal.providers.aws import clients
from pycommon.execution_environment import current
from pycommon.testing import LambdaContext, fresh_execution_environment, rest_api_event
from tests.authz import service
from tests.authz.service import body_of

if TYPE_CHECKING:
    import pytest

    from pycommon.testing import TokenIssuer
    from tests.conftest import Aws

THREADS = 8
REQUESTS = 250  # per thread
PATH = "/whoami"

# All threads are in the checker at the same time, then in the handler. In between, each sees the others' requests
# come and go. A request that fails breaks the barrier, and then every later one fails too.
_meeting = threading.Barrier(THREADS, timeout=30)


def get_permission_checker() -> Any:
    def checker(path: str, operation: str, user: str, data: dict[str, Any]) -> bool:
        _meeting.wait()
        return bool(data["data"]["user"] == user)

    return checker


setup_validated({"validators": {PATH: {"whoami": {"required": ["user", "number"]}}}}, get_permission_checker)


@validated("whoami")
def whoami(event: Any, context: Any, user: str, name: str, data: dict[str, Any]) -> Any:
    """Return the arguments of the handler, before and after the other threads ran."""
    before = json.dumps([user, name, data], default=str)
    _meeting.wait()
    assert json.dumps([user, name, data], default=str) == before
    return {"user": user, "name": name, **data}


def test_two_thousand_requests_of_eight_users_do_not_mix(
    cold_start: object, aws: Aws, issuer: TokenIssuer, caplog: pytest.LogCaptureFixture
) -> None:
    for noisy in ("botocore", "urllib3"):
        caplog.set_level(logging.INFO, noisy)  # each AWS call logs twenty debug lines
    users = [f"user-{number}" for number in range(THREADS)]
    for user in users:
        limit = {"period": "Daily", "rate": 1000 + int(user[-1])}
        account = {"id": f"account-of-{user}", "isDefault": True, "rateLimit": limit}
        aws.put("ACCOUNTS_DYNAMO_TABLE", {"user": user, "accounts": [account]})

    def requests_of(user: str) -> list[str]:
        """Return the faults in the responses to this user."""
        tokens = [issuer.token(user, name=f"Name of {user}, {number}") for number in range(5)]
        return [fault for number in range(REQUESTS) if (fault := wrong(user, number, tokens[number % 5]))]

    def wrong(user: str, number: int, token: str) -> str | None:
        context = LambdaContext()
        body = {"data": {"user": user, "number": number}, "own": f"{user}-{number}"}
        answer = whoami(rest_api_event("POST", PATH, body, token=token), context)
        expected = {
            "user": user,
            "name": f"Name of {user}, {number % 5}",
            **body,
            "access_token": token,
            "account": f"account-of-{user}",
            "api_key_id": None,
            "api_accessed": False,
            "allowed_access": ["full_access"],
            "rate_limit": {"period": "Daily", "rate": 1000 + int(user[-1])},
            "purpose": None,
            "path": PATH,
        }
        told = body_of(answer)
        return None if (answer["statusCode"], told) == (200, expected) else f"{user} {number}: {answer['statusCode']}"

    with ThreadPoolExecutor(THREADS) as pool:
        faults = [fault for found in pool.map(requests_of, users) for fault in found]
    assert faults == []

    items = aws.items("USAGE_METRICS_DYNAMO_TABLE")
    assert Counter((item["user"], item["account"]) for item in items) == {
        (user, f"account-of-{user}"): REQUESTS for user in users
    }
    assert len({item["request_id"] for item in items}) == THREADS * REQUESTS


def test_eight_cold_threads_make_each_client_once_and_fetch_the_keys_once(
    cold_start: dict[str, str], aws: Aws, issuer: TokenIssuer
) -> None:
    body = {"data": {"accountId": "a", "charge": 1}}
    for round_number in range(5):
        with fresh_execution_environment(cold_start):
            fetched = issuer.requests
            start = threading.Barrier(THREADS, timeout=30)

            def cold(number: int, start: threading.Barrier = start) -> tuple[int, str]:
                event = rest_api_event("POST", service.PATH, body, token=issuer.token(f"user-{number}"))
                start.wait()
                answer = service.charge(event, LambdaContext())
                return answer["statusCode"], body_of(answer).get("user")

            with ThreadPoolExecutor(THREADS) as pool:
                answers = list(pool.map(cold, range(THREADS)))
            assert answers == [(200, f"user-{number}") for number in range(THREADS)], round_number
            makers = (clients.client.__wrapped__, clients._botocore_client.__wrapped__)
            made = [key for key in current()._parts if isinstance(key, tuple) and key[0] in makers]
            assert made == [(clients.client.__wrapped__, "dynamodb")]
            assert issuer.requests - fetched == 1
            assert len(current()._making) == len(current()._parts)


def test_a_refused_request_leaves_nothing_for_the_next(cold_start: object, issuer: TokenIssuer) -> None:
    """Also on one thread: a caller must not get the data of the previous one."""
    body = {"data": {"accountId": "a", "charge": 1}}
    for token, status in (
        (issuer.token("jane"), 200),
        (None, 401),
        ("x.y.z", 401),
        (issuer.token("john"), 200),
        ("amp-unknown", 401),
    ):
        answer = service.charge(rest_api_event("POST", service.PATH, body, token=token), LambdaContext())
        assert answer["statusCode"] == status
        if status == 401:
            assert "user" not in body_of(answer)
            assert "jane" not in json.dumps(answer)
