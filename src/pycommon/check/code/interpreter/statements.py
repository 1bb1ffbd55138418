"""What statements do to names, in the order of the text; where the way forks, both ways are gone and joined."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, ClassVar

from pycommon.check.code.interpreter.machine import Machine
from pycommon.check.code.values import (
    ANY,
    NOTHING,
    UNKNOWN,
    Class,
    Const,
    Env,
    External,
    Function,
    Instance,
    Mapping,
    Mixed,
    ModuleValue,
    Package,
    Sequence,
    Value,
    join,
    one,
    sure,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon.check.code.scopes import Context

__all__ = ["Statements"]

_MOST_UNROLLED = 16
_CANONICAL = {
    "pycommon.api.ops": "pycommon.api.ops",
    "pycommon.authz.guard.validated": "pycommon.authz.validated",
    "pycommon.authz.setup.setup_validated": "pycommon.authz.setup_validated",
    "pycommon.metrics.execution.track_execution": "pycommon.decorators.track_execution",
}


def external(name: str) -> Value:
    """Something of a module from elsewhere, under the one name that is used for it here."""
    return one(External(_CANONICAL.get(name, name)))


class Statements(Machine):
    """The statements of Python."""

    # What the subclasses add

    def members_of(self, value: Value) -> Value:
        """What iterating over `value` may give."""
        raise NotImplementedError

    def known_members(self, value: Value) -> list[Value] | None:
        """What iterating over `value` gives in turn, where that is known."""
        raise NotImplementedError

    def entered(self, value: Value, node: ast.expr) -> Value:
        """What `with value as ...` binds."""
        raise NotImplementedError

    def define_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Value:
        """The function that a `def` makes, decorated."""
        raise NotImplementedError

    def define_class(self, node: ast.ClassDef) -> Value:
        """The class that a `class` makes, decorated."""
        raise NotImplementedError

    def added(self, node: ast.AST, left: Value, right: Value) -> Value:
        """`left + right`."""
        raise NotImplementedError

    def execute_body(self, body: list[ast.stmt]) -> bool:
        self.steps_left -= len(body)
        for statement in body:
            execute = self._execute.get(type(statement))
            if execute is not None and not execute(self, statement):
                return False
        return True

    # Bindings

    def _assign(self, node: ast.Assign) -> bool:
        value = self.evaluate(node.value)
        for target in node.targets:
            self.assign(target, value)
        return True

    def _annotated(self, node: ast.AnnAssign) -> bool:
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value))
        return True

    def _augmented(self, node: ast.AugAssign) -> bool:
        right = self.evaluate(node.value)
        if not isinstance(node.op, ast.Add | ast.BitOr):
            self.assign(node.target, UNKNOWN)
            return True
        left = self.evaluate(_loaded(node.target))
        for atom in left:
            if isinstance(atom, Sequence):
                self.add_member(atom, self.members_of(right))
            elif isinstance(atom, Mapping):
                self.merge(atom, right)
        if not any(isinstance(atom, Sequence | Mapping) for atom in left):
            self.assign(node.target, self.added(node, left, right))
        return True

    def merge(self, mapping: Mapping, value: Value) -> None:
        """Put what `value` holds into a dict, as `update` does."""
        for atom in value:
            if isinstance(atom, Mapping):
                atom.readers.add(self.current)
                self.add_entries(mapping, atom.entries, atom.rest)
                for key, place in atom.places.items():
                    mapping.places.setdefault(key, place)
            elif atom is ANY:
                self.add_entries(mapping, {}, UNKNOWN)

    def assign(self, target: ast.expr, value: Value) -> None:
        """Bind whatever stands on the left of `=`."""
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target.elts, value)
        elif isinstance(target, ast.Attribute):
            for atom in self.evaluate(target.value):
                self.set_attribute(atom, target.attr, value)
        elif isinstance(target, ast.Subscript):
            key = self.evaluate(target.slice)
            for atom in self.evaluate(target.value):
                self._set_item(atom, key, value, target)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, one(self.sequence(target, [], self.members_of(value))))

    def _unpack(self, targets: list[ast.expr], value: Value) -> None:
        known = self.known_members(value)
        starred = next((index for index, each in enumerate(targets) if isinstance(each, ast.Starred)), None)
        if known is not None and starred is None and len(known) == len(targets):
            for target, member in zip(targets, known, strict=True):
                self.assign(target, member)
            return
        any_member = self.members_of(value) or UNKNOWN
        for index, target in enumerate(targets):
            if known is not None and (starred is None or index < starred) and index < len(known):
                self.assign(target, known[index])
            elif isinstance(target, ast.Starred):
                self.assign(target, value)
            else:
                self.assign(target, any_member)

    def set_attribute(self, atom: object, name: str, value: Value) -> None:
        """`atom.name = value`."""
        if isinstance(atom, Instance | Class):
            self.changed(atom.scope.add(name, value))
        elif isinstance(atom, ModuleValue):
            self.changed(atom.context.scope.add(name, value))

    def _set_item(self, atom: object, key: Value, value: Value, node: ast.Subscript) -> None:
        if isinstance(atom, Mapping):
            keys = [each for each in key if isinstance(each, Const | Env | Mixed)]
            for each in keys:
                atom.places.setdefault(each, self.place(node))
            self.add_entries(atom, dict.fromkeys(keys, value), NOTHING if keys and ANY not in key else value)
        elif isinstance(atom, Sequence):
            self.add_member(atom, value)

    # What `def`, `class` and `import` bind

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        self.bind(node.name, self.define_function(node))
        return True

    def _class(self, node: ast.ClassDef) -> bool:
        self.bind(node.name, self.define_class(node))
        return True

    def _import(self, node: ast.Import) -> bool:
        for alias in node.names:
            name = self.modules.absolute(self.current.source, alias.name)
            if name is None:
                top = alias.name if alias.asname else alias.name.partition(".")[0]
                self.bind(alias.asname or top, external(top))
            elif not self.frame.typing_only:
                imported = self._imported(name, node)
                root = name[: len(name) - len(alias.name)] + alias.name.partition(".")[0]
                self.bind(
                    alias.asname or alias.name.partition(".")[0],
                    imported if alias.asname else self._imported(root, node),
                )
        return True

    def _import_from(self, node: ast.ImportFrom) -> bool:
        if node.module == "__future__":
            return True
        source = self.modules.source_of(self.current.source, node)
        if source is None:
            self._import_from_elsewhere(node)
        elif not self.frame.typing_only:
            module = self._imported(source, node)
            for alias in node.names:
                if alias.name == "*":
                    self.current.stars.append(module)
                else:
                    self.bind(alias.asname or alias.name, self._from_module(source, module, alias.name, node))
        return True

    def _import_from_elsewhere(self, node: ast.ImportFrom) -> None:
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self.current.stars.append(one(External(module)))
            else:
                self.bind(alias.asname or alias.name, external(f"{module}.{alias.name}"))

    def _imported(self, name: str, node: ast.stmt) -> Value:
        """The module of that name; that it runs now is noted at `node`."""
        for parent in [name[:index] for index, letter in enumerate(name) if letter == "."]:
            self._note_import(self.module(parent), node)
        context = self.module(name)
        if context is None:
            return one(Package(name)) if self.modules.is_package(name) or not name else UNKNOWN
        self._note_import(context, node)
        return one(ModuleValue(context))

    def _note_import(self, context: Context | None, node: ast.stmt) -> None:
        if context is not None and context is not self.current:
            self.current.effects.calls[context, self.place(node)] = None

    def _from_module(self, source: str, module: Value, name: str, node: ast.stmt) -> Value:
        for atom in module:
            if isinstance(atom, ModuleValue):
                found = self.module_attribute(atom.context, name)
                if found is not None:
                    return found
        submodule = f"{source}.{name}" if source else name
        if self.modules.get(submodule) is not None or self.modules.is_package(submodule):
            return self._imported(submodule, node)
        return UNKNOWN

    def _global(self, _: ast.Global | ast.Nonlocal) -> bool:
        return True

    # Ways that fork

    def _if(self, node: ast.If) -> bool:
        if _is_type_checking(node.test):
            return self._for_types_only(node)
        if _is_main(node.test):
            return self.execute_body(node.orelse)
        truth = self.truth(self.evaluate(node.test))
        if truth is not None:
            return self.execute_body(node.body if truth else node.orelse)
        start = self.frame.env
        ends = []
        for body, holds in ((node.body, True), (node.orelse, False)):
            self.frame.env = dict(start)
            self._learn(node.test, holds=holds)
            if self.execute_body(body):
                ends.append(self.frame.env)
        self.frame.env = _joined(ends) if ends else start
        return bool(ends)

    def _learn(self, test: ast.expr, *, holds: bool) -> None:
        """What a condition tells of a name once it holds: after `bucket == os.environ["B"]` the bucket is that one."""
        match test:
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() as operator], comparators=[right]):
                if isinstance(operator, ast.Eq) is holds:
                    self._learn_same(left, right)
                    self._learn_same(right, left)
            case ast.BoolOp(op=operator, values=values) if isinstance(operator, ast.And) is holds:
                for each in values:
                    self._learn(each, holds=holds)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self._learn(operand, holds=not holds)

    def _learn_same(self, target: ast.expr, other: ast.expr) -> None:
        if not isinstance(target, ast.Name | ast.Attribute) or isinstance(other, ast.Constant):
            return
        named = frozenset(atom for atom in self.evaluate(other) if isinstance(atom, Env))
        if named and isinstance(target, ast.Name):
            self.frame.env[target.id] = join(self.look_up(target.id), named)
        elif named and isinstance(target, ast.Attribute):
            for atom in self.evaluate(target.value):
                if isinstance(atom, Instance):
                    self.changed(atom.scope.add(target.attr, named))

    def _for_types_only(self, node: ast.If) -> bool:
        before, self.frame.typing_only = self.frame.typing_only, True
        self.execute_body([each for each in node.body if isinstance(each, ast.Import | ast.ImportFrom)])
        self.frame.typing_only = before
        return self.execute_body(node.orelse)

    def truth(self, value: Value) -> bool | None:
        """Whether a condition holds; None where that is not known."""
        constants = sure(value)
        if constants is not None:
            answers = {bool(each.value) for each in constants}
            return answers.pop() if len(answers) == 1 else None
        surely = (Function, Class, ModuleValue)
        return True if value and all(isinstance(atom, surely) for atom in value) else None

    def _loop(self, body: list[ast.stmt], bind: Callable[[], None]) -> bool:
        """Run a body any number of times; twice shows what one pass leaves for the next."""
        frame = self.frame
        start = frame.env
        exits: list[dict[str, Value]] = []
        for _ in range(2):
            before = frame.env
            frame.env = dict(before)
            frame.exits.append([])
            bind()
            ended = [frame.env] if self.execute_body(body) else []
            exits = frame.exits.pop()
            frame.env = _joined([before, *ended, *exits])
            if all(frame.env.get(name) == value for name, value in start.items()):
                break
        return True

    def _for(self, node: ast.For | ast.AsyncFor) -> bool:
        iterable = self.evaluate(node.iter)
        known = self.known_members(iterable)
        if known is not None and 0 < len(known) <= _MOST_UNROLLED and len(self.frame.unrolled) < 2:  # noqa: PLR2004 - loops in loops
            self._unrolled(node, known)
        else:
            member = self.members_of(iterable)
            self._loop(node.body, lambda: self.assign(node.target, member))
        return self.execute_body(node.orelse)

    def _unrolled(self, node: ast.For | ast.AsyncFor, members: list[Value]) -> None:
        frame = self.frame
        outer = frame.unrolled
        for index, member in enumerate(members):
            frame.unrolled = (*outer, index)
            self._once(node.body, node.target, member)
        frame.unrolled = outer

    def _once(self, body: list[ast.stmt], target: ast.expr, member: Value) -> None:
        frame = self.frame
        before = dict(frame.env)
        frame.exits.append([])
        self.assign(target, member)
        ended = [frame.env] if self.execute_body(body) else []
        exits = frame.exits.pop()
        frame.env = _joined([*ended, *exits]) if ended or exits else before

    def _while(self, node: ast.While) -> bool:
        self.evaluate(node.test)
        self._loop(node.body, lambda: None)
        return self.execute_body(node.orelse)

    def _break(self, _: ast.Break | ast.Continue) -> bool:
        if self.frame.exits:
            self.frame.exits[-1].append(self.frame.env)
        return False

    def _try(self, node: ast.Try) -> bool:
        frame = self.frame
        start = dict(frame.env)
        ends = []
        if self.execute_body(node.body) and self.execute_body(node.orelse):
            ends.append(frame.env)
        broken = _joined([start, frame.env])
        for handler in node.handlers:
            frame.env = dict(broken)
            if handler.type is not None:
                self.evaluate(handler.type)
            if handler.name:
                frame.env[handler.name] = UNKNOWN
            if self.execute_body(handler.body):
                ends.append(frame.env)
        frame.env = _joined(ends) if ends else broken
        return self.execute_body(node.finalbody) and bool(ends)

    def _with(self, node: ast.With | ast.AsyncWith) -> bool:
        for item in node.items:
            entered = self.entered(self.evaluate(item.context_expr), item.context_expr)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, entered)
        return self.execute_body(node.body)

    def _match(self, node: ast.Match) -> bool:
        subject = self.evaluate(node.subject)
        start = self.frame.env
        ends = []
        exhausted = False
        for case in node.cases:
            answer = self._matches(case, subject)
            if answer is False:
                continue
            self.frame.env = dict(start)
            self._bind_pattern(case.pattern, subject)
            if case.guard is not None:
                self.evaluate(case.guard)
            if self.execute_body(case.body):
                ends.append(self.frame.env)
            if answer and case.guard is None:
                exhausted = True
                break
        if not exhausted:
            ends.append(start)
        self.frame.env = _joined(ends) if ends else start
        return bool(ends)

    def _matches(self, case: ast.match_case, subject: Value) -> bool | None:
        if isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None:
            return True
        constants = sure(subject)
        if constants is None or not isinstance(case.pattern, ast.MatchValue | ast.MatchOr):
            return None
        patterns = case.pattern.patterns if isinstance(case.pattern, ast.MatchOr) else [case.pattern]
        if not all(isinstance(each, ast.MatchValue) for each in patterns):
            return None
        wanted = join(*(self.evaluate(each.value) for each in patterns if isinstance(each, ast.MatchValue)))
        if sure(wanted) is None:
            return None
        inside = [constant in wanted for constant in constants]
        return True if all(inside) else None if any(inside) else False

    def _bind_pattern(self, pattern: ast.pattern, subject: Value) -> None:
        for each in ast.walk(pattern):
            if isinstance(each, ast.MatchAs | ast.MatchStar) and each.name:
                whole = each is pattern or (isinstance(pattern, ast.MatchAs) and each is pattern)
                self.bind(each.name, subject if whole else UNKNOWN)
            elif isinstance(each, ast.MatchMapping) and each.rest:
                self.bind(each.rest, UNKNOWN)

    # Others

    def _return(self, node: ast.Return) -> bool:
        self.frame.returned.append(self.evaluate(node.value) if node.value else one(Const(None)))
        return False

    def _raise(self, node: ast.Raise) -> bool:
        for each in (node.exc, node.cause):
            if each is not None:
                self.evaluate(each)
        return False

    def _expression(self, node: ast.Expr) -> bool:
        if not isinstance(node.value, ast.Constant):
            self.evaluate(node.value)
        return True

    def _assert(self, node: ast.Assert) -> bool:
        self.evaluate(node.test)
        return True

    def _delete(self, _: ast.Delete) -> bool:
        return True

    _execute: ClassVar[dict[type[ast.stmt], Callable[..., bool]]] = {
        ast.AnnAssign: _annotated,
        ast.Assert: _assert,
        ast.Assign: _assign,
        ast.AsyncFor: _for,
        ast.AsyncFunctionDef: _function,
        ast.AsyncWith: _with,
        ast.AugAssign: _augmented,
        ast.Break: _break,
        ast.ClassDef: _class,
        ast.Continue: _break,
        ast.Delete: _delete,
        ast.Expr: _expression,
        ast.For: _for,
        ast.FunctionDef: _function,
        ast.Global: _global,
        ast.If: _if,
        ast.Import: _import,
        ast.ImportFrom: _import_from,
        ast.Match: _match,
        ast.Nonlocal: _global,
        ast.Raise: _raise,
        ast.Return: _return,
        ast.Try: _try,
        ast.TryStar: _try,
        ast.While: _while,
        ast.With: _with,
    }


def _joined(envs: list[dict[str, Value]]) -> dict[str, Value]:
    if len(envs) == 1:
        return envs[0]
    joined = dict(envs[0])
    for env in envs[1:]:
        for name, value in env.items():
            known = joined.get(name)
            if known is not value:
                joined[name] = value if known is None else join(known, value)
    return joined


def _loaded(target: ast.expr) -> ast.expr:
    """The target of `+=`, read; evaluation looks at no `ctx`."""
    return target


def _is_type_checking(test: ast.expr) -> bool:
    return getattr(test, "id", getattr(test, "attr", "")) == "TYPE_CHECKING"


def _is_main(test: ast.expr) -> bool:
    match test:
        case ast.Compare(left=ast.Name(id="__name__"), comparators=[ast.Constant(value="__main__")]):
            return True
    return False


__all__ += ["external", "texts"]
