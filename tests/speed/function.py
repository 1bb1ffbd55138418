"""One function in a process of its own, as Lambda would hold it, which the tests of this folder tell what to do.

Each line on stdin is a command, a JSON object: `do` names one of the functions below, the rest are its arguments. Each
has one line on stdout, its result. Between two commands nothing goes on: what was begun in the background is done.

How much there is of everything says the environment: GROWN operations in the rules, behind the router, and variables.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import tracemalloc
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any

from pycommon.api.ops import api_tool
from pycommon.api.router import route
from pycommon.authz import setup_validated, validated
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution

if TYPE_CHECKING:
    from types import FrameType

TOLD = os.dup(1)
os.dup2(2, 1)  # what the function prints goes to stderr

GROWN = int(os.environ.get("GROWN", "1"))
EVENTS_S = 60


def schema(number: int) -> dict[str, Any]:
    """A schema of its own for each operation."""
    return {
        "type": "object",
        "properties": {"thingId": {"type": "string", "maxLength": 40 + number}, "amount": {"type": "integer"}},
        "required": ["thingId"],
    }


by_path = {f"/speed/it-{number}": {f"operation_{number}": schema(number)} for number in range(GROWN)}
rules = {"validators": by_path, "api_validators": by_path}
setup_validated(rules, lambda: lambda *_: True)


@required_env_vars(
    {
        "ACCOUNTS_DYNAMO_TABLE": [DynamoDBOperation.GET_ITEM],
        **{f"VARIABLE_{number}": [] for number in range(GROWN)},
    }
)
@validated("operation_0")
def guarded(event: Any, context: Any, user: str, name: str, data: dict[str, Any]) -> Any:
    """A handler behind the guard, at /speed/it-0."""
    return {"success": True, "user": user}


@track_execution
def tracked(event: Any, context: Any) -> Any:
    """A handler without HTTP."""
    return {"statusCode": 200}


def describe(number: int) -> None:
    """One operation behind the router, at /tools/it-{number}."""

    def change(current_user: str, thing_id: str, amount: int = 1) -> Any:
        return {"success": True, "user": current_user}

    change.__qualname__ = f"change_{number}"
    api_tool(f"/tools/it-{number}", f"change{number}", "Change a thing.", schema(number))(change)


for each in range(GROWN):
    describe(each)

HANDLERS = {"guarded": guarded, "tracked": tracked, "route": route}


def answer(handler: str, event: Any, times: int = 1) -> dict[str, int]:
    """Answer the event so often; how often there was which status."""
    from pycommon.testing import LambdaContext

    return dict(Counter(str(HANDLERS[handler](event, LambdaContext())["statusCode"]) for _ in range(times)))


def blocks(handler: str, event: Any, times: int) -> int:
    """How many blocks of memory are held after so many requests that were not held before them."""
    gc.collect()
    before = sys.getallocatedblocks()
    answer(handler, event, times)
    gc.collect()
    return sys.getallocatedblocks() - before


def freeze() -> None:
    """Let the garbage collector look at new objects only: how many old ones there are depends on what was imported."""
    gc.collect()
    gc.freeze()


def peak(handler: str, event: Any) -> int:
    """How many bytes one request holds at most, beyond what was held before it."""
    gc.collect()
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    answer(handler, event)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most - before


class InMemory:
    """Keeps records here, where only the work of the library itself is to be counted."""

    def __init__(self) -> None:
        self.records: list[Any] = []

    def put(self, metrics: Any) -> None:
        """Keep one."""
        self.records.append(metrics)


def keep_records() -> None:
    """From now on, usage records go nowhere over the network."""
    from pycommon.metrics import record_usage_with

    record_usage_with(InMemory())


def bytecodes(handler: str, event: Any) -> int:
    """How many instructions of Python's virtual machine one request takes."""
    return _counted(lambda: answer(handler, event))


def bytecodes_of_adding() -> int:
    """The same for describing one operation more."""
    return _counted(lambda: describe(GROWN))


def bytecodes_of_guarding() -> int:
    """The same for guarding one handler more."""
    return _counted(lambda: validated(f"operation_{GROWN - 1}")(guarded.__wrapped__.__wrapped__))


def _counted(work: Any) -> int:
    count = 0

    def trace(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    gc.disable()  # what is finalised when depends on what was before
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)
        gc.enable()
    return count


def put_plainly(times: int) -> None:
    """Write so many items, as `PlainPutItem` does."""
    from plain_put_item import PlainPutItem

    plain = PlainPutItem()
    for number in range(times):
        attributes = {f"attribute_{each}": {"S": f"value {each} of a usual record"} for each in range(20)}
        plain.put({"account": {"S": "plain"}, "timestamp": {"S": f"{uuid.uuid4()}-{number}"}, **attributes})


def finish_background_writes() -> None:
    """Wait until both writers have done what was asked of them before: they meet here."""
    from pycommon.background import background_writes

    meeting = threading.Barrier(3, timeout=EVENTS_S)

    def meet() -> None:
        meeting.wait()

    for _ in range(2):
        background_writes().submit(meet)
    meet()
    background_writes().wait(EVENTS_S)


COMMANDS = {
    command.__name__: command
    for command in (
        answer,
        blocks,
        freeze,
        peak,
        keep_records,
        bytecodes,
        bytecodes_of_adding,
        bytecodes_of_guarding,
        put_plainly,
    )
}

if __name__ == "__main__":
    for line in sys.stdin:
        command = json.loads(line)
        result = COMMANDS[command.pop("do")](**command)
        finish_background_writes()
        os.write(TOLD, f"{json.dumps(result)}\n".encode())
