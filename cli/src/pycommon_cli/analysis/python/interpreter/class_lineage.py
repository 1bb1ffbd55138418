"""Find the bases of a class, and the names that a class inherits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.analysis_limits import LIMITS
from pycommon_cli.analysis.python.values.abstract_values import ExternalName
from pycommon_cli.analysis.python.values.code_contexts import ClassValue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pycommon_cli.analysis.python.values.abstract_values import Value
    from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext

__all__ = ["external_bases", "find_in_classes", "lineage_of"]


def lineage_of(start: ClassValue) -> tuple[ClassValue, ...]:
    """Return a class and its bases, nearest first. Bases outside the service are left out."""
    if not start.lineage:
        start.lineage = _lineage(start)
    return start.lineage


def _lineage(start: ClassValue) -> tuple[ClassValue, ...]:
    seen: dict[ClassValue, None] = {}
    rest = [start]
    while rest and len(seen) < LIMITS.bases_of_a_class:
        each = rest.pop(0)
        if each not in seen:
            seen[each] = None
            rest.extend(base for value in each.bases for base in value if isinstance(base, ClassValue))
    return tuple(seen)


def external_bases(start: ClassValue) -> list[str]:
    """Return the names of the bases that other modules define."""
    return [
        base.name
        for each in lineage_of(start)
        for value in each.bases
        for base in value
        if isinstance(base, ExternalName)
    ]


def find_in_classes(classes: Iterable[ClassValue], name: str, reader: AnalysisContext) -> Value | None:
    """Return the value of `name` in the first class that binds the name, or None if no class binds it."""
    for each in classes:
        found = each.scope.get(name, reader)
        if found is not None:
            return found
    return None
