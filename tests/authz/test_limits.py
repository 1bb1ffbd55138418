"""Test rate limits: the costs of all rows, by the UTC clock, are compared with the limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pycommon.authz import identity
from pycommon.authz.accounts import ALWAYS_REACHED, RateLimit
from pycommon.authz.limits import Budget
from pycommon.env.variable_resolver import resolver
from pycommon.exceptions import EnvVarError, HTTPServiceUnavailable, HTTPTooManyRequests
from pycommon.expiring_cache import ExpiringCache
from pycommon.testing import LambdaContext, fresh_execution_environment, rest_api_event
from tests.authz.service import PATH, body_of, charge

if TYPE_CHECKING:
    from pycommon.testing import TokenIssuer
    from tests.conftest import Aws

TABLE = "COST_CALCULATIONS_DYNAMO_TABLE"
NOON = datetime(2030, 5, 17, 12, 30, tzinfo=UTC)
PERIODS = ("Hourly", "Daily", "Monthly")


def limit(period: str, rate: Any) -> RateLimit:
    return RateLimit(period, Decimal(str(rate)))


def hourly(**by_hour: Any) -> list[Any]:
    """Return the costs of 24 hours; `h12=3` sets the hour from 12:00."""
    return [Decimal(str(by_hour.get(f"h{hour}", 0))) for hour in range(24)]


def spend(aws: Aws, row: str = "acc-1", user: str = "jane", **costs: Any) -> None:
    aws.put(TABLE, {"id": user, "accountInfo": row, **costs})


def budget(now: datetime = NOON, cache_for_s: float = 0, **settings: Any) -> Budget:
    return Budget(resolver(), cache_for_s, now=lambda: now, **settings)


def is_reached(limit: RateLimit, now: datetime = NOON) -> bool:
    try:
        budget(now).check("jane", limit)
    except HTTPTooManyRequests:
        return True
    return False


def test_each_period_has_its_own_sum(cold_start: object, aws: Aws) -> None:
    spend(aws, dailyCost=Decimal("4.5"), monthlyCost=100, hourlyCost=hourly(h11=50, h12="0.25", h13=70))
    for period, spent in {"Hourly": "0.25", "Daily": "4.5", "Monthly": "104.5"}.items():
        assert is_reached(limit(period, spent)), period  # a limit is reached when the costs are equal
        assert not is_reached(limit(period, Decimal(spent) + Decimal("0.0001"))), period


def test_all_rows_of_the_user_count_and_nobody_elses(cold_start: object, aws: Aws) -> None:
    for number in range(30):
        spend(aws, f"acc-{number}", dailyCost=1, monthlyCost=2, hourlyCost=hourly(h12=Decimal("0.1")))
    spend(aws, user="jane2", dailyCost=1000, monthlyCost=1000, hourlyCost=hourly(h12=1000))
    for period, spent in {"Hourly": "3.0", "Daily": "30", "Monthly": "90"}.items():
        assert is_reached(limit(period, spent)), period
        assert not is_reached(limit(period, Decimal(spent) + Decimal("0.01"))), period


def test_rows_beyond_one_page_count(cold_start: object, aws: Aws) -> None:
    for number in range(6):
        spend(aws, f"acc-{number}", dailyCost=1, padding="x" * 300_000)
    assert is_reached(limit("Daily", 6))
    assert not is_reached(limit("Daily", "6.01"))


def test_sums_are_exact(cold_start: object, aws: Aws) -> None:
    for row in ("a", "b", "c"):
        spend(aws, row, dailyCost=Decimal("0.1"))
    assert is_reached(limit("Daily", "0.3"))
    assert not is_reached(limit("Daily", "0.30000000000000001"))


def test_the_hour_is_that_of_utc(cold_start: object, aws: Aws) -> None:
    for hour in (0, 1, 12, 23):
        spend(aws, hourlyCost=hourly(**{f"h{hour}": 5}))
        assert is_reached(limit("Hourly", 5), NOON.replace(hour=hour, minute=0)), hour
        assert is_reached(limit("Hourly", 5), NOON.replace(hour=hour, minute=59, second=59, microsecond=999_999)), hour
        assert not is_reached(limit("Hourly", 5), NOON.replace(hour=(hour + 1) % 24)), hour


def test_a_row_without_costs_adds_nothing(cold_start: object, aws: Aws) -> None:
    spend(aws, "acc-1")
    spend(aws, "acc-2", dailyCost=None, monthlyCost=None, hourlyCost=None)
    for period in PERIODS:
        assert not is_reached(limit(period, "0.01"))
        assert is_reached(limit(period, 0))


def test_nobody_has_spent_anything_yet(cold_start: object) -> None:
    for period in PERIODS:
        assert not is_reached(limit(period, "0.000001"))
        assert is_reached(limit(period, 0))
        assert is_reached(limit(period, -1))
    assert is_reached(ALWAYS_REACHED)


OF_A_DAY = [
    # costDate, then the costs of the hour, the day and the month at noon of 2030-05-17
    (None, "0.25", "4.5", "104.5"),
    ("2030-05-17", "0.25", "4.5", "104.5"),
    ("2030-05-18", "0.25", "4.5", "104.5"),
    ("2030-06-01", "0.25", "4.5", "104.5"),
    ("2030-05-16", "0", "0", "104.5"),
    ("2030-05-01", "0", "0", "104.5"),
    ("2030-04-30", "0", "0", "0"),
    ("2029-05-17", "0", "0", "0"),
    ("2029-05-16", "0", "0", "0"),
]


@pytest.mark.parametrize(("day", "hour", "today", "month"), OF_A_DAY)
def test_a_row_counts_for_the_day_that_it_is_of(
    cold_start: object, aws: Aws, day: str | None, hour: str, today: str, month: str
) -> None:
    """A clock that is ahead wrote a row of a later day. The row counts as today's."""
    of_a_day = {} if day is None else {"costDate": day}
    spend(aws, dailyCost=Decimal("4.5"), monthlyCost=100, hourlyCost=hourly(h12="0.25"), **of_a_day)
    for period, spent in {"Hourly": hour, "Daily": today, "Monthly": month}.items():
        assert is_reached(limit(period, spent)), period
        assert not is_reached(limit(period, Decimal(spent) + Decimal("0.0001"))), period


def test_rows_of_different_days_add_up(cold_start: object, aws: Aws) -> None:
    for number, day in enumerate(["2030-05-17", "2030-05-16", "2030-04-30"]):
        spend(aws, f"acc-{number}", dailyCost=1, monthlyCost=10, hourlyCost=hourly(h12=1), costDate=day)
    for period, spent in {"Hourly": 1, "Daily": 1, "Monthly": 22}.items():
        assert is_reached(limit(period, spent)), period
        assert not is_reached(limit(period, Decimal(spent) + Decimal("0.0001"))), period


def test_a_day_ends_at_midnight_utc(cold_start: object, aws: Aws) -> None:
    spend(aws, dailyCost=5, monthlyCost=0, costDate="2030-05-17")
    midnight = datetime(2030, 5, 18, tzinfo=UTC)
    assert is_reached(limit("Daily", 5), midnight - timedelta(microseconds=1))
    assert not is_reached(limit("Daily", 5), midnight)
    assert is_reached(limit("Monthly", 5), midnight)


MALFORMED_COSTS: list[Any] = [
    {"costDate": "17.05.2030"},
    {"costDate": "20300517"},
    {"costDate": "2030-02-30"},
    {"costDate": ""},
    {"costDate": 20300517},
    {"dailyCost": "5", "costDate": "2030-05-16"},
    {"dailyCost": "5"},
    {"dailyCost": [5]},
    {"dailyCost": True},
    {"monthlyCost": "1e3"},
    {"monthlyCost": {"usd": 5}},
    {"hourlyCost": "0"},
    {"hourlyCost": {"12": 5}},
    {"hourlyCost": []},
    {"hourlyCost": [5] * 23},
    {"hourlyCost": [5] * 25},
    {"hourlyCost": ["5"] * 24},
]


def test_costs_that_are_no_numbers_are_not_taken_for_nothing(
    cold_start: object, aws: Aws, caplog: pytest.LogCaptureFixture
) -> None:
    for row in MALFORMED_COSTS:
        spend(aws, **row)
        for period in PERIODS:
            with pytest.raises(HTTPServiceUnavailable):
                budget().check("jane", limit(period, 1))
        assert f"`{next(iter(row))}` is not a" in caplog.text, row
        budget(allow_when_unreadable=True).check("jane", limit("Daily", 1))
        budget().check("jane", None)


RETRY_AFTER: list[tuple[Any, Any, Any]] = [
    ("Hourly", "2030-05-17T12:00:00", 3600),
    ("Hourly", "2030-05-17T12:59:59", 1),
    ("Hourly", "2030-05-17T12:59:59.999999", 1),
    ("Hourly", "2030-05-17T12:59:57.5", 3),
    ("Hourly", "2030-12-31T23:59:00", 60),
    ("Daily", "2030-05-17T00:00:00", 86400),
    ("Daily", "2030-05-17T23:59:59", 1),
    ("Daily", "2030-05-17T23:59:58.000001", 2),
    ("Daily", "2030-12-31T23:00:00", 3600),
    ("Daily", "2028-02-28T12:00:00", 43200),
    ("Monthly", "2030-05-01T00:00:00", 31 * 86400),
    ("Monthly", "2028-02-01T00:00:00", 29 * 86400),
    ("Monthly", "2030-02-28T23:59:59.5", 1),
    ("Monthly", "2030-01-31T23:59:00", 60),
    ("Monthly", "2030-12-01T00:00:00", 31 * 86400),
    ("Monthly", "2030-12-31T23:59:59.000001", 1),
]


def test_who_comes_back_after_retry_after_comes_in_the_next_period(cold_start: object) -> None:
    for period, now, seconds in RETRY_AFTER:
        moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
        with pytest.raises(HTTPTooManyRequests) as refusal:
            budget(moment).check("jane", limit(period, 0))
        assert refusal.value.headers == {"Retry-After": str(seconds)}, (period, now)


def test_a_limit_that_is_reached_elsewhere_bites_within_the_time_that_costs_are_kept(
    cold_start: object, aws: Aws
) -> None:
    clock = [1_000.0]
    checked = budget(cache_for_s=10)
    checked._cache = ExpiringCache(clock=lambda: clock[0])
    checked.check("jane", limit("Daily", 5))
    spend(aws, dailyCost=5)
    clock[0] += 9.9
    checked.check("jane", limit("Daily", 5))
    clock[0] += 0.1
    with pytest.raises(HTTPTooManyRequests):
        checked.check("jane", limit("Daily", 5))


def test_a_reached_limit_ends_with_the_hour_and_not_with_the_cache(cold_start: object, aws: Aws) -> None:
    now = [NOON.replace(minute=59, second=59)]
    spend(aws, hourlyCost=hourly(h12=5))
    checked = Budget(resolver(), 300, now=lambda: now[0])
    with pytest.raises(HTTPTooManyRequests):
        checked.check("jane", limit("Hourly", 5))
    now[0] = NOON.replace(hour=13, minute=0)
    checked.check("jane", limit("Hourly", 5))


def allow(*actions: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*"}


def ask(token: str) -> dict[str, Any]:
    event = rest_api_event("POST", PATH, {"data": {"accountId": "a", "charge": 1}}, token=token)
    answer: dict[str, Any] = charge(event, LambdaContext())
    return answer


def give_limit(aws: Aws, period: str, rate: Any) -> None:
    account = {"id": "acc-1", "isDefault": True, "rateLimit": {"period": period, "rate": rate}}
    aws.put("ACCOUNTS_DYNAMO_TABLE", {"user": "jane", "accounts": [account]})


@pytest.mark.parametrize(
    ("why", "setting", "with_a_limit"),
    [
        ("denied", None, 503),
        ("denied", "allow", 200),
        ("no such table", "refuse", 503),
        ("no such table", "ALLOW", 503),
        ("no such table", "true", 503),
        ("no such table", "allow", 200),
    ],
)
def test_costs_that_cannot_be_read_refuse_only_who_has_a_limit(
    cold_start: dict[str, str], aws: Aws, issuer: TokenIssuer, why: str, setting: str | None, with_a_limit: int
) -> None:
    give_limit(aws, "Daily", 10)
    role = aws.role_variables(allow("dynamodb:GetItem", "dynamodb:PutItem")) if why == "denied" else {TABLE: "none"}
    with fresh_execution_environment({**cold_start, **role, "RATE_LIMIT_UNREADABLE": setting}):
        answer = ask(issuer.token("jane"))
        assert answer["statusCode"] == with_a_limit
        if with_a_limit == 503:
            assert body_of(answer)["error"] == "The costs cannot be looked up at the moment"
        assert ask(issuer.token("john"))["statusCode"] == 200


def test_over_the_limit_the_answer_is_429_and_the_request_has_its_payer(
    cold_start: object, aws: Aws, issuer: TokenIssuer
) -> None:
    give_limit(aws, "Daily", 10)
    spend(aws, dailyCost=Decimal("9.99"))
    with fresh_execution_environment({"ACCOUNT_CACHE_SECONDS": "0"}):
        answer = ask(issuer.token("jane"))
        assert (answer["statusCode"], body_of(answer)["data"]["rate_limit"]) == (200, {"period": "Daily", "rate": 10})
        spend(aws, dailyCost=10)
        answer = ask(issuer.token("jane"))
    assert (answer["statusCode"], body_of(answer)["error"]) == (429, "The daily limit of 10 USD is reached")
    assert 1 <= int(answer["headers"]["Retry-After"]) <= 86400
    items = sorted(aws.items("USAGE_METRICS_DYNAMO_TABLE"), key=lambda item: item["timestamp"])
    assert [(item["account"], item["status_code"]) for item in items] == [("acc-1", 200), ("acc-1", 429)]


def test_a_limit_that_cannot_be_read_refuses(cold_start: object, aws: Aws, issuer: TokenIssuer) -> None:
    give_limit(aws, "Daily", "ten")
    assert ask(issuer.token("jane"))["statusCode"] == 429


def test_without_the_variable_only_who_has_a_limit_meets_an_error(cold_start: object) -> None:
    with fresh_execution_environment({TABLE: None}):
        identity.budget().check("jane", None)
        with pytest.raises(EnvVarError, match=TABLE):
            identity.budget().check("jane", limit("Daily", 1))
