"""Give each name of another module one canonical form. The form does not depend on how the code imports the name."""

from __future__ import annotations

from pycommon_cli.analysis.python.values.abstract_values import ExternalName, Value, one

__all__ = ["external"]

_CANONICAL = {
    "pycommon.authz.guard.validated": "pycommon.authz.validated",
    "pycommon.authz.setup.setup_validated": "pycommon.authz.setup_validated",
    "pycommon.metrics.tracked_execution.track_execution": "pycommon.decorators.track_execution",
}
# The old name and the present name of a package of the library.
_RENAMED_PACKAGE = ("pycommon.faces", "pycommon.interfaces")


def external(name: str) -> Value:
    """Return the value of a dotted name of another module.

    Example:
        >>> external("pycommon.faces.mcp")
        frozenset({ExternalName(name='pycommon.interfaces.mcp')})
    """
    former, present = _RENAMED_PACKAGE
    if name.startswith(former) and name[len(former) :][:1] in ("", "."):
        name = present + name[len(former) :]
    return one(ExternalName(_CANONICAL.get(name, name)))
