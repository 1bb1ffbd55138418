"""Read which module of the source tree imports which, from the source alone.

Every import statement counts: at the top of a module, under `TYPE_CHECKING`, and inside a function.
"""

from __future__ import annotations

import ast
import gc
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


@dataclass(frozen=True)
class SourceModule:
    """One Python file, and the name under which other modules import it."""

    name: str
    path: Path

    @property
    def place(self) -> str:
        """The path from the root of the repository."""
        return self.path.relative_to(ROOT).as_posix() if self.path.is_relative_to(ROOT) else self.path.as_posix()

    @cached_property
    def text(self) -> str:
        """The source."""
        return self.path.read_text()

    @cached_property
    def statements(self) -> tuple[ast.AST, ...]:
        """Every statement at every depth. Expressions are left out, because reading them takes most of the time."""
        gc.disable()  # syntax trees are kept: to look for garbage among them takes a third of the time
        found: list[ast.AST] = []
        waiting: list[ast.AST] = [ast.parse(self.text, self.place)]
        while waiting:
            node = waiting.pop()
            found.append(node)
            for block in _BLOCKS:
                waiting.extend(getattr(node, block, ()))
        gc.enable()
        return tuple(found)

    def imported_names(self) -> Iterator[tuple[str, int]]:
        """Yield each imported name with its line; `from a.b import c` gives "a.b.c", which need not be a module."""
        for node in self.statements:
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                source = self._source(node)
                yield from ((f"{source}.{alias.name}", node.lineno) for alias in node.names)

    def _source(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = self.name.split(".")
        package = parts if self.path.name == "__init__.py" else parts[:-1]
        return ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])


@dataclass(frozen=True)
class Import:
    """One import statement."""

    importer: SourceModule
    imported: SourceModule
    line: int

    def __str__(self) -> str:
        return f"{self.importer.place}:{self.line} imports {self.imported.name}"


class ImportGraph:
    """The modules below some folders, and the imports between them."""

    def __init__(self, *folders: Path) -> None:
        self.modules = {module.name: module for folder in folders for module in source_modules(folder)}
        self.imports = [each for module in self.modules.values() for each in self._imports_of(module)]

    def circles(self) -> list[list[Import]]:
        """Return, for each group of modules that import each other, the imports along one shortest circle."""
        edges: dict[str, dict[str, Import]] = defaultdict(dict)
        for each in self.imports:
            edges[each.importer.name].setdefault(each.imported.name, each)
        groups = [group for group in _strong_components(edges) if len(group) > 1]
        return [min((_circle(name, group, edges) for name in sorted(group)), key=len) for group in groups]

    def _imports_of(self, importer: SourceModule) -> Iterator[Import]:
        for name, line in importer.imported_names():
            imported = self.modules.get(name) or self.modules.get(name.rpartition(".")[0])
            if imported is not None and imported is not importer:
                yield Import(importer, imported, line)


@cache
def source_modules(folder: Path) -> tuple[SourceModule, ...]:
    """Return the modules below `folder`: the package of that name, or the root of a service if it is not a package."""
    package = (folder.name,) if (folder / "__init__.py").exists() else ()
    found = []
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).with_suffix("").parts
        if not any(part.startswith(".") or part in {"node_modules", "__pycache__"} for part in parts):
            name = ".".join((*package, *(part for part in parts if part != "__init__")))
            found.append(SourceModule(name, path))
    return tuple(found)


def _circle(start: str, group: set[str], edges: dict[str, dict[str, Import]]) -> list[Import]:
    """Return the shortest way from `start` back to `start` within `group`, found breadth first."""
    ways = [[each] for name, each in edges[start].items() if name in group]
    seen = {way[-1].imported.name for way in ways}
    for way in ways:  # the loop appends to the list that it reads
        last = way[-1].imported.name
        if last == start:
            return way
        for name, each in edges[last].items():
            if name in group and name not in seen:
                seen.add(name)
                ways.append([*way, each])
    raise AssertionError(f"{start} is not in a circle")


def _strong_components(edges: dict[str, dict[str, Import]]) -> list[set[str]]:
    """Return the groups of modules that reach each other, by Kosaraju's algorithm."""
    reverse: dict[str, set[str]] = defaultdict(set)
    for importer, targets in edges.items():
        for imported in targets:
            reverse[imported].add(importer)
    order: list[str] = []
    seen: set[str] = set()
    for name in list(edges):
        order += _reached(name, edges, seen)
    seen = set()
    return [set(group) for name in reversed(order) if (group := _reached(name, reverse, seen))]


def _reached(start: str, edges: dict[str, dict[str, Import]] | dict[str, set[str]], seen: set[str]) -> list[str]:
    """Return the new modules that `start` reaches, each behind those that it reaches itself; add them to `seen`."""
    if start in seen:
        return []
    seen.add(start)
    finished: list[str] = []
    stack = [(start, iter(tuple(edges.get(start, ()))))]
    while stack:
        name, rest = stack[-1]
        following = next((each for each in rest if each not in seen), None)
        if following is None:
            finished.append(name)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, iter(tuple(edges.get(following, ())))))
    return finished
