"""Compose the interpreter from its parts, and give the readers of handlers, rules and permissions what they need."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.aws.sdk import Sdk
from pycommon_cli.analysis.python.interpreter.allocations import Allocations
from pycommon_cli.analysis.python.interpreter.assignments import Assignments
from pycommon_cli.analysis.python.interpreter.attributes import Attributes
from pycommon_cli.analysis.python.interpreter.branch_statements import BranchStatements
from pycommon_cli.analysis.python.interpreter.calls import Calls
from pycommon_cli.analysis.python.interpreter.class_definitions import ClassDefinitions
from pycommon_cli.analysis.python.interpreter.collection_displays import CollectionDisplays
from pycommon_cli.analysis.python.interpreter.comprehensions import Comprehensions
from pycommon_cli.analysis.python.interpreter.container_methods import ContainerMethods
from pycommon_cli.analysis.python.interpreter.context_runs import ContextRuns
from pycommon_cli.analysis.python.interpreter.context_selection import ContextSelection
from pycommon_cli.analysis.python.interpreter.environment_reads import EnvironmentReads
from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
from pycommon_cli.analysis.python.interpreter.expressions import Expressions
from pycommon_cli.analysis.python.interpreter.external.collection_functions import CollectionFunctions
from pycommon_cli.analysis.python.interpreter.external.conversion_functions import CONVERSION_FUNCTIONS
from pycommon_cli.analysis.python.interpreter.external.environment_functions import EnvironmentFunctions
from pycommon_cli.analysis.python.interpreter.external.higher_order_functions import HigherOrderFunctions
from pycommon_cli.analysis.python.interpreter.external.library_functions import LibraryFunctions
from pycommon_cli.analysis.python.interpreter.external.reflection_functions import ReflectionFunctions
from pycommon_cli.analysis.python.interpreter.external.unknown_functions import UnknownFunctions
from pycommon_cli.analysis.python.interpreter.function_calls import FunctionCalls
from pycommon_cli.analysis.python.interpreter.function_definitions import FunctionDefinitions
from pycommon_cli.analysis.python.interpreter.import_statements import ImportStatements
from pycommon_cli.analysis.python.interpreter.instances import Instances
from pycommon_cli.analysis.python.interpreter.library_usage import LibraryUsage
from pycommon_cli.analysis.python.interpreter.loop_statements import LoopStatements
from pycommon_cli.analysis.python.interpreter.match_statements import MatchStatements
from pycommon_cli.analysis.python.interpreter.members import Members
from pycommon_cli.analysis.python.interpreter.name_lookup import NameLookup
from pycommon_cli.analysis.python.interpreter.operator_expressions import OperatorExpressions
from pycommon_cli.analysis.python.interpreter.significant_values import SignificantValues
from pycommon_cli.analysis.python.interpreter.simple_statements import SimpleStatements
from pycommon_cli.analysis.python.interpreter.subscripts import Subscripts
from pycommon_cli.analysis.python.interpreter.syntax_dispatch import Evaluator, Executor
from pycommon_cli.analysis.python.interpreter.value_calls import ValueCalls
from pycommon_cli.analysis.python.values.code_contexts import AnalysisContext

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from pycommon_cli.analysis.facts import ReadingTrouble
    from pycommon_cli.analysis.python.python_files import PythonFile
    from pycommon_cli.analysis.python.service_modules import ServiceModules
    from pycommon_cli.analysis.python.values.abstract_values import Value
    from pycommon_cli.analysis.python.values.call_arguments import Call

__all__ = ["Interpreter", "module_of"]


class Interpreter:
    """The interpreter of one service.

    Attributes:
        usage: the uses of PyCommon in the service: decorators, and calls such as `setup_validated(...)`.
    """

    def __init__(self, modules: ServiceModules, lines: int) -> None:
        """Compose the interpreter. `lines` is the number of lines of the service, which limits the steps."""
        state = self._state = ExecutionState(lines)
        calls = self._calls = Calls()
        evaluator, executor = Evaluator(), Executor(state)
        self._evaluator = evaluator
        names = self._names = NameLookup(state)
        usage = self.usage = LibraryUsage()
        allocations = Allocations(state)
        significant = SignificantValues(state)
        environment = EnvironmentReads(state)
        sdk = Sdk(state, allocations)
        members = self._members = Members(state, sdk)

        selection = ContextSelection(state, significant)
        runs = self._runs = ContextRuns(state, modules, names, allocations, selection, evaluator, executor)
        functions = FunctionCalls(state, runs, significant, sdk)
        attributes = Attributes(state, names, runs, calls, functions, sdk)
        subscripts = Subscripts(state, evaluator, allocations, attributes, environment, sdk)
        operators = OperatorExpressions(evaluator, allocations, members, attributes, environment)
        assignments = Assignments(state, evaluator, names, allocations, members, attributes, operators)
        definitions = FunctionDefinitions(state, evaluator, names, allocations, calls)

        evaluator.register(
            Expressions(state, evaluator, names, members, attributes, assignments, calls).forms()
            | CollectionDisplays(state, evaluator, allocations, members).forms()
            | Comprehensions(state, evaluator, allocations, members, attributes, assignments).forms()
            | definitions.expression_forms()
            | operators.forms()
            | subscripts.forms()
        )
        executor.register(
            SimpleStatements(state, evaluator, executor, members, attributes, assignments).forms()
            | BranchStatements(state, evaluator, executor, names).forms()
            | ClassDefinitions(state, evaluator, executor, names, allocations, calls).forms()
            | ImportStatements(state, modules, names, runs).forms()
            | LoopStatements(state, evaluator, executor, members, attributes, assignments).forms()
            | MatchStatements(state, evaluator, executor, names).forms()
            | assignments.forms()
            | definitions.statement_forms()
        )
        known = {
            **CONVERSION_FUNCTIONS,
            **CollectionFunctions(allocations, members, calls).functions(),
            **EnvironmentFunctions(environment).functions(),
            **HigherOrderFunctions(allocations, members, calls).functions(),
            **LibraryFunctions(state, usage, environment).functions(),
            **ReflectionFunctions(state, names, runs, attributes).functions(),
        }
        containers = ContainerMethods(state, allocations, members)
        unknown = UnknownFunctions(members, calls)
        values = ValueCalls(calls, functions, attributes, containers, sdk, known, unknown)
        calls.register(
            functions.forms()
            | Instances(state, calls, attributes, environment, significant).forms()
            | usage.forms()
            | values.forms(),
            otherwise=values.call_unknown,
        )

    @property
    def troubles(self) -> list[ReadingTrouble]:
        """Reports of the code that could not be followed to its end."""
        return self._runs.troubles

    def start(self, references: Iterable[str], sources: Iterable[PythonFile]) -> None:
        """Run the modules of the handlers `references` and the files `sources`, as a cold start of Lambda does."""
        for reference in references:
            self._runs.module(module_of(reference))
        for source in sources:
            self._runs.module(source.module)
        self._runs.run_until_stable()

    def module(self, name: str) -> AnalysisContext | None:
        """Return the context of the module with this dotted name."""
        return self._runs.module(name)

    def module_attribute(self, module: AnalysisContext, name: str) -> Value | None:
        """Return the value of a name of a module, or None if the module does not have the name."""
        return self._names.module_attribute(module, name)

    def contexts(self) -> list[AnalysisContext]:
        """Return the contexts of all modules and functions that have run."""
        return self._runs.contexts()

    @contextmanager
    def calling_from(self, source: PythonFile | None = None) -> Iterator[AnalysisContext]:
        """Make the calls inside the `with` block from `source`. Yield the context that records the calls."""
        before = self._state.current
        self._state.current = AnalysisContext(source or before.source)
        try:
            yield self._state.current
        finally:
            self._state.current = before

    @contextmanager
    def inside(self, context: AnalysisContext) -> Iterator[None]:
        """Evaluate expressions inside the `with` block as code of this context."""
        before = self._state.current
        self._state.current = context
        try:
            yield
        finally:
            self._state.current = before

    def evaluate(self, node: ast.expr) -> Value:
        """Return the value of an expression."""
        return self._evaluator.evaluate(node)

    def known_members(self, value: Value) -> list[Value] | None:
        """Return the members of a sequence, or None if some members are not known."""
        return self._members.known(value)

    def call(self, callee: Value, call: Call) -> Value:
        """Return the value of a call."""
        return self._calls.call(callee, call)

    def call_back(self, value: Value, call: Call) -> Value:
        """Return the value of a call that code outside the service makes, such as Lambda's call of a handler."""
        return self._calls.call_back(value, call)

    def run_until_stable(self) -> None:
        """Run the waiting contexts until no value changes any more."""
        self._runs.run_until_stable()


def module_of(reference: str) -> str:
    """Return the module of a handler.

    Example:
        >>> module_of("service/core.record_visit")
        'service.core'
    """
    return reference.rpartition(".")[0].removeprefix("./").replace("/", ".")
