"""Find what PyCommon needs in a decorated function, from the declarations of PyCommon's own modules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pycommon.authz import authentication_settings as authz_settings
from pycommon.env import variable_record
from pycommon.env.declaration import declarations
from pycommon.metrics import usage_store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pycommon_cli.analysis.facts import HandlerFacts, Place

__all__ = ["USAGE_TABLE", "LibraryNeed", "library_needs", "library_variables"]

USAGE_TABLE = "USAGE_METRICS_DYNAMO_TABLE"
# The module whose declaration applies to each decorator.
_DECLARED_BY = {
    "validated": authz_settings.LIBRARY_DECLARATION.function,
    "track_execution": usage_store.__name__,
    "required_env_vars": variable_record.__name__,
}


@dataclass(frozen=True, slots=True)
class LibraryNeed:
    """A variable that a decorator uses, with the IAM actions that the decorator makes through it.

    Attributes:
        required: whether the function fails without the variable.
    """

    variable: str
    actions: tuple[str, ...]
    decorator: str
    place: Place
    required: bool


def library_needs(handler: HandlerFacts) -> tuple[LibraryNeed, ...]:
    """Return the needs of the decorators of `handler`. `@validated` includes its metering and recording."""
    needs: dict[str, LibraryNeed] = {}
    for name, place in sorted(handler.decorators, key=lambda each: each[0] != "validated"):
        for variable, actions in _declared().get(name, {}).items():
            required = variable in authz_settings.ALWAYS_NEEDED and name != "required_env_vars"
            needs.setdefault(variable, LibraryNeed(variable, actions, name, place, required))
    return tuple(needs.values())


@cache
def library_variables() -> frozenset[str]:
    """Return every variable that a module of PyCommon declares."""
    return frozenset(name for each in declarations() if each.by_library for name in each.variables)


@cache
def _declared() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    by_module = {each.function: each.actions for each in declarations() if each.by_library}
    return {decorator: by_module[module] for decorator, module in _DECLARED_BY.items()}
