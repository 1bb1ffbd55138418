"""Test the default account of a user, and how long it is cached."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.authz import identity
from pycommon.authz.accounts import ALWAYS_REACHED, Account, Accounts, RateLimit, parse_rate_limit
from pycommon.env.variable_resolver import resolver
from pycommon.exceptions import EnvVarError, HTTPServiceUnavailable
from pycommon.expiring_cache import ExpiringCache
from pycommon.testing import LambdaContext, fresh_execution_environment, rest_api_event
from tests.authz.service import PATH, body_of, charge

if TYPE_CHECKING:
    from pycommon.testing import TokenIssuer
    from tests.conftest import Aws

TABLE = "ACCOUNTS_DYNAMO_TABLE"
GENERAL = Account("general_account")
DAILY = {"period": "Daily", "rate": 10}
TEN_A_DAY = RateLimit("Daily", Decimal(10))


def default(account_id: Any = "acc-1", **members: Any) -> dict[str, Any]:
    return {"id": account_id, "name": "An account", "isDefault": True, **members}


DEFAULTS: list[tuple[Any, Any]] = [
    (None, GENERAL),
    ({}, GENERAL),
    ({"accounts": None}, GENERAL),
    ({"accounts": []}, GENERAL),
    ({"accounts": [{"id": "a", "isDefault": False}, {"id": "b"}]}, GENERAL),
    ({"accounts": [default()]}, Account("acc-1")),
    ({"accounts": [default(rateLimit=DAILY)]}, Account("acc-1", TEN_A_DAY)),
    ({"accounts": [default(rateLimit={"period": "Unlimited"})]}, Account("acc-1")),
    ({"accounts": [default(rateLimit=None)]}, Account("acc-1")),
    ({"accounts": [{"id": "a", "rateLimit": DAILY}, default("b")]}, Account("b")),
    # several defaults: the first is used
    ({"accounts": [default("a", rateLimit=DAILY), default("b")]}, Account("a", TEN_A_DAY)),
    # invalid members, and values of isDefault other than True
    ({"accounts": [None, 7, "acc", ["acc"], default("b")]}, Account("b")),
    ({"accounts": [default("a", isDefault="true"), default("b", isDefault=1)]}, GENERAL),
    # a default without an id: the general account pays, and the limit applies
    ({"accounts": [default(None, rateLimit=DAILY)]}, Account("general_account", TEN_A_DAY)),
    ({"accounts": [default("", rateLimit=DAILY)]}, Account("general_account", TEN_A_DAY)),
    ({"accounts": [default(7, rateLimit="none")]}, Account("general_account", ALWAYS_REACHED)),
]


def test_the_default_account(cold_start: object, aws: Aws) -> None:
    for item, account in DEFAULTS:
        if item is not None:
            aws.put(TABLE, {"user": "jane", **item})
        assert Accounts(resolver(), 10).default_of("jane") == account, item


def test_accounts_that_are_no_list_are_not_taken_for_none(cold_start: object, aws: Aws) -> None:
    """An invalid value may have been a limit: it must not become a user without a limit."""
    for accounts in ("acc-1", {"id": "acc-1", "isDefault": True}, 7, {"acc-1"}, True):
        aws.put(TABLE, {"user": "jane", "accounts": accounts})
        with pytest.raises(HTTPServiceUnavailable):
            Accounts(resolver(), 10).default_of("jane")


@pytest.mark.parametrize(
    ("value", "limit"),
    [
        (None, None),
        ({"period": "Unlimited"}, None),
        ({"period": "Unlimited", "rate": 0}, None),
        ({"period": "Unlimited", "rate": "much"}, None),
        ({"period": "Hourly", "rate": Decimal("0.5")}, RateLimit("Hourly", Decimal("0.5"))),
        ({"period": "Daily", "rate": 10}, TEN_A_DAY),
        ({"period": "Monthly", "rate": "12.50"}, RateLimit("Monthly", Decimal("12.50"))),
        ({"period": "Daily", "rate": 0}, RateLimit("Daily", Decimal(0))),
        ({"period": "Daily", "rate": -1}, RateLimit("Daily", Decimal(-1))),
    ],
)
def test_limits(value: Any, limit: RateLimit | None) -> None:
    assert parse_rate_limit(value) == limit


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        "",
        "Unlimited",
        0,
        False,
        {"rate": 10},
        {"period": "Daily"},
        {"period": "Daily", "rate": None},
        {"period": "Daily", "rate": "ten"},
        {"period": "Daily", "rate": ""},
        {"period": "Daily", "rate": True},
        {"period": "Daily", "rate": [10]},
        {"period": "Daily", "rate": "NaN"},
        {"period": "Daily", "rate": "sNaN"},
        {"period": "Daily", "rate": "Infinity"},
        {"period": "daily", "rate": 10},
        {"period": "unlimited", "rate": 10},
        {"period": "Weekly", "rate": 10},
        {"period": None, "rate": 10},
        {"period": ["Daily"], "rate": 10},
        {"period": {"Unlimited": True}, "rate": 10},
    ],
)
def test_a_limit_that_cannot_be_read_is_always_reached(value: Any) -> None:
    assert parse_rate_limit(value) == ALWAYS_REACHED


def test_an_account_is_read_again_after_a_while(cold_start: object, aws: Aws) -> None:
    now = [1_000.0]
    accounts = Accounts(resolver(), 10)
    accounts._cache = ExpiringCache(clock=lambda: now[0])
    assert accounts.default_of("jane") == GENERAL
    aws.put(TABLE, {"user": "jane", "accounts": [default(rateLimit=DAILY)]})
    now[0] += 9.9
    assert accounts.default_of("jane") == GENERAL
    assert accounts.default_of("john") == GENERAL
    now[0] += 0.1
    assert accounts.default_of("jane") == Account("acc-1", TEN_A_DAY)


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("2.5", 2.5), ("300", 300), ("301", 10), ("-1", 10), ("nan", 10), ("soon", 10)]
)
def test_how_long_accounts_are_kept_is_a_setting(text: str, seconds: float) -> None:
    with fresh_execution_environment({"ACCOUNT_CACHE_SECONDS": text}):
        assert identity.accounts()._cache_for_s == seconds
        assert identity.budget()._cache_for_s == seconds


@pytest.mark.parametrize("why", ["denied", "no such table"])
def test_a_table_that_cannot_be_read_is_a_503_for_users_with_a_token(
    cold_start: dict[str, str], aws: Aws, issuer: TokenIssuer, caplog: pytest.LogCaptureFixture, why: str
) -> None:
    role = aws.role_variables() if why == "denied" else {TABLE: "no-such-table"}
    with fresh_execution_environment({**cold_start, **role}):
        event = rest_api_event("POST", PATH, {"data": {}}, token=issuer.token("jane"))
        answer = charge(event, LambdaContext())
        with pytest.raises(HTTPServiceUnavailable):
            identity.accounts().default_of("jane")
    assert (answer["statusCode"], body_of(answer)["error"]) == (503, "The account cannot be looked up at the moment")
    assert "accounts table" in caplog.text


def test_a_failed_read_is_not_kept(cold_start: dict[str, str], aws: Aws) -> None:
    with fresh_execution_environment({TABLE: f"{aws.variables[TABLE]}-later"}):
        accounts = Accounts(resolver(), 300)
        with pytest.raises(HTTPServiceUnavailable):
            accounts.default_of("jane")
        aws.client("dynamodb").create_table(
            TableName=f"{aws.variables[TABLE]}-later",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "user", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "user", "KeyType": "HASH"}],
        )
        assert accounts.default_of("jane") == GENERAL


def test_without_the_variable_it_is_an_error_of_the_deployment(cold_start: object) -> None:
    with fresh_execution_environment({TABLE: None}), pytest.raises(EnvVarError, match=TABLE):
        Accounts(resolver(), 10).default_of("jane")
