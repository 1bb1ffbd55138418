"""The HTTP events of a service folder's functions, and the modules of their handlers."""

from collections.abc import Iterator
from typing import Any

from pycommon.interfaces.guarded_endpoints import HttpEvent
from pycommon_cli.local.serverless_file import ServerlessFile
from pycommon_cli.local.serverless_functions import functions

_KINDS = ("http", "httpApi")
_ANY = "ANY"


def http_events(file: ServerlessFile) -> list[HttpEvent]:
    """Every `http` and `httpApi` event whose method and path files tell, in both ways of writing them."""
    found: list[HttpEvent] = []
    for function in functions(file).values():
        handler = file.resolved(function.get("handler"))
        events = file.resolved(function.get("events"))
        for event in events if isinstance(events, list) else ():
            found.extend(HttpEvent(str(handler), method, path) for method, path in _routes(file, event))
    return found


def handlers(file: ServerlessFile) -> list[str]:
    """The handlers of all functions, e.g. "service/core.record_visit"."""
    found = (file.resolved(function.get("handler")) for function in functions(file).values())
    return [handler for handler in found if isinstance(handler, str)]


def handler_module(handler: str) -> str:
    """The module of a handler as Lambda's runtime imports it: "service/core.record_visit" is in service.core."""
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
