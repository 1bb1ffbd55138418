"""Reads of the environment, in the forms of Python's own library and of decouple."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import (
    NONE,
    NOTHING,
    ExternalName,
    Value,
    join,
    one,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.analysis.python.interpreter.call_arguments import Call
    from pycommon_cli.analysis.python.interpreter.calls import Calls

__all__ = ["ENVIRONMENT"]


def _getenv(machine: Calls, call: Call) -> Value:
    value = machine.read_variable(call.given(0, "key"), call.node, optional=True)
    return join(value, call.argument(1, "default") or NONE)


def _environ_item(machine: Calls, call: Call) -> Value:
    return machine.read_variable(call.given(0), call.node, optional=False)


def _whole_environment(_: Calls, __: Call) -> Value:
    return one(ExternalName("os.environ"))


def _decouple(machine: Calls, call: Call) -> Value:
    default = call.argument(-1, "default")
    value = machine.read_variable(call.given(0), call.node, optional=default is not None)
    return join(value, default or NOTHING)


ENVIRONMENT: dict[str, Callable[[Calls, Call], Value]] = {
    "decouple.config": _decouple,
    "os.environ.__getitem__": _environ_item,
    "os.environ.copy": _whole_environment,
    "os.environ.get": _getenv,
    "os.environ.pop": _getenv,
    "os.environ.setdefault": _getenv,
    "os.getenv": _getenv,
}
