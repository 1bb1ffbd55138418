"""Print the results of `pycommon usage recover` and the items of `pycommon usage list`, as text and as JSON."""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from pycommon_cli.terminal import print_columns, print_line, printable, stderr_console
from pycommon_cli.usage.recorded_usage import UsageRange, UsageTotals, cost
from pycommon_cli.usage.usage_recovery import RecoverableItem, RecoveryOutcome

_COLUMNS = ("TIMESTAMP", "USER", "SERVICE", "OPERATION", "SOURCE", "OK", "MS", "USD", "REQUEST ID")
_EXACT_TEXT = ("lambda_cost", "request_cost", "duration_ms", "init_duration_ms")  # a float would lose digits
_FIRST_REPORT_S = 2.0


class ProgressReport:
    """A progress report on stderr, printed after two seconds, and then each time the elapsed time has doubled."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._next = _FIRST_REPORT_S
        self._items = 0

    def entry(self) -> None:
        """Count one finished item."""
        self._items += 1
        self.at("")

    def at(self, place: str) -> None:
        """Print a report when one is due. `place` is the place in the logs that the work has reached."""
        elapsed = time.monotonic() - self._started
        if elapsed >= self._next:
            self._next = elapsed * 2
            reading = f", reading {place}" if place else ""
            stderr_console().print(f"{self._items:,} items after {elapsed:.0f} s{reading}", style="dim", markup=False)


def print_entries(entries: Iterable[RecoverableItem]) -> None:
    """Print one line for each item that could not be restored."""
    for entry in entries:
        if entry.outcome in {RecoveryOutcome.REFUSED, RecoveryOutcome.UNREADABLE}:
            print_line(printable(f"{entry.where}: {entry.outcome}: {entry.reason}"))


def print_entries_as_json(entries: Iterable[RecoverableItem]) -> None:
    """Print a JSON array with one entry per line. Print each entry at once: the array may be larger than the memory."""
    sys.stdout.write("[")
    separator = "\n"
    try:
        for entry in entries:
            sys.stdout.write(separator + json.dumps(entry_fields(entry), ensure_ascii=False))
            separator = ",\n"
    finally:  # also after an error, so that the output is valid JSON
        sys.stdout.write("\n]\n")


def entry_fields(entry: RecoverableItem) -> dict[str, object]:
    """Return one entry as JSON."""
    item = entry.item or {}
    return {
        "where": entry.where,
        "outcome": entry.outcome,
        "reason": entry.reason,
        "table": entry.table,
        "account": item.get("account"),
        "timestamp": item.get("timestamp"),
        "request_id": item.get("request_id"),
    }


def summary(counts: Mapping[RecoveryOutcome, int], *, dry_run: bool) -> str:
    """Return one sentence with the number of items for each outcome.

    Example:
        >>> summary({RecoveryOutcome.RESTORED: 3, RecoveryOutcome.THERE: 2}, dry_run=False)
        '3 restored, 2 were there already.'
    """
    words = {
        RecoveryOutcome.RESTORED: "would be restored" if dry_run else "restored",
        RecoveryOutcome.THERE: "was there already" if counts.get(RecoveryOutcome.THERE) == 1 else "were there already",
        RecoveryOutcome.REFUSED: "could not be restored" if dry_run else "not restored",
        RecoveryOutcome.UNREADABLE: "unreadable",
    }
    said = [f"{counts[outcome]:,} {text}" for outcome, text in words.items() if counts.get(outcome)]
    return f"{', '.join(said)}." if said else "No USAGE_NOT_RECORDED line was found."


def counted(
    entries: Iterable[RecoverableItem], counts: Counter[RecoveryOutcome], progress: ProgressReport
) -> Iterator[RecoverableItem]:
    """Yield `entries` unchanged, and count their outcomes in `counts`."""
    for entry in entries:
        counts[entry.outcome] += 1
        progress.entry()
        yield entry


def print_items(items: list[dict[str, Any]], totals: UsageTotals) -> None:
    """Print the items as a table, and the sum of all items."""
    if items:
        rows = [_COLUMNS, *map(_row, items)]
        print_columns(rows)
        if totals.items > len(items):
            print_line(f"({totals.items - len(items):,} older items are not shown; --limit)")
        print_line()
    executions = f"{totals.executions:,} execution{'' if totals.executions == 1 else 's'}"
    print_line(f"{executions}, {_plain(totals.duration_ms)} ms, {_plain(totals.cost)} USD.")


def list_fields(wanted: UsageRange, items: list[dict[str, Any]], totals: UsageTotals) -> dict[str, object]:
    """Return the items and their sum as JSON. Numbers that must stay exact are text."""
    return {
        "account": wanted.account,
        "user": wanted.user,
        "from": wanted.first.isoformat(),
        "to": wanted.last.isoformat(),
        "totals": {
            "items": totals.items,
            "executions": totals.executions,
            "duration_ms": _plain(totals.duration_ms),
            "cost": _plain(totals.cost),
        },
        "items": [{name: _field(name, value) for name, value in item.items()} for item in items],
    }


def _field(name: str, value: Any) -> Any:
    if isinstance(value, Decimal):
        whole = name not in _EXACT_TEXT and value == value.to_integral_value()
        return int(value) if whole else _plain(value)
    return value


def _row(item: Mapping[str, Any]) -> tuple[str, ...]:
    cells = (
        item.get("timestamp"),
        item.get("user"),
        item.get("service"),
        item.get("operation"),
        item.get("event_source"),
        item.get("status_code") or {True: "yes", False: "no"}.get(bool(item.get("success"))),
        item.get("duration_ms"),
        _plain(cost(item)),
        item.get("request_id"),
    )
    return tuple("-" if cell is None else printable(str(cell)) for cell in cells)


def _plain(number: Decimal) -> str:
    """Return the number with all digits and without an exponent."""
    return f"{number:f}"
