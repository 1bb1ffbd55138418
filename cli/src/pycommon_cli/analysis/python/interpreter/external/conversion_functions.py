"""Functions that give back what they are given, as far as it matters: `str`, `cast`, `json.loads`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import (
    TRUE_OR_FALSE,
    UNKNOWN,
    EnvironmentValue,
    Value,
    const,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon_cli.analysis.python.interpreter.call_arguments import Call
    from pycommon_cli.analysis.python.interpreter.calls import Calls

__all__ = ["CONVERSIONS"]


def _same(_: Calls, call: Call) -> Value:
    """What gives back what it is given, for all that matters here: `str`, `cast`, `deepcopy`, decorators that keep."""
    return call.given(0) or UNKNOWN


def _second(_: Calls, call: Call) -> Value:
    return call.given(1, "val") or UNKNOWN


def _bool(machine: Calls, call: Call) -> Value:
    truth = machine.truth(call.given(0))
    return TRUE_OR_FALSE if truth is None else const(truth)


def _decoded(_: Calls, call: Call) -> Value:
    return frozenset(atom for atom in call.given(0) if isinstance(atom, EnvironmentValue)) or UNKNOWN


def _path_join(_: Calls, call: Call) -> Value:
    return call.given(0) or UNKNOWN


CONVERSIONS: dict[str, Callable[[Calls, Call], Value]] = {
    "builtins.bool": _bool,
    "builtins.iter": _same,
    "builtins.same": _same,
    "builtins.str": _same,
    "contextlib.asynccontextmanager": _same,
    "contextlib.closing": _same,
    "contextlib.contextmanager": _same,
    "contextlib.nullcontext": _same,
    "copy.copy": _same,
    "copy.deepcopy": _same,
    "json.loads": _decoded,
    "orjson.loads": _decoded,
    "os.path.join": _path_join,
    "pathlib.Path": _same,
    "types.MappingProxyType": _same,
    "typing.cast": _second,
}
