"""Define classes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.interpreter.class_lineage import external_bases
from pycommon_cli.analysis.python.values.abstract_values import ExternalName, PartialValue, Value, one
from pycommon_cli.analysis.python.values.call_arguments import Call
from pycommon_cli.analysis.python.values.code_contexts import ClassValue, FunctionValue, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pycommon_cli.analysis.python.interpreter.allocations import Allocations
    from pycommon_cli.analysis.python.interpreter.calls import Calls
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.name_lookup import NameLookup
    from pycommon_cli.analysis.python.interpreter.syntax_dispatch import Evaluator, Executor, StatementForms

__all__ = ["ClassDefinitions"]

_RECORD_BASES = frozenset(
    {"typing.NamedTuple", "pydantic.BaseModel", "pydantic.main.BaseModel", "pydantic_settings.BaseSettings"}
)
_RECORD_DECORATORS = frozenset({"attrs", "dataclass", "define", "frozen", "s"})


class ClassDefinitions:
    """The part of the interpreter that defines classes."""

    __slots__ = ("_allocations", "_calls", "_evaluate", "_executor", "_names", "_state")

    def __init__(  # noqa: PLR0913, PLR0917 - a class evaluates its bases, runs its body and calls its decorators
        self,
        state: ExecutionState,
        evaluator: Evaluator,
        executor: Executor,
        names: NameLookup,
        allocations: Allocations,
        calls: Calls,
    ) -> None:
        self._state = state
        self._evaluate = evaluator.evaluate
        self._executor = executor
        self._names = names
        self._allocations = allocations
        self._calls = calls

    def forms(self) -> StatementForms:
        """Return the statements that this part runs."""
        return {ast.ClassDef: self._class}

    def _class(self, node: ast.ClassDef) -> bool:
        self._names.bind(node.name, self._define(node))
        return True

    def _define(self, node: ast.ClassDef) -> Value:
        bases = tuple(self._evaluate(each) for each in node.bases)
        keywords = tuple((each.arg or "", self._evaluate(each.value)) for each in node.keywords)
        decorators = [self._evaluate(each) for each in node.decorator_list]
        source, name = self._state.current.source, f"{self._state.prefix}{node.name}"
        made = self._allocations.allocated(node, lambda: ClassValue(node, source, name, bases, Scope()), "class")
        made.bases, made.keywords, made.lineage = bases, keywords, ()
        made.fields = tuple(_fields(node.body))
        made.is_dataclass = not _RECORD_BASES.isdisjoint(external_bases(made)) or _is_record(decorators)
        self._run_body(node, made)
        for decorator in decorators:
            for each in decorator:
                if isinstance(each, FunctionValue | PartialValue):
                    self._calls.call_one(each, Call(node.decorator_list[0], self._state.place(node), [one(made)]))
        return one(made)

    def _run_body(self, node: ast.ClassDef, made: ClassValue) -> None:
        state, frame = self._state, self._state.frame
        names, frame.names = frame.names, dict(frame.names)
        publishes, frame.publishes = frame.publishes, False
        prefix, state.prefix = state.prefix, f"{made.name}."
        before = dict(frame.names)
        self._executor.execute_body(node.body)
        state.prefix = prefix
        own, frame.names = frame.names, names
        frame.publishes = publishes
        for name, value in own.items():
            if before.get(name) is not value:
                for each in value:
                    if isinstance(each, FunctionValue) and each.owner is None:
                        each.owner = made
                state.changed(made.scope.bind(name, value))


def _fields(body: list[ast.stmt]) -> Iterable[str]:
    for each in body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            annotated = [getattr(part, "id", getattr(part, "attr", "")) for part in ast.walk(each.annotation)]
            if "ClassVar" not in annotated:
                yield each.target.id


def _is_record(decorators: list[Value]) -> bool:
    names = [each.name for decorator in decorators for each in decorator if isinstance(each, ExternalName)]
    return any(name.rpartition(".")[2] in _RECORD_DECORATORS for name in names)
