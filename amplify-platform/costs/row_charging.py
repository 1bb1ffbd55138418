"""Add usage to a row of costs exactly once: one transaction changes the row and marks the usage as counted."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from costs.cost_row_store import StoredCostRow
from pycommon.dal.providers.aws.clients import client, error_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from costs.cost_sums import CostSums
    from costs.usage_item import UsageItem

__all__ = [
    "CHARGES_AT_MOST",
    "ChargeResult",
    "ContendedRowError",
    "RefusedCharge",
    "RowCharge",
    "charge",
    "is_permanent",
]

CHARGES_AT_MOST = 99
"""The largest number of charges in one call. A transaction has 100 actions, and one action updates the row."""

_CANCELED = "TransactionCanceledException"
_CONDITION = "ConditionalCheckFailed"
_AGAIN = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_INVALID = frozenset({"ValidationException", "ValidationError"})

_ATTEMPTS = 8
_FIRST_PAUSE_S = 0.025
_LONGEST_PAUSE_S = 0.4


class ContendedRowError(Exception):
    """Other writers changed the same row in every attempt. The row is unchanged. A later call may succeed."""


@dataclass(frozen=True, slots=True)
class RowCharge:
    """One item of usage, and the action that marks it as counted.

    Attributes:
        item: the item of usage.
        action: an action of TransactWriteItems. The action's condition fails if the item was counted before.
    """

    item: UsageItem
    action: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RefusedCharge:
    """A charge whose condition failed. `found` is the stored item, if the action asked for it."""

    charge: RowCharge
    found: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChargeResult:
    """The result of `charge`.

    Attributes:
        counted: the number of charges that were counted.
        too_old: the number of counted charges for which the row has no sum, because they are older than the month
            before the row's month.
        refusals: the charges that were not counted.
    """

    counted: int
    too_old: int
    refusals: tuple[RefusedCharge, ...]


def charge(costs_table: str, charges: Sequence[RowCharge], today: date) -> ChargeResult:
    """Add the charges of one user and one account to their row. Leave out charges that were counted before.

    One transaction writes the row and the action of every remaining charge, so that either all or none are counted. If
    another writer changes the row at the same time, read the row again and repeat.

    Args:
        costs_table: name of the costs table.
        charges: 1 to 99 charges of one user and account, each of a different item.
        today: the UTC day.

    Raises:
        MalformedRowError: the row is malformed, or its sum would not be exact.
        ContendedRowError: other writers changed the row in each of eight attempts.
        botocore.exceptions.ClientError, BotoCoreError: any other error of AWS.
    """
    left = list(charges)
    refusals: list[RefusedCharge] = []
    pause = _FIRST_PAUSE_S
    for _ in range(_ATTEMPTS):
        stored = StoredCostRow.read(costs_table, left[0].item.user, left[0].item.account)
        with stored.reporting_faults():
            row = _with(stored.sums(_newest_day(left), today), left)
        move = {"Update": {"TableName": costs_table, **stored.update(row)}}
        reasons = _transact([move, *(each.action for each in left)])
        if reasons is None:
            too_old = sum(not row.reaches(each.item.day) for each in left)
            return ChargeResult(len(left), too_old, tuple(refusals))
        answered = list(zip(left, reasons[1:], strict=True))
        refusals += [RefusedCharge(each, reason.get("Item", {})) for each, reason in answered if _failed(reason)]
        left = [each for each, reason in answered if not _failed(reason)]
        if not left:
            return ChargeResult(0, 0, tuple(refusals))
        if _failed(reasons[0]) or any(reason.get("Code") in _AGAIN for reason in reasons):
            time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - spreads retries, guards nothing
            pause = min(2 * pause, _LONGEST_PAUSE_S)
    raise ContendedRowError(f"other writers changed a row of {costs_table} in each of {_ATTEMPTS} attempts")


def is_permanent(error: BaseException) -> bool:
    """Return whether the same charge would fail again: the item, its row or this code is wrong.

    After a throttled or denied request, an outage, or changes of the row by other writers, a later charge may succeed.
    """
    if isinstance(error, ClientError):
        return error_code(error) in _INVALID or any(reason.get("Code") in _INVALID for reason in _reasons(error))
    return not isinstance(error, BotoCoreError | ContendedRowError | OSError)


def _newest_day(charges: Sequence[RowCharge]) -> date:
    return max(each.item.day for each in charges)


def _with(row: CostSums, charges: Sequence[RowCharge]) -> CostSums:
    for each in charges:
        row = row.add(each.item.day, each.item.moment.hour, each.item.cost)
    return row


def _transact(actions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]] | None:
    """Write all actions and return None. If nothing was written, return a reason for each action.

    Raise the error if a second attempt would fail too.
    """
    try:
        client("dynamodb").transact_write_items(TransactItems=list(actions))
    except Exception as error:
        reasons = _reasons(error)
        if error_code(error) != _CANCELED or is_permanent(error) or not reasons:
            raise
        return reasons
    return None


def _reasons(error: BaseException) -> list[Mapping[str, Any]]:
    response = getattr(error, "response", None)
    return response.get("CancellationReasons", []) if isinstance(response, dict) else []


def _failed(reason: Mapping[str, Any]) -> bool:
    return reason.get("Code") == _CONDITION
