"""Each option that several commands take has one declaration, and no command module imports another one."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pycommon_cli
from pycommon_cli import shared_options

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(pycommon_cli.__file__).parent
COMMAND_MODULES = sorted(PACKAGE.glob("*/*_commands.py"))
SHARED = Path(shared_options.__file__)
ONE_DECLARATION = ("--project", "-o")


def declarations(path: Path) -> Iterator[str]:
    """Yield the source of each `typer.Option(...)` and `typer.Argument(...)` of a module."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("typer.Option", "typer.Argument"):
            yield ast.unparse(node)


def imported(path: Path) -> set[str]:
    """Return the names of all modules that a module imports, also inside functions and for types."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_no_option_is_declared_twice() -> None:
    assert len(COMMAND_MODULES) == 7
    count = Counter(each for path in (*COMMAND_MODULES, SHARED) for each in set(declarations(path)))
    assert {each for each, times in count.items() if times > 1} == set()


def test_an_option_with_one_meaning_is_declared_in_the_shared_module_only() -> None:
    for path in COMMAND_MODULES:
        assert not [each for each in declarations(path) if any(f"'{name}'" in each for name in ONE_DECLARATION)], path


def test_no_command_module_imports_another_one() -> None:
    for path in COMMAND_MODULES:
        assert not [name for name in imported(path) if name.endswith("_commands")], path
