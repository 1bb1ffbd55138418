"""Handle functions of Python and of the package `decouple` that read environment variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import NONE, NOTHING, ExternalName, Value, join, one

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.environment_reads import EnvironmentReads
    from pycommon_cli.analysis.python.values.call_arguments import Call, KnownFunction

__all__ = ["EnvironmentFunctions"]


class EnvironmentFunctions:
    """Handles `os.getenv`, the methods of `os.environ`, and `decouple.config`."""

    __slots__ = ("_environment",)

    def __init__(self, environment: EnvironmentReads) -> None:
        self._environment = environment

    def functions(self) -> dict[str, KnownFunction]:
        """Return the functions, by dotted name."""
        return {
            "decouple.config": self._decouple,
            "os.environ.__getitem__": self._item,
            "os.environ.copy": _whole_environment,
            "os.environ.get": self._get,
            "os.environ.pop": self._get,
            "os.environ.setdefault": self._get,
            "os.getenv": self._get,
        }

    def _get(self, call: Call) -> Value:
        value = self._environment.read(call.given(0, "key"), call.node, optional=True)
        return join(value, call.argument(1, "default") or NONE)

    def _item(self, call: Call) -> Value:
        return self._environment.read(call.given(0), call.node, optional=False)

    def _decouple(self, call: Call) -> Value:
        default = call.argument(-1, "default")
        value = self._environment.read(call.given(0), call.node, optional=default is not None)
        return join(value, default or NOTHING)


def _whole_environment(_: Call) -> Value:
    return one(ExternalName("os.environ"))
