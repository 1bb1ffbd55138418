"""The work of a request does not grow with what there is: counted in instructions of Python's virtual machine."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.speed.conftest import Function

FEW, MANY = 10, 3000
"""Operations in the rules, operations behind the router, and declared variables."""


@pytest.mark.parametrize("kind", ["guarded", "route"])
def test_a_warm_request_is_the_same_work_whatever_there_is(
    kind: str, jwt_event: dict[str, Any], routed_event: dict[str, Any], grown: Callable[[int], Function]
) -> None:
    few, many = (_request(grown(size), kind, jwt_event if kind == "guarded" else routed_event) for size in (FEW, MANY))
    assert few == many


def _request(function: Function, handler: str, event: dict[str, Any]) -> int:
    """Without the way to AWS: how often a socket is asked until an answer is whole depends on the machine."""
    function.do("keep_records")
    function.ok(handler, event, times=20)
    return int(function.do("bytecodes", handler=handler, event=event))


def test_describing_one_operation_more_is_the_same_work_whatever_there_is(grown: Callable[[int], Function]) -> None:
    few, many = (_second(grown(size), "bytecodes_of_adding") for size in (FEW, MANY))
    assert many < 1.1 * few


def test_guarding_one_handler_more_is_the_same_work_whatever_there_is(grown: Callable[[int], Function]) -> None:
    few, many = (_second(grown(size), "bytecodes_of_guarding") for size in (FEW, MANY))
    assert many < 1.1 * few


def _second(function: Function, command: str) -> int:
    """Of two: the first imports, and makes what is made once."""
    function.do(command)
    return int(function.do(command))


@pytest.mark.parametrize("payers", ["one", "many"])
def test_a_batch_is_work_in_proportion_to_its_messages(payers: str, grown: Callable[[int], Function]) -> None:
    function = grown(1)
    function.do("keep_records")
    few, many = (_batch(function, size, payers) for size in (200, 2000))
    assert many < 10.5 * few


def _batch(function: Function, size: int, payers: str) -> int:
    users = ("jane" if payers == "one" else f"user-{number}" for number in range(size))
    records = [{"eventSource": "aws:sqs", "messageId": "1", "body": json.dumps({"user": user})} for user in users]
    function.ok("tracked", {"Records": records})
    return int(function.do("bytecodes", handler="tracked", event={"Records": records}))
