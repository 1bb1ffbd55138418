"""List the endpoints under `@validated` in this process, with their paths and schemas."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pycommon.authz.guard import Guard
from pycommon.authz.setup import setup_for
from pycommon.interfaces.format_notes import FormatNote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["GuardedEndpoint", "HttpEvent", "guarded_endpoints", "reaches"]

_POST = "POST"
_ANY = "ANY"
_GREEDY = "+}"


@dataclass(frozen=True, slots=True)
class HttpEvent:
    """An HTTP event of a function in serverless.yml.

    Attributes:
        handler: the handler of the function, e.g. "service/core.record_visit".
        method: the HTTP method in upper case. ANY means all methods.
        path: the path, which begins with "/". The path may end with a greedy variable, such as "/vu-agent/{proxy+}".
    """

    handler: str
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class GuardedEndpoint:
    """One HTTP method at one path that `@validated` guards.

    Attributes:
        operation: the name of the operation in `@validated`.
        text: the docstring of the function. The docstring may be empty.
        schema: the schema of `data` for callers with a token, or None if the endpoint refuses callers with a token.
        key_schema: the schema of `data` for callers with an API key, or None if the endpoint refuses callers with an
            API key.
    """

    method: str
    path: str
    operation: str
    text: str
    schema: Any
    key_schema: Any


def guarded_endpoints(events: Sequence[HttpEvent] | None = None) -> tuple[list[GuardedEndpoint], list[FormatNote]]:
    """Return the endpoints of the imported modules, and notes. The rules of `setup_validated` define the endpoints.

    Args:
        events: the HTTP events of serverless.yml, which have the methods. If `events` is None, every endpoint has the
            method POST.
    """
    endpoints: list[GuardedEndpoint] = []
    notes: list[FormatNote] = []
    for guard in _guards():
        rules = _rules_of(guard)
        paths = sorted({path for by_path in rules.values() for path in by_path})
        for path in paths:
            methods = _methods(guard, path, events)
            if not methods:
                notes.append(
                    FormatNote(guard.operation, f"no event of serverless.yml leads to {path}; described as a POST")
                )
            endpoints.extend(_endpoint(guard, rules, method, path) for method in methods or [_POST])
        notes.extend(_without_rules(guard, paths, events or ()))
    return endpoints, notes


def reaches(event: HttpEvent, method: str, path: str) -> bool:
    """Return whether API Gateway sends a request to the function of `event`."""
    if event.method not in (_ANY, method):
        return False
    if event.path.endswith(_GREEDY):
        prefix = event.path[: event.path.rindex("{")]
        return path.startswith(prefix) and path != prefix
    return path == event.path


@dataclass(frozen=True, slots=True)
class _Guarded:
    """The guard (`@validated`) of one function."""

    operation: str
    module: str
    name: str
    text: str


def _guards() -> Iterator[_Guarded]:
    seen: set[int] = set()
    for module in list(sys.modules.values()):
        for value in list(vars(module).values()) if hasattr(module, "__dict__") else ():
            guard = getattr(value, "__pycommon_guard__", None)
            if not isinstance(guard, Guard) or id(guard) in seen:
                continue
            seen.add(id(guard))
            handler = guard.handler
            if guard.validates_body:
                text = handler.__doc__ or ""
                yield _Guarded(guard.operation, handler.__module__, handler.__qualname__, text)


def _rules_of(guard: _Guarded) -> dict[str, dict[str, Any]]:
    """Return the schemas of a guard's operation, by the kind of rules and by path."""
    setup = setup_for(guard.module)
    rules: Mapping[str, Any] = setup.rules if setup is not None else {}
    return {
        kind: {path: schemas[guard.operation] for path, schemas in by_path.items() if guard.operation in schemas}
        for kind, by_path in rules.items()
    }


def _endpoint(guard: _Guarded, rules: Mapping[str, Mapping[str, Any]], method: str, path: str) -> GuardedEndpoint:
    schema, key_schema = (rules.get(kind, {}).get(path) for kind in ("validators", "api_validators"))
    return GuardedEndpoint(method, path, guard.operation, guard.text, schema, key_schema)


def _methods(guard: _Guarded, path: str, events: Sequence[HttpEvent] | None) -> list[str]:
    if events is None:
        return [_POST]
    methods = {event.method for event in events if event.path == path and _is_of(event, guard)}
    return sorted(methods - {_ANY}) or ([_POST] if _ANY in methods else [])


def _without_rules(guard: _Guarded, paths: Iterable[str], events: Iterable[HttpEvent]) -> Iterator[FormatNote]:
    for event in events:
        if _is_of(event, guard) and event.path not in paths:
            yield FormatNote(
                guard.operation, f"left out at {event.path}: the path has no rules, so every request gets 403"
            )


def _is_of(event: HttpEvent, guard: _Guarded) -> bool:
    """Return whether the event invokes the guarded function. "service/core.f" is the function `f` of service.core."""
    module, _, name = event.handler.replace("/", ".").rpartition(".")
    found = getattr(sys.modules.get(module), name, None)
    handler = getattr(getattr(found, "__pycommon_guard__", None), "handler", None)
    return handler is not None and (handler.__module__, handler.__qualname__) == (guard.module, guard.name)
