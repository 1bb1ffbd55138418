"""Putting usage on a row of costs, exactly once: what is counted and that it is counted are one transaction."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from costs.stored_row import StoredRow
from pycommon.dal.providers.aws.clients import client, error_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from costs.row import CostRow
    from costs.usage_item import UsageItem

__all__ = ["CHARGES_AT_MOST", "Charge", "Charged", "ContendedRowError", "Refusal", "charge", "is_permanent"]

CHARGES_AT_MOST = 99
"""How many charges one call takes: a transaction has 100 actions, of which one moves the row."""

_CANCELED = "TransactionCanceledException"
_CONDITION = "ConditionalCheckFailed"
_AGAIN = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_INVALID = frozenset({"ValidationException", "ValidationError"})

_ATTEMPTS = 8
_FIRST_PAUSE_S = 0.025
_LONGEST_PAUSE_S = 0.4


class ContendedRowError(Exception):
    """Others moved the same row again and again. Nothing was written; the same call may succeed a little later."""


@dataclass(frozen=True, slots=True)
class Charge:
    """One item of usage, and the action that notes that it is counted.

    Attributes:
        item: the item.
        action: an action of TransactWriteItems whose condition fails where the item is counted already.
    """

    item: UsageItem
    action: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A charge that was left out, as its condition failed; `found` is the item that is there, if it was asked for."""

    charge: Charge
    found: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Charged:
    """What became of charges.

    Attributes:
        counted: how many are counted now.
        too_old: how many of these lie before the month before that of the row: no sum is kept for them any more.
        refusals: those that were left out.
    """

    counted: int
    too_old: int
    refusals: tuple[Refusal, ...]


def charge(costs_table: str, charges: Sequence[Charge], today: date) -> Charged:
    """Add the charges of one user and one account to their row; those that are counted already are left out.

    Either all of the rest is counted, or nothing is: the row and every action are written together. Where somebody
    else moves the row at the same time, it is read again.

    Args:
        costs_table: name of the costs table.
        charges: 1 to 99, of one user and account, no two of the same item.
        today: the UTC day.

    Raises:
        MalformedRowError: the row cannot be read, or not be summed exactly.
        ContendedRowError: the row could not be had within eight attempts.
        botocore.exceptions.ClientError, BotoCoreError: whatever else AWS says.
    """
    left = list(charges)
    refusals: list[Refusal] = []
    pause = _FIRST_PAUSE_S
    for _ in range(_ATTEMPTS):
        stored = StoredRow.read(costs_table, left[0].item.user, left[0].item.account)
        with stored.summing():
            row = _with(stored.row(_newest_day(left), today), left)
        move = {"Update": {"TableName": costs_table, **stored.update(row)}}
        reasons = _transact([move, *(each.action for each in left)])
        if reasons is None:
            too_old = sum(not row.reaches(each.item.day) for each in left)
            return Charged(len(left), too_old, tuple(refusals))
        told = list(zip(left, reasons[1:], strict=True))
        refusals += [Refusal(each, reason.get("Item", {})) for each, reason in told if _failed(reason)]
        left = [each for each, reason in told if not _failed(reason)]
        if not left:
            return Charged(0, 0, tuple(refusals))
        if _failed(reasons[0]) or any(reason.get("Code") in _AGAIN for reason in reasons):
            time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - spreads retries, guards nothing
            pause = min(2 * pause, _LONGEST_PAUSE_S)
    raise ContendedRowError(f"a row of {costs_table} was moved by others in each of {_ATTEMPTS} attempts")


def is_permanent(error: BaseException) -> bool:
    """Whether the same charge can only fail again: the fault is the item's, its row's or ours, and not the moment's.

    What AWS refuses for another reason than the request itself (throttled, out of order, not permitted) may go well
    later, and so may a row that others held.
    """
    if isinstance(error, ClientError):
        return error_code(error) in _INVALID or any(reason.get("Code") in _INVALID for reason in _reasons(error))
    return not isinstance(error, BotoCoreError | ContendedRowError | OSError)


def _newest_day(charges: Sequence[Charge]) -> date:
    return max(each.item.day for each in charges)


def _with(row: CostRow, charges: Sequence[Charge]) -> CostRow:
    for each in charges:
        row = row.add(each.item.day, each.item.moment.hour, each.item.cost)
    return row


def _transact(actions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]] | None:
    """Write all of it (then None), or nothing: then the reasons, one for each action, where it may be tried again."""
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
