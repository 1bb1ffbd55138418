"""The roll-up's own usage is counted when it is written, so that the stream does not deliver it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from costs.own_usage import put_counted
from costs.roll_up_handler import OutOfTimeError, roll_up_usage
from costs.row_charging import ContendedRowError
from pycommon.dal.providers.aws.attribute_values import from_item
from pycommon.metrics.usage_store import write_once
from pycommon.testing import LambdaContext
from tests.platform.ledger import COSTS, NOON, USAGE, text

if TYPE_CHECKING:
    from tests.platform.ledger import Ledger

ROOT = Path(__file__).resolve().parents[2]
SYSTEM = ("system", "system")
STAGES = ["dev", "prod"]


def own_items(ledger: Ledger) -> list[dict[str, Any]]:
    return [item for item in ledger.aws.items(USAGE) if item.get("operation") == "roll_up_usage"]


def cost(items: list[dict[str, Any]]) -> Decimal:
    return sum((item["lambda_cost"] + item["request_cost"] for item in items), Decimal(0))


def pattern(stage: str) -> str:
    """Return the stream's event filter of a stage."""
    document = (ROOT / "amplify-platform" / "resources" / "usage-stream.yml").read_text().replace("!GetAtt ", "")
    variables = yaml.safe_load((ROOT / "var" / f"{stage}-var.yml").read_text())
    (found,) = yaml.safe_load(document)["filterPatterns"]
    absent = found["dynamodb"]["NewImage"]["counted_at"]
    assert absent == "${self:custom.stageVars.ATTRIBUTE_IS_ABSENT}"
    found["dynamodb"]["NewImage"]["counted_at"] = variables["ATTRIBUTE_IS_ABSENT"]
    return json.dumps(found)


def let_through(ledger: Ledger, records: list[dict[str, Any]], stage: str = "dev") -> list[dict[str, Any]]:
    """Return the records that match the event filter. Lambda's filters are patterns of EventBridge."""
    events = ledger.aws.client("events")
    envelope = {
        "id": "1",
        "source": "",
        "detail-type": "",
        "account": "0",
        "time": text(NOON),
        "region": "",
        "resources": [],
    }
    return [
        record
        for record in records
        if events.test_event_pattern(EventPattern=pattern(stage), Event=json.dumps({**envelope, **record}))["Result"]
    ]


def test_it_is_counted_in_the_moment_in_which_it_is_written(ledger: Ledger, context: Any) -> None:
    ledger.spend("0.1", at=datetime.now(UTC))
    roll_up_usage({"Records": ledger.records()}, context)
    (own,) = own_items(ledger)
    assert (own["account"], own["user"], own["event_source"], own["success"]) == (*SYSTEM, "DynamoDB Stream", True)
    assert own["records"] == 1
    assert own["counted_at"]
    assert ledger.totals() == {("jane", "acc-1"): Decimal("0.1"), SYSTEM: cost([own])}


@pytest.mark.parametrize("stage", STAGES)
def test_it_does_not_come_back(ledger: Ledger, context: Any, stage: str) -> None:
    ledger.spend("0.1", at=datetime.now(UTC))
    first = let_through(ledger, ledger.records(), stage)
    assert len(first) == 1
    roll_up_usage({"Records": first}, context)
    after = ledger.records()
    assert sorted(record["eventName"] for record in after) == ["INSERT", "INSERT", "MODIFY"]
    assert let_through(ledger, after[1:], stage) == []
    key = {"account": {"S": "acc-1"}, "timestamp": after[0]["dynamodb"]["Keys"]["timestamp"]}
    ledger.aws.client("dynamodb").delete_item(TableName=ledger.variables[USAGE], Key=key)
    assert let_through(ledger, ledger.records()[-1:], stage) == []


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_mended_before_it_was_counted_comes_through(ledger: Ledger, stage: str) -> None:
    ledger.put(account="acc-1", timestamp="yesterday")
    ledger.put(account="acc-1", timestamp="yesterday", user="jane")
    assert [each["eventName"] for each in let_through(ledger, ledger.records(), stage)] == ["INSERT", "MODIFY"]


def test_each_invocation_has_its_item_also_a_failed_one_and_those_at_once(ledger: Ledger) -> None:
    ledger.spend("0.1", at=datetime.now(UTC))
    records = ledger.records()

    def invoke(timeout_s: float) -> None:
        with suppress(OutOfTimeError, ContendedRowError):
            roll_up_usage({"Records": records}, LambdaContext(timeout_s=timeout_s))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(invoke, [60, 60, 15, 60, 60, 15, 60, 60]))
    items = own_items(ledger)
    assert len(items) == 8
    assert [item["error_type"] for item in items].count("OutOfTimeError") == 2
    assert ledger.totals() == {("jane", "acc-1"): Decimal("0.1"), SYSTEM: cost(items)}
    assert ledger.uncounted() == []


def test_where_its_row_is_broken_it_stands_in_the_log_and_starts_no_loop(
    ledger: Ledger, context: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger.aws.put(COSTS, {"id": "system", "accountInfo": "system", "dailyCost": "broken"})
    ledger.spend("0.1", at=datetime.now(UTC))
    roll_up_usage({"Records": ledger.records()}, context)
    assert own_items(ledger) == []
    assert ledger.row()["dailyCost"] == Decimal("0.1")
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "USAGE_NOT_RECORDED" in line]
    assert line["reason"] == "MalformedRowError"

    # After the correction, `pycommon usage recover` writes the item: the stream delivers it, and it is counted.
    row = {"id": {"S": "system"}, "accountInfo": {"S": "system"}}
    ledger.aws.client("dynamodb").delete_item(TableName=ledger.variables[COSTS], Key=row)
    recovered = from_item(line["item"])
    assert write_once(ledger.aws.client("dynamodb").put_item, line["table"], recovered)
    (again,) = let_through(ledger, ledger.records()[-1:])
    roll_up_usage({"Records": [again]}, context)
    assert len(own_items(ledger)) == 2
    assert ledger.totals()[SYSTEM] == cost(own_items(ledger))


def own_item(**changes: Any) -> dict[str, Any]:
    values = {
        "account": "system",
        "timestamp": text(NOON.replace(year=2026)),
        "user": "system",
        "operation": "roll_up_usage",
    }
    costs = {"lambda_cost": Decimal("0.001"), "request_cost": Decimal("0.0000002"), "duration_ms": Decimal("20.5")}
    return {**values, **costs, "success": True, "request_id": "r-1", **changes}


def test_the_same_execution_is_written_and_counted_once(ledger: Ledger) -> None:
    assert write_once(put_counted, ledger.variables[USAGE], own_item())
    assert not write_once(put_counted, ledger.variables[USAGE], own_item())
    assert len(own_items(ledger)) == 1
    assert ledger.totals() == {SYSTEM: Decimal("0.0010002")}


def test_another_execution_at_the_same_instant_takes_the_next(ledger: Ledger) -> None:
    for request in ("r-1", "r-2", "r-3"):
        assert write_once(put_counted, ledger.variables[USAGE], own_item(request_id=request))
    assert sorted(item["timestamp"][-7:] for item in own_items(ledger)) == ["000000Z", "000001Z", "000002Z"]
    assert ledger.totals() == {SYSTEM: Decimal("0.0030006")}
