"""Evaluate the remaining expressions: constants, names, attributes, calls, f-strings, conditionals, `yield`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import (
    NONE,
    NOTHING,
    UNKNOWN,
    ConstantValue,
    EnvironmentValue,
    Value,
    const,
    join,
    one,
)
from pycommon_cli.analysis.python.values.call_arguments import Call
from pycommon_cli.analysis.python.values.code_contexts import MappingValue
from pycommon_cli.analysis.python.values.code_effects import attribute_place
from pycommon_cli.analysis.python.values.text_values import concatenated
from pycommon_cli.analysis.python.values.value_queries import truth

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.assignments import Assignments
    from pycommon_cli.analysis.python.interpreter.attributes import Attributes
    from pycommon_cli.analysis.python.interpreter.calls import Calls
    from pycommon_cli.analysis.python.interpreter.execution_state import ExecutionState
    from pycommon_cli.analysis.python.interpreter.members import Members
    from pycommon_cli.analysis.python.interpreter.name_lookup import NameLookup
    from pycommon_cli.analysis.python.interpreter.syntax_dispatch import Evaluator, ExpressionForms

__all__ = ["Expressions"]


class Expressions:
    """The part of the interpreter that evaluates expressions for which there is no other part."""

    __slots__ = ("_assignments", "_attributes", "_calls", "_evaluate", "_look_up", "_members", "_state")

    def __init__(  # noqa: PLR0913, PLR0917 - each serves one or two forms of expressions
        self,
        state: ExecutionState,
        evaluator: Evaluator,
        names: NameLookup,
        members: Members,
        attributes: Attributes,
        assignments: Assignments,
        calls: Calls,
    ) -> None:
        self._state = state
        self._evaluate = evaluator.evaluate
        self._look_up = names.look_up
        self._members = members
        self._attributes = attributes
        self._assignments = assignments
        self._calls = calls

    def forms(self) -> ExpressionForms:
        """Return the expressions that this part evaluates."""
        return {
            ast.Attribute: self._attribute,
            ast.Await: self._inner,
            ast.Call: self._call,
            ast.Constant: _constant,
            ast.FormattedValue: self._formatted,
            ast.IfExp: self._conditional,
            ast.JoinedStr: self._joined,
            ast.Name: self._name,
            ast.NamedExpr: self._named,
            ast.Starred: self._inner,
            ast.Yield: self._yield,
            ast.YieldFrom: self._yield_from,
        }

    def _name(self, node: ast.Name) -> Value:
        return self._look_up(node.id)

    def _attribute(self, node: ast.Attribute) -> Value:
        attribute = self._attributes.attribute
        return join(*[attribute(each, node.attr, node) for each in self._evaluate(node.value)])

    def _inner(self, node: ast.Await | ast.Starred) -> Value:
        return self._evaluate(node.value)

    def _conditional(self, node: ast.IfExp) -> Value:
        holds = truth(self._evaluate(node.test))
        if holds is not None:
            return self._evaluate(node.body if holds else node.orelse)
        return join(self._evaluate(node.body), self._evaluate(node.orelse))

    def _joined(self, node: ast.JoinedStr) -> Value:
        return concatenated([self._evaluate(part) for part in node.values])

    def _formatted(self, node: ast.FormattedValue) -> Value:
        value = self._evaluate(node.value)
        if node.format_spec is None:
            return value
        return join(*(one(each) for each in value if isinstance(each, EnvironmentValue))) or UNKNOWN

    def _named(self, node: ast.NamedExpr) -> Value:
        value = self._evaluate(node.value)
        self._assignments.assign(node.target, value)
        return value

    def _yield(self, node: ast.Yield) -> Value:
        self._state.frame.yielded.append(self._evaluate(node.value) if node.value else NONE)
        return UNKNOWN

    def _yield_from(self, node: ast.YieldFrom) -> Value:
        iterated = self._attributes.iterated(self._evaluate(node.value), node.value)
        self._state.frame.yielded.append(self._members.any_of(iterated))
        return UNKNOWN

    # Calls

    def _call(self, node: ast.Call) -> Value:
        callee = self._evaluate(node.func)
        return self._calls.call(callee, self._arguments(node))

    def _arguments(self, node: ast.Call) -> Call:
        call = Call(node, attribute_place(self._state.current.source, node))
        for each in node.args:
            value = self._evaluate(each)
            if not isinstance(each, ast.Starred):
                call.positional.append(value)
                call.places.append(self._state.place(each))
                continue
            known = self._members.known(value)
            if known is None:
                call.rest = join(call.rest, self._members.any_of(value) or UNKNOWN)
            else:
                call.positional.extend(known)
                call.places.extend([self._state.place(each)] * len(known))
        for keyword in node.keywords:
            value = self._evaluate(keyword.value)
            if keyword.arg is not None:
                call.keywords[keyword.arg] = value
            else:
                self._spread_keywords(call, value)
        return call

    def _spread_keywords(self, call: Call, value: Value) -> None:
        """Add the arguments of `**value`."""
        for mapping in value:
            if not isinstance(mapping, MappingValue):
                call.open = True
                continue
            mapping.readers.add(self._state.current)
            call.open = call.open or bool(mapping.rest)
            for key, each in mapping.entries.items():
                if isinstance(key, ConstantValue) and isinstance(key.value, str):
                    call.keywords[key.value] = join(call.keywords.get(key.value, NOTHING), each)


def _constant(node: ast.Constant) -> Value:
    return const(node.value)
