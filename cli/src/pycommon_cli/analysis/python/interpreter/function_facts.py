"""Read facts of a function from its text: `global` and `nonlocal` names, inner functions, `yield`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["AnyFunction", "FunctionFacts", "facts_of"]

AnyFunction: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


_SCOPES = frozenset({ast.AsyncFunctionDef, ast.ClassDef, ast.FunctionDef, ast.Lambda})
_LEAVES = frozenset({ast.Constant, ast.Load, ast.Name, ast.Store})


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """Facts of one function, without the facts of its inner functions."""

    global_names: frozenset[str]
    nonlocal_names: frozenset[str]
    has_inner_functions: bool
    is_generator: bool


def facts_of(node: AnyFunction) -> FunctionFacts:
    """Return the facts of a function."""
    global_names: set[str] = set()
    nonlocal_names: set[str] = set()
    inner = generator = False
    rest: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
    while rest:
        each = rest.pop()
        kind = type(each)
        if kind in _SCOPES:
            inner = True
            continue
        if kind is ast.Global or kind is ast.Nonlocal:
            names = global_names if kind is ast.Global else nonlocal_names
            names.update(each.names)  # type: ignore[attr-defined]
        elif kind is ast.Yield or kind is ast.YieldFrom:
            generator = True
        for value in each.__dict__.values():  # this is three times as fast as ast.iter_child_nodes
            if isinstance(value, list):
                rest.extend(member for member in value if isinstance(member, ast.AST))
            elif isinstance(value, ast.AST) and type(value) not in _LEAVES:
                rest.append(value)
    return FunctionFacts(frozenset(global_names), frozenset(nonlocal_names), inner, generator)
