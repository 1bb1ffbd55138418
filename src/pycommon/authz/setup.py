"""Configure `@validated` for a module: the schemas of its operations, its permission checker and its access types."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from pycommon.authz.permission_checkers import adapt_permission_checker
from pycommon.authz.schemas import compile_schema
from pycommon.const import ACCESS_TYPE_FULL, APIAccessType
from pycommon.exceptions import DeclarationError
from pycommon.init_loading import FOR_GUARDED, load_in_init_phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from pycommon.authz.permission_checkers import PermissionChecker
    from pycommon.authz.schemas import Fault

__all__ = ["Setup", "access_types", "add_api_access_types", "expect_operation", "setup_for", "setup_validated"]

FourthArgument = Literal["name", "path"]
_KINDS = ("validators", "api_validators")


class Setup:
    """The rules and the permission checker of one call of `setup_validated`.

    Attributes:
        rules: the rules of `setup_validated`: `{"validators": {path: {operation: schema}}, "api_validators": {...}}`.
        checker: the permission checker, as `checker(path, operation, user, data)`.
        fourth_argument: the kind of the handlers' fourth argument: "name" or "path".
    """

    def __init__(
        self, rules: Mapping[str, Any], checker: PermissionChecker, fourth_argument: FourthArgument = "name"
    ) -> None:
        self.checker = checker
        self.fourth_argument = fourth_argument
        self.rules = rules
        self._index = _indexed(rules)
        self._compiled: dict[tuple[str, str, str], Callable[[Any], list[Fault]]] = {}
        self._lock = threading.Lock()

    def path_of(self, kind: str, paths: Iterable[str], operation: str) -> str | None:
        """Return the first of `paths` under which `operation` has a schema, or None."""
        by_path = self.rules.get(kind, {})
        return next((path for path in paths if operation in by_path.get(path, ())), None)

    def accepts_any(self, kind: str, path: str, operation: str) -> bool:
        """Return whether the operation's schema is `{}`.

        The schema `{}` accepts any body, and a request without a body.
        """
        return bool(self._schema(kind, path, operation) == {})

    def faults(self, kind: str, path: str, operation: str, instance: Any) -> list[Fault]:
        """Validate `instance` by the operation's schema, and return the faults. The schema is compiled once."""
        return self._check(kind, path, operation)(instance)

    def check_operation(self, operation: str) -> None:
        """Compile the schemas of `operation` now, so that an invalid schema fails before the first request.

        Raises:
            DeclarationError: a schema is invalid. The message names the operation, the path and the fault.
        """
        for kind, index in self._index.items():
            for path in index.paths_of(operation):
                self._check(kind, path, operation)

    def _check(self, kind: str, path: str, operation: str) -> Callable[[Any], list[Fault]]:
        key = (kind, path, operation)
        check = self._compiled.get(key)
        if check is None:
            with self._lock:
                check = self._compiled.get(key)
                if check is None:
                    where = f'rules["{kind}"]["{path}"]["{operation}"]'
                    check = self._compiled[key] = compile_schema(self._schema(*key), where)
        return check

    def _schema(self, kind: str, path: str, operation: str) -> Any:
        return self.rules[kind][path][operation]


class _Setups:
    """The setups of the process by module, and the access types that services accept."""

    def __init__(self) -> None:
        self.by_module: dict[str, Setup] = {}
        self.latest: Setup | None = None
        self.expected: dict[str, set[str]] = {}
        self.access_types = {ACCESS_TYPE_FULL}


_setups = _Setups()


def setup_validated(
    rules: Mapping[str, Any],
    get_permission_checker: Callable[..., Any],
    *,
    fourth_argument: FourthArgument = "name",
) -> None:
    """Set the rules and the permission checker for the `@validated` functions of the calling module. Call this once.

    Args:
        rules: `{"validators": {path: {operation: schema}}, "api_validators": {...}}`. The rules in `api_validators` are
            for callers with API keys. This function checks a dict of paths once. Another kind of mapping can load
            schemas on
            demand: the library reads it only at the paths of a request, and an invalid schema causes a 500 response.
        get_permission_checker: the function that returns the permission checker.
            `pycommon.authz.permission_checkers.adapt_permission_checker` describes its two forms.
        fourth_argument: the kind of the handlers' fourth argument. "name" is the user's display name. "path" is the
            path of the request, which older services expect.

    Raises:
        DeclarationError: the rules or the checker have a wrong form, or the schema of an operation that the module has
            already guarded is invalid.

    Source: "Schema and Validation System" in the specification.
    """
    if fourth_argument not in ("name", "path"):
        raise DeclarationError(f'setup_validated: fourth_argument must be "name" or "path", not {fourth_argument!r}')
    setup = Setup(rules, adapt_permission_checker(get_permission_checker), fourth_argument)
    module = _calling_module()
    for operation in _setups.expected.pop(module, ()):
        setup.check_operation(operation)
    _setups.by_module[module] = setup
    _setups.latest = setup
    load_in_init_phase(FOR_GUARDED)


def setup_for(module: str) -> Setup | None:
    """Return the setup of `module`, or the latest setup if the module has none."""
    return _setups.by_module.get(module) or _setups.latest


def expect_operation(module: str, operation: str) -> None:
    """Check the schemas of `operation` in the setup of `module`, now or when the module calls `setup_validated`.

    Raises:
        DeclarationError: a schema is invalid.
    """
    setup = setup_for(module)
    if setup is not None:
        setup.check_operation(operation)
    if module not in _setups.by_module:
        _setups.expected.setdefault(module, set()).add(operation)


def add_api_access_types(types: Iterable[str | APIAccessType]) -> None:
    """Let API keys with one of the access types `types` call this service. Keys with `full_access` may always call.

    Raises:
        DeclarationError: `types` is not a list of texts. The function adds no type.

    Example:
        >>> add_api_access_types([APIAccessType.FILE_UPLOAD.value])
    """
    if isinstance(types, str):
        raise DeclarationError(f'add_api_access_types: expected a list such as ["{types}"], found a text')
    added = list(types) if isinstance(types, Iterable) else [types]
    if not all(isinstance(each, str) and each for each in added):
        raise DeclarationError(
            f'add_api_access_types: expected a list of texts such as ["chat"], none of them empty; found {types!r}'
        )
    _setups.access_types.update(str(each) for each in added)


def access_types() -> frozenset[str]:
    """Return the access types that this service accepts. An API key needs one of them."""
    return frozenset(_setups.access_types)


def _indexed(rules: Any) -> dict[str, _Index]:
    """Check the form of the rules. For each kind of rules, return an index of the operations' paths.

    Raises:
        DeclarationError: the rules have a wrong form.
    """
    if not isinstance(rules, Mapping) or not set(rules) <= set(_KINDS):
        raise DeclarationError(f"setup_validated: rules must be a dict with the keys {' and '.join(_KINDS)}")
    for kind, by_path in rules.items():
        if not isinstance(by_path, Mapping):
            raise DeclarationError(f'setup_validated: rules["{kind}"] must be a dict {{path: {{operation: schema}}}}')
    return {kind: _Index(kind, by_path) for kind, by_path in rules.items() if isinstance(by_path, dict)}


class _Index:
    """The paths under which each operation has a schema.

    Nearly every operation has one path. A list for each operation would add thousands of objects for the garbage
    collector. The collection of these objects took longer than building the index.
    """

    def __init__(self, kind: str, by_path: Mapping[str, Any]) -> None:
        self._path: dict[str, str] = {}
        self._further_paths: dict[str, list[str]] = {}
        for path, operations in by_path.items():
            if not isinstance(path, str) or path[:1] != "/":
                raise DeclarationError(f'setup_validated: rules["{kind}"]: the path {path!r} must begin with "/"')
            if not isinstance(operations, dict) and not isinstance(operations, Mapping):  # the check by Mapping is slow
                raise DeclarationError(
                    f'setup_validated: rules["{kind}"]["{path}"] must be a dict {{operation: schema}}'
                )
            for operation in operations:
                if self._path.setdefault(operation, path) is not path:
                    self._further_paths.setdefault(operation, []).append(path)

    def paths_of(self, operation: str) -> tuple[str, ...]:
        """Return the paths that have a schema of `operation`."""
        if operation not in self._path:
            return ()
        return (self._path[operation], *self._further_paths.get(operation, ()))


def _calling_module() -> str:
    return str(sys._getframe(2).f_globals.get("__name__", ""))  # noqa: SLF001 - 1,000 times faster than inspect.stack
