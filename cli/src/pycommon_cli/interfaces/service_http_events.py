"""Read the HTTP events of a serverless.yml, and the modules of its handlers."""

from collections.abc import Iterator
from typing import Any

from pycommon.interfaces.guarded_endpoints import HttpEvent
from pycommon_cli.local.serverless_file import ServerlessFile

_KINDS = ("http", "httpApi")
_ANY = "ANY"


def http_events(file: ServerlessFile) -> list[HttpEvent]:
    """Return the `http` and `httpApi` events, in both notations, whose method and path can be read from files."""
    found: list[HttpEvent] = []
    for function in file.functions().values():
        handler = file.resolved(function.get("handler"))
        events = file.resolved(function.get("events"))
        for event in events if isinstance(events, list) else ():
            found.extend(HttpEvent(str(handler), method, path) for method, path in _routes(file, event))
    return found


def handlers(file: ServerlessFile) -> list[str]:
    """Return the handlers of all functions, such as "service/core.record_visit"."""
    found = (file.resolved(function.get("handler")) for function in file.functions().values())
    return [handler for handler in found if isinstance(handler, str)]


def handler_module(handler: str) -> str:
    """Return the module that Lambda imports for a handler: service.core for "service/core.record_visit"."""
    return handler.rpartition(".")[0].replace("/", ".")


def _routes(file: ServerlessFile, event: Any) -> Iterator[tuple[str, str]]:
    for kind in _KINDS:
        described = file.resolved(event.get(kind)) if isinstance(event, dict) else None
        if isinstance(described, dict):
            method, path = (file.resolved(described.get(name)) for name in ("method", "path"))
        elif isinstance(described, str):
            method, _, path = described.partition(" ")
        else:
            continue
        if isinstance(method, str) and isinstance(path, str):
            yield _ANY if method == "*" else method.upper(), f"/{path.strip().strip('/')}"
