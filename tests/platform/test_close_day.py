"""The close of the day moves rows of earlier days to today, and changes no other budgets."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from costs.close_day_handler import close_day, close_rows
from costs.roll_up_handler import roll_up
from pycommon.env.call_observation import ObservedUse, observer
from pycommon.testing import LambdaContext, fresh_execution_environment
from tests.platform.ledger import COSTS, NOON, USAGE

if TYPE_CHECKING:
    from tests.platform.ledger import Ledger

TODAY = NOON.date()


def put_row(ledger: Ledger, user: str, day: date | None, **attributes: Any) -> dict[str, Any]:
    values = {"dailyCost": Decimal("1.5"), "hourlyCost": [Decimal("0.0625")] * 24, "monthlyCost": Decimal(2)}
    row = {"id": user, "accountInfo": "acc-1", **values, **attributes}
    if day is not None:
        row["costDate"] = day.isoformat()
    ledger.aws.put(COSTS, row)
    return row


def close(ledger: Ledger, today: date = TODAY, **arguments: Any) -> Any:
    return close_rows(ledger.variables[COSTS], today, **arguments)


def test_the_day_of_a_row_becomes_part_of_its_month(ledger: Ledger) -> None:
    put_row(ledger, "jane", TODAY - timedelta(days=1), record_type="of another writer", version=7)
    assert close(ledger).closed == 1
    assert ledger.row() == {
        "id": "jane",
        "accountInfo": "acc-1",
        "costDate": "2030-05-17",
        "dailyCost": 0,
        "hourlyCost": [0] * 24,
        "monthlyCost": Decimal("3.5"),
        "previousMonth": "2030-04",
        "previousMonthCost": 0,
        "version": 8,
        "record_type": "of another writer",
    }


@pytest.mark.parametrize(
    ("day", "monthly", "previous"),
    [("2030-04-30", 0, "3.5"), ("2030-04-01", 0, "3.5"), ("2030-03-31", 0, 0), ("2029-05-16", 0, 0)],
)
def test_with_the_month_turns_what_the_month_cost(ledger: Ledger, day: str, monthly: int, previous: str) -> None:
    put_row(ledger, "jane", date.fromisoformat(day))
    close(ledger)
    row = ledger.row()
    assert (row["costDate"], row["dailyCost"], row["monthlyCost"]) == ("2030-05-17", 0, monthly)
    assert (row["previousMonth"], row["previousMonthCost"]) == ("2030-04", Decimal(previous))


def test_rows_of_today_of_later_days_and_of_no_day_are_not_touched(ledger: Ledger) -> None:
    rows = [
        put_row(ledger, "today", TODAY),
        put_row(ledger, "tomorrow", TODAY + timedelta(days=1)),
        put_row(ledger, "foreign", None),
    ]
    assert close(ledger).closed == 0
    assert sorted(ledger.rows().values(), key=str) == sorted(rows, key=str)


def test_to_close_twice_is_to_close_once(ledger: Ledger) -> None:
    put_row(ledger, "jane", TODAY - timedelta(days=1))
    close(ledger)
    row = ledger.row()
    assert close(ledger).closed == 0
    assert ledger.row() == row


def test_every_page_of_the_table_is_seen(ledger: Ledger) -> None:
    for number in range(10):
        put_row(ledger, f"user-{number}", TODAY - timedelta(days=1), padding="x" * 300_000)
    closing = close(ledger)
    assert (closing.closed, closing.finished) == (10, True)


def test_a_run_that_is_short_of_time_says_so_and_the_next_goes_on(ledger: Ledger) -> None:
    for number in range(10):
        put_row(ledger, f"user-{number}", TODAY - timedelta(days=1))
    left = iter([60_000, 60_000, 19_999, 19_999])
    closing = close(ledger, time_left_ms=lambda: next(left))
    assert (closing.closed, closing.finished) == (3, False)
    closing = close(ledger)
    assert (closing.closed, closing.finished) == (7, True)


def test_a_row_that_cannot_be_read_is_told_and_stops_no_other(ledger: Ledger, caplog: pytest.LogCaptureFixture) -> None:
    yesterday = TODAY - timedelta(days=1)
    broken = [
        put_row(ledger, "ann", yesterday, dailyCost="1.5"),
        put_row(ledger, "bob", yesterday, version="one"),
        put_row(ledger, "cid", yesterday, dailyCost=Decimal("1e30"), monthlyCost=Decimal("1e-30")),
    ]
    put_row(ledger, "jane", yesterday)
    closing = close(ledger)
    assert (closing.closed, closing.malformed, closing.finished) == (1, 3, True)
    assert [ledger.row(row["id"]) for row in broken] == broken
    assert "the row of user 'ann' and account 'acc-1'" in caplog.text


def test_usage_that_comes_while_rows_are_closed_is_not_lost(ledger: Ledger) -> None:
    users = [f"user-{number}" for number in range(8)]
    for user in users:
        put_row(ledger, user, TODAY - timedelta(days=1), version=1)
        for _ in range(4):
            ledger.spend("0.01", user)
            ledger.spend("0.01", user, at=NOON - timedelta(days=1))  # comes late
    records = ledger.records()

    def count() -> None:
        for start in range(0, len(records), 4):
            while roll_up(records[start : start + 4], NOON).failures:
                pass

    counting = threading.Thread(target=count)
    counting.start()
    contended = [close(ledger).contended for _ in range(20)]
    counting.join()
    assert close(ledger).closed == 0
    assert sum(contended) <= 20
    for user in users:
        row = ledger.row(user)
        assert (row["dailyCost"], row["monthlyCost"]) == (Decimal("0.04"), Decimal("3.54")), user


@pytest.mark.parametrize("time", ["2999-01-01T00:05:00Z", "yesterday", None])
def test_the_time_of_the_event_decides_nothing(ledger: Ledger, time: str | None) -> None:
    now = datetime.now(UTC)
    row = put_row(ledger, "jane", now.date() + timedelta(days=1))  # even at midnight it is not before today
    event = {"source": "aws.events", "detail-type": "Scheduled Event", "time": time}
    result = close_day(event, LambdaContext(timeout_s=300))
    assert result == {"success": True, "closed": 0, "malformed": 0, "contended": 0, "finished": True}
    assert ledger.row() == row


def test_its_own_usage_goes_through_the_stream_as_everybody_elses(ledger: Ledger) -> None:
    close_day({"source": "aws.events"}, LambdaContext(timeout_s=300))
    (item,) = ledger.aws.items(USAGE)
    assert (item["account"], item["user"], item["operation"]) == ("system", "system", "close_day")
    assert "counted_at" not in item


def test_the_declared_rights_are_enough_and_all_of_them_are_used(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    put_row(ledger, "jane", datetime.now(UTC).date() - timedelta(days=1))
    role = ledger.aws.role_variables(*ledger.declared_rights(close_day))
    with fresh_execution_environment({**ledger.variables, **role, "OBSERVE_AWS_CALLS": "true"}):
        assert close_day({}, LambdaContext(timeout_s=300))["closed"] == 1
        findings = observer().findings()
    assert len(ledger.aws.items(USAGE)) == 1
    assert "AccessDenied" not in caplog.text
    assert {finding.verdict for finding in findings} == {ObservedUse.DECLARED}
    used = {(finding.variable, finding.action) for finding in findings if finding.variable in (COSTS, USAGE)}
    declared = close_day.__pycommon_declaration__.actions
    assert used == {(name, action) for name, actions in declared.items() for action in actions}
