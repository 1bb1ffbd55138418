"""The script of docs/costs.md delivers uncounted items again, and leaves counted items unchanged."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from costs.roll_up_handler import roll_up
from tests.platform.ledger import COSTS, NOON, USAGE, text

if TYPE_CHECKING:
    from tests.platform.ledger import Ledger

PAGE = Path(__file__).resolve().parents[2] / "docs" / "costs.md"


def count_again(ledger: Ledger, since: str) -> str:
    (script,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    command = [sys.executable, "-c", script, ledger.variables[USAGE], since]
    environment = {**os.environ, **ledger.variables}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def test_what_is_not_counted_is_delivered_again(ledger: Ledger) -> None:
    ledger.aws.put(COSTS, {"id": "jane", "accountInfo": "acc-1", "dailyCost": "broken"})
    for _ in range(3):
        ledger.spend("0.1")
    ledger.spend("0.2", user="john")
    ledger.spend("0.4", user="john", at=NOON.replace(day=1))
    delivered = ledger.records()
    roll_up(delivered[:4], NOON)
    assert len(ledger.dead_letters()) == 3

    ledger.aws.put(COSTS, {"id": "jane", "accountInfo": "acc-1", "dailyCost": Decimal(1)})
    known = len(ledger.records())
    assert count_again(ledger, "2030-05-17") == "3 items are delivered again"
    tally = roll_up(ledger.records()[known:], NOON)
    assert (tally.counted, tally.dead_letters) == (3, 0)
    assert ledger.row("jane")["dailyCost"] == Decimal("1.3")
    assert ledger.row("john")["dailyCost"] == Decimal("0.2")
    assert [item["timestamp"] for item in ledger.uncounted()] == [text(NOON.replace(day=1, microsecond=5))]
    assert count_again(ledger, "2030-05-17") == "0 items are delivered again"
