"""Define abstract values: the values that an expression may have, as far as the text of the code shows.

A `Value` is a set of possibilities. `UNKNOWN` is the value of which nothing is known. If a set contains `ANY` and other
members, the value may be one of the other members or anything else.

The values that depend on the service's own code (functions, classes, lists, dicts) are in `code_contexts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from pycommon_cli.analysis.python.analysis_limits import LIMITS

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import Place

__all__ = [
    "ANY",
    "NONE",
    "NOTHING",
    "TRUE_OR_FALSE",
    "UNKNOWN",
    "AbstractValue",
    "ComposedText",
    "ConstantValue",
    "EnvironmentValue",
    "ExternalName",
    "FieldDefault",
    "LibraryDecorator",
    "PackageValue",
    "PartialValue",
    "Value",
    "const",
    "join",
    "one",
    "sure",
    "texts",
    "variables_of",
]

_MOST_CONSTANTS = LIMITS.constants_of_a_value
_MOST_POSSIBILITIES = LIMITS.possibilities_of_a_value


class AbstractValue:
    """One possibility of a value. Immutable subclasses compare by content, and mutable subclasses by identity.

    Attributes:
        is_data: whether a possibility of this class is data. A value with too many possibilities drops its data first.
    """

    __slots__ = ()
    is_data: ClassVar[bool] = False


Value: TypeAlias = frozenset[AbstractValue]


class _Any(AbstractValue):
    __slots__ = ()

    def __repr__(self) -> str:
        return "ANY"


class ConstantValue(AbstractValue):
    """A constant of Python."""

    __slots__ = ("_hash", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self._hash = hash((type(value), value))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ConstantValue) and type(self.value) is type(other.value) and self.value == other.value

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Const({self.value!r})"


@dataclass(frozen=True, slots=True)
class EnvironmentValue(AbstractValue):
    """The value of an environment variable, or a value that is computed from this variable alone."""

    name: str


@dataclass(frozen=True, slots=True)
class ComposedText(AbstractValue):
    """A text that is joined from several parts. An unknown part is None."""

    is_data: ClassVar[bool] = True

    parts: tuple[ConstantValue | EnvironmentValue | None, ...]


@dataclass(frozen=True, slots=True)
class ExternalName(AbstractValue):
    """A dotted name of a module outside the service, for example "boto3.client"."""

    is_data: ClassVar[bool] = True

    name: str


@dataclass(frozen=True, slots=True)
class PackageValue(AbstractValue):
    """A folder of modules without an `__init__.py`."""

    name: str


@dataclass(frozen=True, slots=True)
class FieldDefault(AbstractValue):
    """`field(default=..., default_factory=...)` of a dataclass."""

    value: Value
    factory: Value


@dataclass(frozen=True, slots=True)
class PartialValue(AbstractValue):
    """`functools.partial(...)`."""

    callee: Value
    positional: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class LibraryDecorator(AbstractValue):
    """A decorator of PyCommon with its arguments: `@validated("create_charge")`."""

    name: str
    positional: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]
    place: Place
    places: tuple[Place, ...] = ()

    def argument(self, position: int, keyword: str) -> Value | None:
        """Return the argument that was passed by position or by keyword."""
        if position < len(self.positional):
            return self.positional[position]
        return dict(self.keywords).get(keyword)


ANY = _Any()
NOTHING: Value = frozenset()
UNKNOWN: Value = frozenset((ANY,))
NONE: Value = frozenset((ConstantValue(None),))
TRUE_OR_FALSE: Value = frozenset((ConstantValue(value=True), ConstantValue(value=False)))


def one(possibility: AbstractValue) -> Value:
    """Return the value that has this single possibility."""
    return frozenset((possibility,))


def const(value: Any) -> Value:
    """Return the value that can only be this constant."""
    return frozenset((ConstantValue(value),))


def join(*values: Value) -> Value:
    """Return the union of `values`. A union with too many possibilities is reduced, and then holds `ANY`."""
    if len(values) == 2:  # noqa: PLR2004 - by far the most frequent
        first, second = values
        if first == second or not second:
            return first
        if not first:
            return second
    joined = NOTHING.union(*values)
    return joined if len(joined) <= _MOST_CONSTANTS else _bounded(joined)


def _bounded(value: Value) -> Value:
    """Reduce a value with too many possibilities.

    Leave out its constants first, then its data, then everything except environment variables.
    """
    if len(value) <= _MOST_POSSIBILITIES and sum(isinstance(each, ConstantValue) for each in value) <= _MOST_CONSTANTS:
        return value
    kept = frozenset(each for each in value if not isinstance(each, ConstantValue))
    if len(kept) > _MOST_POSSIBILITIES:
        kept = frozenset(each for each in kept if not each.is_data)
    if len(kept) > _MOST_POSSIBILITIES:
        kept = frozenset(each for each in kept if isinstance(each, EnvironmentValue))
    return kept | UNKNOWN


def texts(value: Value | None) -> list[str]:
    """Return the constant texts among the possibilities, sorted."""
    return sorted(each.value for each in value or () if isinstance(each, ConstantValue) and isinstance(each.value, str))


_SHARED_BY_ALL_RESOURCES = frozenset(
    {
        "ACCOUNT",
        "ACCOUNT_ID",
        "AWS_ACCOUNT",
        "AWS_ACCOUNT_ID",
        "AWS_DEFAULT_REGION",
        "AWS_PARTITION",
        "AWS_REGION",
        "ENV",
        "ENVIRONMENT",
        "REGION",
        "SERVICE_NAME",
        "STAGE",
    }
)


def variables_of(value: Value) -> list[str]:
    """Return the environment variables that name the resource which `value` identifies, sorted.

    In a composed text, variables that all resources share are ignored. For example, in
    `arn:aws:sns:{AWS_REGION}:...:{TOPIC}` only `TOPIC` names the resource. A composed text counts only if exactly one
    variable remains.
    """
    found = {each.name for each in value if isinstance(each, EnvironmentValue)}
    for each in value:
        if isinstance(each, ComposedText):
            naming = {part.name for part in each.parts if isinstance(part, EnvironmentValue)} - _SHARED_BY_ALL_RESOURCES
            if len(naming) == 1:
                found |= naming
    return sorted(found)


def sure(value: Value) -> list[ConstantValue] | None:
    """Return the possibilities if all of them are constants, otherwise None."""
    found = [each for each in value if isinstance(each, ConstantValue)]
    return found if found and len(found) == len(value) else None
