"""What the code that runs makes: lists and dicts, the same whenever it runs again, and which of it matters."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import (
    ANY,
    NOTHING,
    TRUE_OR_FALSE,
    UNKNOWN,
    AbstractValue,
    ComposedText,
    ConstantValue,
    EnvironmentValue,
    ExternalName,
    MappingValue,
    SequenceValue,
    Value,
    join,
)
from pycommon_cli.analysis.python.code_effects import Effects, place_of
from pycommon_cli.analysis.python.interpreter.frames import Frame
from pycommon_cli.analysis.python.scopes import AnalysisContext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pycommon_cli.analysis.facts import Place
    from pycommon_cli.analysis.python.python_files import PythonFile

__all__ = ["Memory"]

_MOST_RUNS = 8  # of one context
_NAME_LENGTH = 80  # what is longer is prose
_DEEPEST_DATA = 3  # lists in lists; what lies deeper, and further back, is data
_MOST_DATA = 32
_TELLING = ("aioboto3", "aiobotocore", "aws_lambda_powertools", "boto3", "botocore", "functools", "os", "pycommon")


class Memory:
    """Where the interpretation stands, and the data that it makes."""

    def __init__(self) -> None:
        self.current: AnalysisContext = AnalysisContext(_NO_SOURCE, Effects())
        self.frame = Frame()
        self.waiting: dict[AnalysisContext, None] = {}

    def changed(self, readers: Iterable[AnalysisContext]) -> None:
        """Run these again, later: something that they read is not what it was."""
        for reader in readers:
            if reader.runs and reader.runs < _MOST_RUNS and reader is not self.current:
                self.waiting[reader] = None

    def allocated(self, node: ast.AST, make: Callable[[], AbstractValue], label: str = "") -> AbstractValue:
        """What the expression `node` makes in this context: the same whenever it runs again."""
        key = (node, label, self.frame.unrolled)
        found = self.current.allocated.get(key)
        if found is None:
            found = self.current.allocated[key] = make()
        assert isinstance(found, AbstractValue)  # noqa: S101 - for the type checker; only atoms are put in
        return found

    def sequence(self, node: ast.AST, members: list[Value], rest: Value = NOTHING, label: str = "") -> SequenceValue:
        """The list that `node` makes."""
        made = self.allocated(node, lambda: SequenceValue(list(members), rest, set(), []), f"sequence{label}")
        assert isinstance(made, SequenceValue)  # noqa: S101 - as above
        before = (list(made.members), made.rest)
        if len(made.members) == len(members):
            made.members = [join(old, new) for old, new in zip(made.members, members, strict=True)]
            made.rest = join(made.rest, rest)
        else:
            made.rest = join(made.rest, rest, *members, *made.members)
            made.members = []
        if before != (made.members, made.rest):
            self.changed(made.readers)
        return made

    def mapping(
        self, node: ast.AST, entries: dict[AbstractValue, Value], rest: Value = NOTHING, label: str = ""
    ) -> MappingValue:
        """The dict that `node` makes."""
        made = self.allocated(node, lambda: MappingValue({}, NOTHING, set(), {}), f"mapping{label}")
        assert isinstance(made, MappingValue)  # noqa: S101 - as above
        self.add_entries(made, entries, rest)
        return made

    def add_entries(self, mapping: MappingValue, entries: dict[AbstractValue, Value], rest: Value = NOTHING) -> None:
        """Put more into a dict."""
        changed = False
        for key, value in entries.items():
            before = mapping.entries.get(key)
            after = value if before is None else join(before, value)
            if after != before:
                mapping.entries[key] = after
                changed = True
        if (joined := join(mapping.rest, rest)) != mapping.rest:
            mapping.rest = joined
            changed = True
        if changed:
            self.changed(mapping.readers)

    def add_member(self, sequence: SequenceValue, value: Value) -> None:
        """Put one more into a list, somewhere."""
        joined = join(sequence.rest, value)
        if joined != sequence.rest:
            sequence.rest = joined
            self.changed(sequence.readers)

    def place(self, node: ast.expr | ast.stmt) -> Place:
        """Where something of the code that runs stands."""
        return place_of(self.current.source, node)

    # Which arguments matter

    def telling(self, value: Value, depth: int = 0) -> Value:
        """`value` without what can make no difference to a called function: prose, numbers, dicts of such."""
        if value >= TRUE_OR_FALSE:
            value = (value - TRUE_OR_FALSE) | UNKNOWN
        if all(self._tells(atom, depth) for atom in value):
            return value
        return frozenset([ANY, *(atom for atom in value if self._tells(atom, depth))])

    def _tells(self, atom: AbstractValue, depth: int) -> bool:
        if isinstance(atom, SequenceValue | MappingValue):
            atom.readers.add(self.current)
            return depth < _DEEPEST_DATA and self._holds(atom, depth)
        match atom:
            case ConstantValue(value=str(text)):
                return len(text) <= _NAME_LENGTH and " " not in text and "\n" not in text
            case ConstantValue(value=value):
                return value is None or isinstance(value, bool)
            case ExternalName(name=name):
                return name.partition(".")[0].startswith(_TELLING)
        return True

    def _holds(self, atom: SequenceValue | MappingValue, depth: int) -> bool:
        """Whether a list or dict holds more than data."""
        if isinstance(atom, SequenceValue):
            values = [*atom.members[:_MOST_DATA], atom.rest]
        else:
            values = [*list(atom.entries.values())[:_MOST_DATA], atom.rest]
            if any(isinstance(key, EnvironmentValue | ComposedText) for key in atom.entries):
                return True
        return any(self._carries(value, depth) for value in values)

    def _carries(self, value: Value, depth: int) -> bool:
        """Whether a member of a list or dict matters: more than a constant, which alone is data."""
        return any(
            not isinstance(atom, ConstantValue) and atom is not ANY and self._tells(atom, depth + 1) for atom in value
        )


def _no_source() -> PythonFile:
    from pycommon_cli.analysis.python.python_files import PythonFile

    return PythonFile("", "", is_package=False, tree=ast.Module([], []), text="")


_NO_SOURCE = _no_source()
