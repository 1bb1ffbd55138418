"""What an expression may be worth, as far as the text tells: sets of a few kinds of abstract value.

A `Value` is a set of possibilities. `UNKNOWN` stands for what the text does not tell; a set that holds `ANY` beside
other members may be those or something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import ast

    from pycommon_cli.analysis.facts import Place
    from pycommon_cli.analysis.python.python_files import PythonFile
    from pycommon_cli.analysis.python.scopes import AnalysisContext, Scope

__all__ = [
    "ANY",
    "NONE",
    "NOTHING",
    "TRUE_OR_FALSE",
    "UNKNOWN",
    "AbstractValue",
    "BoundMethod",
    "ClassValue",
    "ComposedText",
    "ConstantValue",
    "EnvironmentValue",
    "ExternalName",
    "FunctionValue",
    "InstanceValue",
    "LibraryDecorator",
    "MappingValue",
    "ModuleValue",
    "PartialValue",
    "SequenceValue",
    "SuperValue",
    "Value",
    "const",
    "join",
    "one",
    "texts",
    "variables_of",
]

MOST_MEMBERS = 64
_MOST_CONSTANTS = 24


class AbstractValue:
    """One possibility. Subclasses are compared by what they say, or by identity where they can be changed."""

    __slots__ = ()


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
    """The value of an environment variable, or what is made of it alone."""

    name: str


@dataclass(frozen=True, slots=True)
class ComposedText(AbstractValue):
    """A text put together of several parts; None for one that is not known."""

    parts: tuple[ConstantValue | EnvironmentValue | None, ...]


@dataclass(frozen=True, slots=True)
class ExternalName(AbstractValue):
    """Something of a module from elsewhere, dotted; calls are written as `()`: "boto3.session.Session()"."""

    name: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ModuleValue(AbstractValue):
    """A module of the service."""

    context: AnalysisContext


@dataclass(frozen=True, slots=True)
class PackageValue(AbstractValue):
    """A folder of modules without an `__init__.py`."""

    name: str


@dataclass(slots=True, eq=False, repr=False)
class FunctionValue(AbstractValue):
    """A function or lambda of the service, in the scope that it closes over.

    `kind` is "static", "class" or "property" for those of a class that are decorated so.
    """

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    source: PythonFile
    parent: AnalysisContext
    qualified_name: str
    defaults: dict[str, Value]
    kind: str = ""
    owner: ClassValue | None = None


@dataclass(slots=True, eq=False, repr=False)
class ClassValue(AbstractValue):
    """A class of the service."""

    node: ast.ClassDef
    source: PythonFile
    name: str
    bases: tuple[Value, ...]
    scope: Scope
    fields: tuple[str, ...] = ()
    is_dataclass: bool = False
    keywords: tuple[tuple[str, Value], ...] = ()
    lineage: tuple[ClassValue, ...] = ()


@dataclass(slots=True, eq=False, repr=False)
class InstanceValue(AbstractValue):
    """What calling a class made, one for each set of arguments that matter."""

    of: ClassValue
    scope: Scope


@dataclass(frozen=True, slots=True)
class BoundMethod(AbstractValue):
    """A method together with what it is called on: of an instance, or of a value of the AWS SDK."""

    receiver: AbstractValue
    name: str
    function: FunctionValue | None = None


@dataclass(frozen=True, slots=True)
class FieldDefault(AbstractValue):
    """`field(default=..., default_factory=...)` of a dataclass."""

    value: Value
    factory: Value


@dataclass(frozen=True, slots=True)
class SuperValue(AbstractValue):
    """`super()` within a method of `of`."""

    receiver: AbstractValue
    of: ClassValue


@dataclass(frozen=True, slots=True)
class PartialValue(AbstractValue):
    """`functools.partial(...)`."""

    callee: Value
    positional: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]


@dataclass(slots=True, eq=False, repr=False)
class SequenceValue(AbstractValue):
    """A list, tuple, set or the like: `members` in order while that is known, and `rest` for all others."""

    members: list[Value]
    rest: Value
    readers: set[AnalysisContext]
    places: list[Place | None]

    def all(self) -> Value:
        """Everything that may be in it."""
        return join(*self.members, self.rest)


@dataclass(slots=True, eq=False, repr=False)
class MappingValue(AbstractValue):
    """A dict: `entries` by key, and `rest` for what stands under keys that are not known."""

    entries: dict[AbstractValue, Value]
    rest: Value
    readers: set[AnalysisContext]
    places: dict[AbstractValue, Place]

    def all(self) -> Value:
        """Every value that may be in it."""
        return join(*self.entries.values(), self.rest)


@dataclass(frozen=True, slots=True)
class LibraryDecorator(AbstractValue):
    """A decorator of this library, with its arguments: `@validated("create_charge")`."""

    name: str
    positional: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]
    place: Place
    places: tuple[Place, ...] = ()

    def argument(self, position: int, keyword: str) -> Value | None:
        """An argument, however it was passed."""
        if position < len(self.positional):
            return self.positional[position]
        return dict(self.keywords).get(keyword)


ANY = _Any()
NOTHING: Value = frozenset()
UNKNOWN: Value = frozenset((ANY,))
NONE: Value = frozenset((ConstantValue(None),))
TRUE_OR_FALSE: Value = frozenset((ConstantValue(value=True), ConstantValue(value=False)))


def one(atom: AbstractValue) -> Value:
    """The value that is surely `atom`."""
    return frozenset((atom,))


def const(value: Any) -> Value:
    """The value that is surely this constant."""
    return frozenset((ConstantValue(value),))


def join(*values: Value) -> Value:
    """What may be any of `values`. Bounded: of very many constants it is only known that there are some."""
    if len(values) == 2:  # noqa: PLR2004 - by far the most frequent
        first, second = values
        if first == second or not second:
            return first
        if not first:
            return second
    joined = NOTHING.union(*values)
    return joined if len(joined) <= _MOST_CONSTANTS else _bounded(joined)


def _bounded(value: Value) -> Value:
    """A large set without its constants; without data, then without code, where that is not enough."""
    if len(value) <= MOST_MEMBERS and sum(isinstance(atom, ConstantValue) for atom in value) <= _MOST_CONSTANTS:
        return value
    kept = frozenset(atom for atom in value if not isinstance(atom, ConstantValue))
    if len(kept) > MOST_MEMBERS:
        kept = frozenset(
            atom for atom in kept if not isinstance(atom, ExternalName | MappingValue | ComposedText | SequenceValue)
        )
    if len(kept) > MOST_MEMBERS:
        kept = frozenset(atom for atom in kept if isinstance(atom, EnvironmentValue))
    return kept | UNKNOWN


def texts(value: Value | None) -> list[str]:
    """The constant texts among the possibilities, sorted."""
    return sorted(atom.value for atom in value or () if isinstance(atom, ConstantValue) and isinstance(atom.value, str))


_CONFIGURATION = frozenset(
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
    """The environment variables whose value names what `value` names, sorted.

    A text put together of several names what its most telling part names: in `arn:aws:sns:{AWS_REGION}:...:{TOPIC}`
    the region names no topic.
    """
    found = {atom.name for atom in value if isinstance(atom, EnvironmentValue)}
    for atom in value:
        if isinstance(atom, ComposedText):
            told = {part.name for part in atom.parts if isinstance(part, EnvironmentValue)} - _CONFIGURATION
            if len(told) == 1:
                found |= told
    return sorted(found)


def sure(value: Value) -> list[ConstantValue] | None:
    """The constants that `value` can be, where it can be nothing else; None where it can."""
    found = [atom for atom in value if isinstance(atom, ConstantValue)]
    return found if found and len(found) == len(value) else None
