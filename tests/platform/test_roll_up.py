"""The roll-up with a real stream and real tables: each item counts exactly once, in spite of failures."""

from __future__ import annotations

import json
import random
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from costs.roll_up_handler import OutOfTimeError, roll_up, roll_up_usage
from pycommon.dal.providers.aws.attribute_values import to_item
from pycommon.env.call_observation import ObservedUse, observer
from pycommon.testing import LambdaContext, fresh_execution_environment
from tests.metrics.faulty_dynamodb import Fault, FaultyDynamoDB
from tests.platform.ledger import COSTS, NOON, USAGE, text

if TYPE_CHECKING:
    from tests.platform.ledger import Ledger

JANE = ("jane", "acc-1")


def hours(**costs: str) -> list[Decimal]:
    return [Decimal(costs.get(f"h{hour}", 0)) for hour in range(24)]


def shuffle(records: list[Any], seed: int) -> None:
    random.Random(seed).shuffle(records)  # noqa: S311 - an order that repeats, no secret


def test_an_item_is_added_to_hour_day_and_row_and_marked(ledger: Ledger) -> None:
    ledger.spend("0.25")
    tally = roll_up(ledger.records(), NOON)
    assert (tally.counted, tally.repeated, tally.dead_letters, tally.failures) == (1, 0, 0, [])
    assert ledger.rows() == {
        JANE: {
            "id": "jane",
            "accountInfo": "acc-1",
            "costDate": "2030-05-17",
            "dailyCost": Decimal("0.25"),
            "hourlyCost": hours(h12="0.25"),
            "monthlyCost": 0,
            "previousMonth": "2030-04",
            "previousMonthCost": 0,
            "version": 1,
        }
    }
    (item,) = ledger.aws.items(USAGE)
    assert item["counted_at"] == "2030-05-17T12:30:00.000+00:00"


def test_what_is_delivered_again_changes_nothing(ledger: Ledger) -> None:
    for cost in ("0.1", "0.2", "0.3"):
        ledger.spend(cost)
    records = ledger.records()
    roll_up(records[:2], NOON)
    row = ledger.row()
    assert roll_up(records[:2], NOON).repeated == 2
    assert ledger.row() == row
    tally = roll_up([*records, *records], NOON)
    assert (tally.counted, tally.repeated) == (1, 2)
    assert ledger.row()["dailyCost"] == Decimal("0.6")


def test_the_markers_are_not_taken_for_new_items(ledger: Ledger) -> None:
    ledger.spend()
    roll_up(ledger.records(), NOON)
    markers = ledger.records()[1:]
    assert [record["eventName"] for record in markers] == ["MODIFY"]
    tally = roll_up(markers, NOON)
    assert (tally.counted, tally.repeated, tally.dead_letters) == (0, 0, 0)


def test_any_order_and_any_batches_give_the_same_rows(ledger: Ledger) -> None:
    for number, days in enumerate([0, 0, 1, 16, 17, 40, 46, 47, 80]):
        ledger.spend(f"0.{number + 1:03}", at=NOON - timedelta(days=days))
    newest, *records = ledger.records()
    shuffle(records, seed=5)
    roll_up([newest], NOON)
    too_old = sum(roll_up(records[start : start + 2], NOON).too_old for start in range(0, len(records), 2))
    row = ledger.row()
    assert row["dailyCost"] == Decimal("0.001") + Decimal("0.002")
    assert row["hourlyCost"] == hours(h12="0.003")
    assert row["monthlyCost"] == Decimal("0.003") + Decimal("0.004")
    assert row["previousMonthCost"] == Decimal("0.005") + Decimal("0.006") + Decimal("0.007")
    assert too_old == 2
    assert ledger.uncounted() == []


def test_a_thousand_items_of_twenty_users_counted_by_four_at_once_sum_exactly(ledger: Ledger) -> None:
    expected: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for number in range(1000):
        user, account, cost = f"user-{number % 20}", f"acc-{number % 3}", f"0.{number + 1:024}"
        ledger.spend(cost, user, account)
        expected[user, account] += Decimal(cost)
    records = ledger.records()

    def deliver(seed: int) -> int:
        mine = records[:]
        shuffle(mine, seed)
        counted = 0
        for start in range(0, len(mine), 200):
            batch = mine[start : start + 200]
            for _ in range(20):  # like the stream: the same batch again until it succeeds
                tally = roll_up(batch, NOON)
                counted += tally.counted
                if not tally.failures:
                    break
        return counted

    with ThreadPoolExecutor(4) as pool:
        counted = sum(pool.map(deliver, range(4)))
    assert counted == 1000
    assert ledger.totals() == expected
    assert ledger.uncounted() == []
    assert ledger.dead_letters() == []


def test_the_sum_of_many_items_of_one_user_needs_several_transactions(ledger: Ledger) -> None:
    for _ in range(205):
        ledger.spend("0.001")
    assert roll_up(ledger.records(), NOON).counted == 205
    assert (ledger.row()["dailyCost"], ledger.row()["version"]) == (Decimal("0.205"), 3)


def meeting(ledger: Ledger, operation: str, *faults: Fault) -> FaultyDynamoDB:
    """Provide a DynamoDB whose first calls of `operation` have `faults`."""
    coming = iter(faults)
    return FaultyDynamoDB(ledger.variables["AWS_ENDPOINT_URL"], operation, lambda: next(coming, Fault.NONE))


@pytest.mark.parametrize("fault", [Fault.DROPPED_AFTERWARDS, Fault.ERROR_AFTERWARDS, Fault.THROTTLED])
def test_a_crash_between_the_write_and_its_answer_counts_once(ledger: Ledger, context: Any, fault: Fault) -> None:
    for cost in ("0.1", "0.2"):
        ledger.spend(cost, at=datetime.now(UTC))
    records = ledger.records()
    with meeting(ledger, "TransactWriteItems", *[fault] * 3) as dynamodb:  # as many as the client's attempts
        variables = {"AWS_ENDPOINT_URL_DYNAMODB": dynamodb.endpoint}
        with fresh_execution_environment(variables), pytest.raises((ClientError, BotoCoreError)):
            roll_up_usage({"Records": records}, context)
    assert dynamodb.met[fault] == 3
    tally = roll_up(records, datetime.now(UTC))
    applied = fault is not Fault.THROTTLED
    assert (tally.counted, tally.repeated) == ((0, 2) if applied else (2, 0))
    assert ledger.totals()[JANE] == Decimal("0.3")
    assert ledger.dead_letters() == []


def test_a_lost_answer_is_asked_for_again_under_the_same_token(ledger: Ledger) -> None:
    ledger.spend("0.1")
    with (
        meeting(ledger, "TransactWriteItems", Fault.DROPPED_AFTERWARDS) as dynamodb,
        fresh_execution_environment({"AWS_ENDPOINT_URL_DYNAMODB": dynamodb.endpoint}),
    ):
        tally = roll_up(ledger.records(), NOON)
    assert (tally.counted, tally.repeated, tally.failures) == (1, 0, [])
    assert ledger.row()["dailyCost"] == Decimal("0.1")


def test_a_row_that_cannot_be_read_now_stops_no_other_and_is_delivered_again(ledger: Ledger, context: Any) -> None:
    ledger.spend("0.1", at=datetime.now(UTC))
    with (
        meeting(ledger, "GetItem", *[Fault.THROTTLED] * 3) as dynamodb,
        fresh_execution_environment({"AWS_ENDPOINT_URL_DYNAMODB": dynamodb.endpoint}),
    ):
        with pytest.raises(ClientError, match="ProvisionedThroughputExceeded"):
            roll_up_usage({"Records": ledger.records()}, context)
        assert JANE not in ledger.rows()
        roll_up_usage({"Records": ledger.records()}, context)
    assert ledger.totals()[JANE] == Decimal("0.1")


POISON: list[dict[str, Any]] = [
    {"account": "acc-1", "timestamp": text(NOON), "lambda_cost": 1},
    {"account": "acc-1", "timestamp": "yesterday", "user": "jane", "lambda_cost": 1},
    {"account": "acc-1", "timestamp": text(NOON + timedelta(days=1)), "user": "jane", "lambda_cost": 1},
    {"account": "acc-1", "timestamp": text(NOON + timedelta(seconds=1)), "user": "jane", "lambda_cost": "1"},
]


def test_what_cannot_be_counted_goes_to_the_dead_letter_queue_and_the_rest_is_counted(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.spend("0.1")
    for item in POISON:
        ledger.put(**item)
    ledger.spend("0.2")
    records = [*ledger.records(), {"no": "record"}, None]
    tally = roll_up(records, NOON)
    assert (tally.counted, tally.dead_letters, tally.failures) == (2, 6, [])
    assert ledger.row()["dailyCost"] == Decimal("0.3")
    letters = [json.loads(body) for body in ledger.dead_letters()]
    assert sorted(letter["reason"].split(",")[0] for letter in letters) == [
        "`lambda_cost` is missing",
        "`timestamp` is in the future",
        "`timestamp` is not a time in ISO 8601 with its offset",
        "`user` is missing",
        "the record is not a record of a DynamoDB stream",
        "the record is not a record of a DynamoDB stream",
    ]
    kept = [letter["record"]["dynamodb"]["NewImage"] for letter in letters if "dynamodb" in (letter["record"] or {})]
    assert sorted(kept, key=str) == sorted(map(to_item, POISON), key=str)
    assert "1 records cannot be counted and go to the dead-letter queue: `user` is missing" in caplog.text


def test_an_item_that_is_larger_than_a_message_goes_without_its_image(ledger: Ledger) -> None:
    ledger.put(account="acc-1", timestamp="yesterday", note="é" * 150_000)
    roll_up(ledger.records(), NOON)
    (letter,) = map(json.loads, ledger.dead_letters())
    assert letter["record"]["dynamodb"]["Keys"] == to_item({"account": "acc-1", "timestamp": "yesterday"})
    assert "NewImage" not in letter["record"]["dynamodb"]


def test_an_item_that_was_mended_is_counted(ledger: Ledger) -> None:
    ledger.put(account="acc-1", timestamp=text(NOON), lambda_cost=Decimal("0.5"))
    roll_up(ledger.records(), NOON)
    ledger.put(account="acc-1", timestamp=text(NOON), lambda_cost=Decimal("0.5"), user="jane")
    tally = roll_up(ledger.records(), NOON)  # both deliveries, including the broken one
    assert (tally.counted, tally.dead_letters) == (1, 1)
    assert ledger.row()["dailyCost"] == Decimal("0.5")


BROKEN_ROWS: list[tuple[dict[str, Any], str]] = [
    ({"dailyCost": "1.00"}, "`dailyCost` is not a number"),
    ({"monthlyCost": [1]}, "`monthlyCost` is not a number"),
    ({"hourlyCost": [1] * 23}, "`hourlyCost` is not a list of 24 numbers"),
    ({"hourlyCost": ["1"] * 24}, "`hourlyCost` is not a list of 24 numbers"),
    ({"costDate": "17.05.2030"}, "`costDate` is not a day such as 2030-05-17"),
    ({"costDate": "20300517"}, "`costDate` is not a day such as 2030-05-17"),
    ({"costDate": 20300517}, "`costDate` is not a day such as 2030-05-17"),
    ({"version": "one"}, "`version` is not a number"),
    ({"costDate": "2030-05-17", "previousMonth": "2030-03"}, "`previousMonth` is not the month before"),
    ({"costDate": "2030-05-17", "previousMonthCost": "?"}, "`previousMonthCost` is not a number"),
    (
        {"dailyCost": Decimal("1e30"), "costDate": "2030-05-17"},
        "a sum would have more digits than a number in DynamoDB",
    ),
    ({"costDate": "2030-05-19"}, "`costDate` is in the future"),
    ({"costDate": "9999-12-31"}, "`costDate` is in the future"),
]


@pytest.mark.parametrize(("attributes", "reason"), BROKEN_ROWS)
def test_a_row_that_cannot_be_read_is_left_as_it_is_and_stops_no_other(
    ledger: Ledger, attributes: dict[str, Any], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken = {"id": "jane", "accountInfo": "acc-1", **attributes}
    ledger.aws.put(COSTS, broken)
    ledger.spend("0.000000001")
    ledger.spend("0.2", user="john")
    tally = roll_up(ledger.records(), NOON)
    assert (tally.counted, tally.dead_letters, tally.failures) == (1, 1, [])
    assert ledger.row("jane") == broken
    assert ledger.row("john")["dailyCost"] == Decimal("0.2")
    (letter,) = map(json.loads, ledger.dead_letters())
    assert reason in letter["reason"]
    assert reason in caplog.text


def test_what_dynamodb_finds_invalid_goes_to_the_dead_letter_queue(ledger: Ledger) -> None:
    ledger.aws.put(COSTS, {"id": "jane", "accountInfo": "acc-1", "padding": "x" * 409_500})  # no room for the costs
    ledger.spend("0.1")
    ledger.spend("0.2", user="john")
    tally = roll_up(ledger.records(), NOON)
    assert (tally.counted, tally.dead_letters, tally.failures) == (1, 1, [])
    assert [json.loads(body)["reason"] for body in ledger.dead_letters()] == ["TransactionCanceledException"]


def test_where_the_queue_fails_too_the_stream_delivers_again(ledger: Ledger, context: Any) -> None:
    ledger.put(account="acc-1", timestamp="yesterday")
    ledger.spend("0.1", at=datetime.now(UTC))
    missing = {"COSTS_DEAD_LETTER_QUEUE_URL": ledger.variables["COSTS_DEAD_LETTER_QUEUE_URL"] + "-gone"}
    with fresh_execution_environment(missing), pytest.raises(ClientError, match="NonExistentQueue"):
        roll_up_usage({"Records": ledger.records()}, context)
    assert ledger.totals()[JANE] == Decimal("0.1")  # the item was counted anyway
    result = roll_up_usage({"Records": ledger.records()}, context)
    assert (result["deadLetters"], result["repeated"], result["success"]) == (1, 1, False)


def test_an_item_that_is_gone_is_left_out(ledger: Ledger) -> None:
    ledger.spend("0.1")
    ledger.spend("0.2")
    first = min(ledger.aws.items(USAGE), key=lambda item: item["timestamp"])
    key = to_item({name: first[name] for name in ("account", "timestamp")})
    ledger.aws.client("dynamodb").delete_item(TableName=ledger.variables[USAGE], Key=key)
    tally = roll_up(ledger.records(), NOON)  # the deletion has no new image, and is skipped
    assert (tally.counted, tally.repeated, tally.dead_letters) == (1, 1, 0)
    assert ledger.row()["dailyCost"] == Decimal("0.2")


def test_a_row_of_other_writers_is_taken_over(ledger: Ledger) -> None:
    foreign = {
        "dailyCost": Decimal(3),
        "monthlyCost": Decimal(40),
        "hourlyCost": hours(h9="3"),
        "record_type": "cached",
    }
    ledger.aws.put(COSTS, {"id": "jane", "accountInfo": "acc-1", **foreign})
    ledger.spend("0.5")
    ledger.spend("0.25", at=NOON - timedelta(days=1))
    roll_up(ledger.records(), NOON)
    row = ledger.row()
    assert (row["costDate"], row["dailyCost"], row["monthlyCost"]) == ("2030-05-17", Decimal("3.5"), Decimal("40.25"))
    assert row["hourlyCost"] == hours(h9="3", h12="0.5")
    assert (row["record_type"], row["version"]) == ("cached", 1)


def test_what_other_writers_add_meanwhile_is_not_overwritten(ledger: Ledger) -> None:
    for _ in range(40):
        ledger.spend("0.01")
    records = ledger.records()
    roll_up(records[:1], NOON)

    def add() -> None:
        dynamodb = ledger.aws.client("dynamodb")
        for _ in range(60):
            dynamodb.update_item(
                TableName=ledger.variables[COSTS],
                Key=to_item({"id": "jane", "accountInfo": "acc-1"}),
                UpdateExpression="ADD dailyCost :cost",
                ExpressionAttributeValues=to_item({":cost": 1}),
            )

    other = threading.Thread(target=add)
    other.start()
    counted = 1
    for record in records[1:]:
        while not (tally := roll_up([record], NOON)).counted:
            assert tally.failures
        counted += tally.counted
    other.join()
    assert ledger.row()["dailyCost"] == 60 + counted * Decimal("0.01")


def test_usage_that_is_too_old_for_a_sum_is_told_and_marked(ledger: Ledger, context: Any) -> None:
    now = datetime.now(UTC)
    ledger.spend("0.1", at=now)
    ledger.spend("9.9", at=now - timedelta(days=70))
    roll_up_usage({"Records": ledger.records()[:1]}, context)
    result = roll_up_usage({"Records": ledger.records()}, context)
    assert (result["counted"], result["tooOld"], result["success"]) == (1, 1, True)
    assert ledger.totals()[JANE] == Decimal("0.1")
    assert ledger.uncounted() == []


def test_what_there_is_no_time_for_is_left_to_the_next_delivery(ledger: Ledger) -> None:
    ledger.spend("0.1", at=datetime.now(UTC))
    with pytest.raises(OutOfTimeError):
        roll_up_usage({"Records": ledger.records()}, LambdaContext(timeout_s=19))
    assert JANE not in ledger.rows()
    assert len(ledger.uncounted()) == 1


def test_the_declared_rights_are_enough_and_all_of_them_are_used(
    ledger: Ledger, context: Any, caplog: pytest.LogCaptureFixture
) -> None:
    ledger.spend("0.1", at=datetime.now(UTC))
    ledger.put(account="acc-1", timestamp="yesterday")
    role = ledger.aws.role_variables(*ledger.declared_rights(roll_up_usage))
    with fresh_execution_environment({**ledger.variables, **role, "OBSERVE_AWS_CALLS": "true"}):
        result = roll_up_usage({"Records": ledger.records()}, context)
        findings = observer().findings()
    assert (result["counted"], result["deadLetters"]) == (1, 1)
    assert "AccessDenied" not in caplog.text
    assert {finding.verdict for finding in findings} == {ObservedUse.DECLARED}
    used = {(finding.variable, finding.action) for finding in findings if not finding.by_library}
    declared = roll_up_usage.__pycommon_declaration__.actions
    assert used == {(name, action) for name, actions in declared.items() for action in actions}
