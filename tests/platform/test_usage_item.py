"""Read an item of usage, or report why it cannot be counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costs.stream_batch import StreamBatch
from costs.usage_item import MalformedUsageError, UsageItem
from pycommon.dal.providers.aws.attribute_values import to_item
from tests.platform.ledger import NOON, text

ITEM: dict[str, Any] = {
    "account": "acc-1",
    "timestamp": "2030-05-17T12:30:00.000001Z",
    "user": "jane",
    "lambda_cost": Decimal("0.00000833335"),
    "request_cost": Decimal("0.0000002"),
}


def read(**changes: Any) -> UsageItem:
    values = {name: value for name, value in {**ITEM, **changes}.items() if value is not ...}
    return UsageItem.of(to_item(values), NOON)


def test_an_execution_costs_its_compute_and_its_request() -> None:
    assert read().cost == Decimal("0.00000853335")
    assert read(request_cost=...).cost == Decimal("0.00000833335")
    assert read(lambda_cost=0, request_cost=0).cost == 0


def test_no_digit_of_a_cost_is_lost() -> None:
    finest = Decimal(1).scaleb(-28)
    assert read(lambda_cost=Decimal(999_999), request_cost=finest).cost == Decimal(
        "999999.0000000000000000000000000001"
    )


@pytest.mark.parametrize("timestamp", ["2030-05-17T12:30:00Z", "2030-05-17T14:30:00+02:00", "2030-05-17T12:30:00.000Z"])
def test_the_hour_is_that_of_utc(timestamp: str) -> None:
    item = read(timestamp=timestamp)
    assert (item.moment, item.timestamp) == (NOON, timestamp)


MALFORMED = [
    ({"account": ...}, "`account` is missing"),
    ({"account": ""}, "`account` is missing, or is not a text"),
    ({"account": "é" * 513}, "`account` has more than 1,024 bytes"),
    ({"user": ...}, "`user` is missing"),
    ({"user": None}, "`user` is missing"),
    ({"user": 7}, "`user` is missing, or is not a text"),
    ({"user": "x" * 2049}, "`user` has more than 2,048 bytes"),
    ({"timestamp": ...}, "`timestamp` is missing"),
    ({"timestamp": "yesterday"}, "`timestamp` is not a time"),
    ({"timestamp": "2030-05-17T12:30:00"}, "`timestamp` is not a time in ISO 8601 with its offset"),
    ({"timestamp": "2030-02-30T12:30:00Z"}, "`timestamp` is not a time"),
    ({"timestamp": "0001-01-01T00:00:00+05:00"}, "`timestamp` is outside the calendar"),
    ({"timestamp": text(NOON + timedelta(minutes=5, microseconds=1))}, "`timestamp` is in the future"),
    ({"timestamp": "9999-12-31T23:59:59Z"}, "`timestamp` is in the future"),
    ({"lambda_cost": ...}, "`lambda_cost` is missing"),
    ({"lambda_cost": None}, "`lambda_cost` is missing"),
    ({"lambda_cost": "0.5"}, "`lambda_cost` is missing, or is not a number"),
    ({"lambda_cost": Decimal("-0.5")}, "`lambda_cost` is not from 0 to 1,000,000 USD"),
    ({"lambda_cost": 1_000_000}, "`lambda_cost` is not from 0 to 1,000,000 USD"),
    ({"lambda_cost": Decimal("1e120")}, "`lambda_cost` is not from 0"),
    ({"lambda_cost": Decimal("1e-29")}, "`lambda_cost` has more than 28 decimal places"),
    ({"lambda_cost": Decimal("1e-130")}, "`lambda_cost` has more than 28 decimal places"),
    ({"request_cost": "free"}, "`request_cost` is missing, or is not a number"),
    ({"request_cost": -1}, "`request_cost` is not from 0"),
]


@pytest.mark.parametrize(("changes", "reason"), MALFORMED)
def test_what_cannot_be_counted_is_refused_with_the_reason(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(MalformedUsageError, match="^" + reason):
        read(**changes)


def test_a_clock_that_is_a_little_ahead_is_believed() -> None:
    assert read(timestamp=text(NOON + timedelta(minutes=5))).moment > NOON


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
ATTRIBUTES = st.dictionaries(st.sampled_from(["S", "N", "M", "L", "NULL", "BOOL", "X"]), JSON, max_size=2)
IMAGES = st.dictionaries(st.sampled_from([*ITEM, "counted_at", "other"]), ATTRIBUTES | JSON, max_size=6)


@given(st.lists(JSON | st.fixed_dictionaries({"dynamodb": st.fixed_dictionaries({"NewImage": IMAGES | JSON})})))
def test_whatever_a_batch_holds_each_record_is_counted_passed_by_or_malformed(records: list[Any]) -> None:
    batch = StreamBatch.of(records, datetime.now(UTC))
    assert len(batch.malformed) + sum(map(len, batch.groups.values())) <= len(records)
    assert all(reason for _, reason in batch.malformed)
