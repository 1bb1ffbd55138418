"""Handle functions whose result counts as their argument: `str`, `cast`, `json.loads`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import TRUE_OR_FALSE, UNKNOWN, EnvironmentValue, Value, const
from pycommon_cli.analysis.python.values.value_queries import truth

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.values.call_arguments import Call, KnownFunction

__all__ = ["CONVERSION_FUNCTIONS"]


def _same(call: Call) -> Value:
    return call.given(0) or UNKNOWN


def _second(call: Call) -> Value:
    return call.given(1, "val") or UNKNOWN


def _bool(call: Call) -> Value:
    holds = truth(call.given(0))
    return TRUE_OR_FALSE if holds is None else const(holds)


def _decoded(call: Call) -> Value:
    return frozenset(each for each in call.given(0) if isinstance(each, EnvironmentValue)) or UNKNOWN


CONVERSION_FUNCTIONS: dict[str, KnownFunction] = {
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
    "os.path.join": _same,
    "pathlib.Path": _same,
    "types.MappingProxyType": _same,
    "typing.cast": _second,
}
