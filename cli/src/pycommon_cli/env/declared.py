"""What the modules of a service declare, read from their text: the code is not run.

`@required_env_vars` is found wherever it is called, as a decorator or not. Its argument is followed through constants,
also those of other modules of the service, dicts and lists put together, and the operation enums. What the text does
not tell is an `Unclear`, never a guess.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from pycommon_cli.env.modules import Module, Modules
from pycommon_cli.env.operation_enums import enums

_REQUIRED_ENV_VARS = {"pycommon.decorators.required_env_vars"}
_VALIDATED = {"pycommon.authz.validated", "pycommon.authz.guard.validated"}
_TRACK_EXECUTION = {"pycommon.decorators.track_execution", "pycommon.metrics.tracked_execution.track_execution"}
_ENUMS = "pycommon.dal.providers.aws.resource_perms."
_COLLECTIONS = {"list", "tuple", "set", "frozenset", "sorted"}
_DEPTH = 20


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a module, and the function that is decorated there; "" where none is."""

    path: str
    line: int
    module: str = ""
    function: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Declared:
    """One variable of one `@required_env_vars`."""

    variable: str
    operations: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Unclear:
    """Something that the text does not tell."""

    what: str
    place: Place


@dataclass(slots=True)
class Declarations:
    """What a service declares, and where the library's own decorators stand that need variables too."""

    variables: list[Declared] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)
    validated: list[Place] = field(default_factory=list)
    track_execution: list[Place] = field(default_factory=list)


class _UnclearError(Exception):
    """The text does not tell; the message says what."""


def read_declarations(modules: Modules) -> Declarations:
    """Everything that the modules declare, in the order of the text."""
    found = Declarations()
    for module in modules:
        _Reader(modules, module, found).read()
    return found


class _Reader:
    """Reads one module."""

    def __init__(self, modules: Modules, module: Module, found: Declarations) -> None:
        self._modules = modules
        self._module = module
        self._found = found
        self._decorated = dict(_decorators(module.tree))
        self._called: set[int] = set()
        self._expressions = _Expressions(modules)

    def read(self) -> None:
        nodes = list(ast.walk(self._module.tree))
        self._called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
        for node in nodes:
            if isinstance(node, ast.Call) and self._name(node.func) in _REQUIRED_ENV_VARS:
                self._declaration(node)
            elif isinstance(node, ast.Name | ast.Attribute):
                self._reference(node)

    def _reference(self, node: ast.Name | ast.Attribute) -> None:
        if isinstance(node.ctx, ast.Store):
            return
        name = self._name(node)
        if name in _VALIDATED:
            self._found.validated.append(self._place(node))
        elif name in _TRACK_EXECUTION:
            self._found.track_execution.append(self._place(node))
        elif name in _REQUIRED_ENV_VARS and id(node) not in self._called and not self._is_alias(node):
            self._unclear("required_env_vars is handed on here, not called: what it is given is not known", node)

    def _is_alias(self, node: ast.expr) -> bool:
        return any(value is node for value in self._module.values.values())

    def _declaration(self, call: ast.Call) -> None:
        place = self._place(call)
        if len(call.args) == 1 and not isinstance(call.args[0], ast.Starred):
            first = self._value(call.args[0], "what required_env_vars is given is computed")
            if isinstance(first, dict):
                self._dict(first, place)
                return
            names = [first]
        else:
            names = [self._value(argument, "a name of a variable is computed") for argument in call.args]
        for name in names:
            self._variable(name, [], place)

    def _dict(self, declared: "dict[object, _Entry]", place: Place) -> None:
        for entry in declared.values():
            operations = self._value(entry.operations, None, entry.module)
            self._variable(entry.variable, operations, place)
            if operations is None:
                self._unclear(f"the operations of {entry.variable} are computed", entry.operations, entry.module)

    def _variable(self, name: object, operations: object, place: Place) -> None:
        if isinstance(name, str):
            members = operations if isinstance(operations, list) else []
            self._found.variables.append(Declared(name, tuple(dict.fromkeys(map(str, members))), place))

    def _value(self, node: ast.expr, otherwise: str | None, module: Module | None = None) -> object:
        try:
            return self._expressions.value(module or self._module, node)
        except _UnclearError as error:
            if otherwise is not None or error.args:
                self._unclear(str(error) or str(otherwise), node, module)
            return None
        finally:
            for entry, within in self._expressions.left_out():
                self._unclear("the name of a variable is computed", entry, within)

    def _unclear(self, what: str, node: ast.expr, module: Module | None = None) -> None:
        unclear = Unclear(what, self._place(node, module))
        if unclear.place not in [each.place for each in self._found.unclear]:
            self._found.unclear.append(unclear)

    def _name(self, node: ast.expr) -> str:
        meaning = self._modules.meaning(self._module, node)
        return meaning.name if meaning else ""

    def _place(self, node: ast.expr, module: Module | None = None) -> Place:
        module = module or self._module
        return Place(module.path.as_posix(), node.lineno, module.name, self._decorated.get(id(node), ""))


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a declared dict, with the module that it stands in."""

    variable: str
    operations: ast.expr
    module: Module


class _Expressions:
    """What an expression is worth: a name, a list of operations or names, or a dict by variable."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._left_out: list[tuple[ast.expr, Module]] = []

    def left_out(self) -> list[tuple[ast.expr, Module]]:
        """The entries of dicts whose variable the text does not tell; each is handed out once."""
        left_out, self._left_out = self._left_out, []
        return left_out

    def value(self, module: Module, node: ast.expr, depth: int = _DEPTH) -> object:
        """A str, an operation, a list, or a dict of `_Entry`.

        Raises:
            _UnclearError: the text does not tell.
        """
        if depth == 0:
            raise _UnclearError
        match node:
            case ast.Constant(value=str(text)):
                return text
            case ast.List(elts=members) | ast.Tuple(elts=members) | ast.Set(elts=members):
                return self._list(module, members, depth - 1)
            case ast.Dict():
                return self._dict(module, node, depth - 1)
            case ast.BinOp(left=left, op=ast.Add() | ast.BitOr(), right=right):
                return _together(self.value(module, left, depth - 1), self.value(module, right, depth - 1))
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _COLLECTIONS:
                return self._list(module, [ast.Starred(argument)], depth - 1)
            case ast.Name() | ast.Attribute():
                return self._named(module, node, depth - 1)
        raise _UnclearError

    def _named(self, module: Module, node: ast.expr, depth: int) -> object:
        meaning = self._modules.meaning(module, node)
        if meaning is None:
            raise _UnclearError
        if meaning.value is not None and meaning.module is not None:
            return self.value(meaning.module, meaning.value, depth)
        if not meaning.name.startswith(_ENUMS):
            raise _UnclearError
        enum, _, member = meaning.name.removeprefix(_ENUMS).rpartition(".")
        known = enums()
        if member in known:
            return list(known[member])
        if enum in known and member in known[enum].__members__:
            return known[enum][member]
        raise _UnclearError(f"{enum or 'resource_perms'} has no member {member}: the module cannot be imported")

    def _list(self, module: Module, members: list[ast.expr], depth: int) -> list[object]:
        found: list[object] = []
        for member in members:
            if isinstance(member, ast.Starred):
                inner = self.value(module, member.value, depth)
                found += inner if isinstance(inner, list) else [inner]
            else:
                found.append(self.value(module, member, depth))
        return found

    def _dict(self, module: Module, node: ast.Dict, depth: int) -> dict[object, object]:
        found: dict[object, object] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            try:
                inner = self.value(module, value if key is None else key, depth)
            except _UnclearError:
                inner = None
            if key is None and isinstance(inner, dict):
                found |= inner
            elif key is not None and isinstance(inner, str):
                found[inner] = _Entry(inner, value, module)
            else:  # one that is computed does not hide the others
                self._left_out.append((key or value, module))
        return found


def _together(left: object, right: object) -> object:
    if isinstance(left, dict) and isinstance(right, dict):
        return left | right
    if isinstance(left, list) and isinstance(right, list):
        return left + right
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    raise _UnclearError


def _decorators(tree: ast.AST, within: str = "") -> Iterator[tuple[int, str]]:
    """For each expression in a decorator, the function that it decorates, as Python names it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                yield from ((id(part), within + node.name) for part in ast.walk(decorator))
            inner = ".<locals>." if not isinstance(node, ast.ClassDef) else "."
            yield from _decorators(node, f"{within}{node.name}{inner}")
        else:
            yield from _decorators(node, within)
