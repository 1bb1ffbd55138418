"""Adds operations to a declaration: to the list of an existing variable, or in an entry for a new variable.

The declaration must be a dict literal, and its module must import enums by name. If an enum is missing, the fix adds it
to the import.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from pycommon_cli.check.findings import Edit
from pycommon_cli.check.fixes.decorator_fixes import decorator_at, tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pycommon_cli.check.requested_edits import DeclareOperations
    from pycommon_cli.check.source_texts import Sources

__all__ = ["edits"]

_PERMS = "pycommon.dal.providers.aws.resource_perms"


def edits(requested: DeclareOperations, sources: Sources) -> tuple[Edit, ...]:
    """Return the edits. Return an empty tuple if the text is too complex for a safe edit."""
    path = (requested.entry or requested.declaration).path
    text = sources.text(path)
    module = tree(text)
    mapping = _mapping(requested, sources, module)
    if module is None or mapping is None or (requested.entry is not None and not requested.members):
        return ()
    imports = _Imports(module, path)
    members = [imports.spelled(member) for member in requested.members]
    if any(member is None for member in members):
        return ()
    written = [member for member in members if member]
    value = _value(mapping, requested.variable)
    if value is None:
        entry = f'"{requested.variable}": [{", ".join(written)}]'
        added = _appended(mapping, mapping.values, entry, sources, path)
    elif isinstance(value, ast.List | ast.Tuple | ast.Set):
        added = _appended(value, value.elts, ", ".join(written), sources, path)
    else:
        return ()
    return () if added is None else (added, *imports.edits)


def _mapping(requested: DeclareOperations, sources: Sources, module: ast.Module | None) -> ast.Dict | None:
    """Return the dict that has the variable's entry. If the variable is new, return the decorator's argument."""
    if requested.entry is not None:
        for node in ast.walk(module) if module else ():
            if isinstance(node, ast.Dict) and any(
                isinstance(key, ast.Constant) and key.value == requested.variable and key.lineno == requested.entry.line
                for key in node.keys
            ):
                return node
        return None
    decorator = decorator_at(requested.declaration, sources)
    if isinstance(decorator, ast.Call) and len(decorator.args) == 1 and isinstance(decorator.args[0], ast.Dict):
        return decorator.args[0]
    return None


def _value(mapping: ast.Dict, variable: str) -> ast.expr | None:
    for key, value in zip(mapping.keys, mapping.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == variable:
            return value
    return None


def _appended(container: ast.expr, members: Sequence[ast.expr], text: str, sources: Sources, path: str) -> Edit | None:
    """Return the edit that appends a member.

    If the other members are on lines of their own, the new member gets a line of its own too.
    """
    end_line, end_column = container.end_lineno or 0, container.end_col_offset or 0
    closing = _column(sources, path, end_line, end_column - 1)
    if not members:
        return Edit(path, end_line, closing, end_line, closing, text)
    last = members[-1]
    line, column = last.end_lineno or 0, _column(sources, path, last.end_lineno or 0, last.end_col_offset or 0)
    if isinstance(container, ast.Tuple) and end_column == last.end_col_offset:
        return None  # the container is a tuple without parentheses
    if end_line == line:
        return Edit(path, line, column, line, column, f", {text}")
    first_of_line = sources.line(path, _own_line(container, members)).lstrip()
    indent = " " * (len(sources.line(path, _own_line(container, members))) - len(first_of_line))
    return Edit(path, line, column, line, column, f",\n{indent}{text}")


def _own_line(container: ast.expr, members: Sequence[ast.expr]) -> int:
    """Return the line on which the last member begins. In a dict, this is the line of the member's key."""
    keys = [key for key in container.keys if key] if isinstance(container, ast.Dict) else []
    return keys[-1].lineno if keys else members[-1].lineno


def _column(sources: Sources, path: str, line: int, offset: int) -> int:
    """Return the column for an offset of `ast`. Columns count characters from 1. `ast` counts UTF-8 bytes from 0."""
    return len(sources.line(path, line).encode()[:offset].decode("utf-8", "ignore")) + 1


class _Imports:
    """The names under which a module imports enums, and the edits that import missing enums."""

    def __init__(self, module: ast.Module, path: str) -> None:
        self._path = path
        self._from = [each for each in module.body if isinstance(each, ast.ImportFrom) and each.module == _PERMS]
        self._names = {alias.name: alias.asname or alias.name for each in self._from for alias in each.names}
        self.edits: list[Edit] = []

    def spelled(self, member: str) -> str | None:
        """Return the member as the module must write it, or None if the enum cannot be imported."""
        enum, _, name = member.partition(".")
        if enum not in self._names:
            if not self._from:
                return None
            last = self._from[-1].names[-1]
            line, column = last.end_lineno or last.lineno, (last.end_col_offset or 0) + 1
            self.edits.append(Edit(self._path, line, column, line, column, f", {enum}"))
            self._names[enum] = enum
        return f"{self._names[enum]}.{name}"
