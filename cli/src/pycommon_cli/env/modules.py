"""The modules of a service folder as far as their text tells: which name means what. Nothing is imported."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pycommon_cli.cli_error import CliError

_DEPTH = 20


@dataclass(slots=True)
class Module:
    """One module.

    Attributes:
        path: relative to the service folder.
        name: as it is imported.
        tree: its text, parsed.
        imports: what each imported name stands for, dotted.
        values: what each name is assigned at module level; None where that happens more than once.
        stars: modules from which everything is imported.
    """

    path: Path
    name: str
    tree: ast.Module
    imports: dict[str, str] = field(default_factory=dict)
    values: dict[str, ast.expr | None] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name stands for: the expression `value` in `module`, or the dotted `name` of something from elsewhere."""

    name: str
    module: Module | None = None
    value: ast.expr | None = None


class Modules:
    """The modules at `paths` below the service folder."""

    def __init__(self, folder: Path, paths: Iterable[Path]) -> None:
        self._modules = {module.name: module for module in (_read(folder, path) for path in paths)}

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def meaning(self, module: Module, expression: ast.expr) -> Meaning | None:
        """What a name, or a dotted name, stands for; None where the text does not tell."""
        return self._meaning(module, expression, _DEPTH)

    def _meaning(self, module: Module, expression: ast.expr, depth: int) -> Meaning | None:
        if depth == 0:
            return None
        if isinstance(expression, ast.Attribute):
            base = self._meaning(module, expression.value, depth - 1)
            return self._dotted(f"{base.name}.{expression.attr}", depth - 1) if base and not base.value else None
        if isinstance(expression, ast.Name):
            return self._name(module, expression.id, depth - 1)
        return None

    def _name(self, module: Module, name: str, depth: int) -> Meaning | None:
        value = module.values.get(name)
        if isinstance(value, ast.Name | ast.Attribute):
            return self._meaning(module, value, depth)
        if value is not None:
            return Meaning(f"{module.name}.{name}", module, value)
        if name in module.imports:
            return self._dotted(module.imports[name], depth)
        for star in module.stars:
            source = self._modules.get(star)
            if source is None or name in source.values or name in source.imports or source.stars:
                return self._dotted(f"{star}.{name}", depth)
        return None

    def _dotted(self, dotted: str, depth: int) -> Meaning | None:
        """Follow a dotted name into a module of the service; one from elsewhere is what it is."""
        parent, _, name = dotted.rpartition(".")
        if parent in self._modules and dotted not in self._modules and depth > 0:
            return self._name(self._modules[parent], name, depth - 1)
        return Meaning(dotted)


def _read(folder: Path, path: Path) -> Module:
    try:
        tree = ast.parse((folder / path).read_bytes(), str(path))
    except (SyntaxError, ValueError) as error:
        line = f" line {error.lineno}:" if isinstance(error, SyntaxError) and error.lineno else ""
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        raise CliError(
            f"{folder / path} cannot be read by this Python:{line} {said}.",
            "Mend it, or run the command with the Python version of the service.",
        ) from None
    parts = path.with_suffix("").parts
    is_package = parts[-1] == "__init__"
    module = Module(path, ".".join(parts[:-1] if is_package else parts), tree)
    for node in ast.walk(tree):
        _import(module, node, module.name.split(".") if is_package else module.name.split(".")[:-1])
    for node in _statements(tree.body):
        _assignment(module, node)
    return module


def _import(module: Module, node: ast.AST, package: list[str]) -> None:
    if isinstance(node, ast.Import):
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            module.imports[name] = alias.name if alias.asname else name
    elif isinstance(node, ast.ImportFrom):
        relative = package[: len(package) - node.level + 1] if node.level else []
        source = ".".join([*relative, *([node.module] if node.module else [])])
        for alias in node.names:
            if alias.name == "*":
                module.stars.append(source)
            else:
                module.imports[alias.asname or alias.name] = f"{source}.{alias.name}"


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run at import, those under `if`, `try` and `with` included."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If | ast.Try | ast.With | ast.For | ast.While):
            for name in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(statement, name, ()))
            for handler in getattr(statement, "handlers", ()):
                yield from _statements(handler.body)


def _assignment(module: Module, node: ast.stmt) -> None:
    value: ast.expr | None
    if isinstance(node, ast.Assign):
        targets, value = node.targets, node.value
    elif isinstance(node, ast.AnnAssign):
        targets, value = [node.target], node.value
    elif isinstance(node, ast.AugAssign):
        targets, value = [node.target], None
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        targets, value = [ast.Name(node.name)], None  # a name of the module's own hides an imported one
    else:
        return
    for target in targets:
        if isinstance(target, ast.Name):
            module.values[target.id] = None if target.id in module.values else value
