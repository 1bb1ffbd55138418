"""VAL: endpoints behind `@validated`. The rule, the permission and the HTTP event must have the same path and name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.permitted_operations import EVERY_OPERATION
from pycommon_cli.analysis.service_facts import decorator
from pycommon_cli.check.findings import Related, Severity
from pycommon_cli.check.rules.rule_registry import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import FunctionEvent, HandlerFacts, Place, SchemaRule
    from pycommon_cli.analysis.service_facts import Service

_HTTP = frozenset({"http", "httpApi", "alb", "url"})


class _Endpoint:
    """A handler with `@validated`, and the HTTP events of the functions that run it."""

    def __init__(self, service: Service, handler: HandlerFacts, operation: str) -> None:
        self.service, self.handler, self.operation = service, handler, operation
        self.place: Place = decorator(handler, "validated") or handler.place
        functions = [deployed.function for deployed in service.deployments(handler)]
        self.deployed = bool(functions)
        self.function = functions[0].name if functions else ""
        self.events: list[FunctionEvent] = [each for one in functions for each in one.events if each.kind in _HTTP]
        self.paths = {normal_path(each.path) for each in self.events if each.path is not None}
        self.any_path = any(each.path is None for each in self.events)

    def serves(self, path: str | None) -> bool:
        """Return whether one of the events has `path`. An entry without a path applies to all events."""
        return path is None or self.any_path or any(_covers(event, path) for event in self.paths)

    def entries(self, known: tuple[SchemaRule, ...]) -> list[SchemaRule]:
        """Return the entries of `known` for the operation of this endpoint."""
        return [each for each in known if each.operation in (self.operation, EVERY_OPERATION)]

    def fit(self, known: tuple[SchemaRule, ...]) -> bool:
        """Return whether an entry of `known` has the operation of this endpoint and the path of one of its events."""
        return any(self.serves(each.path) for each in self.entries(known))

    def misnamed(self, known: tuple[SchemaRule, ...], taken: set[str]) -> SchemaRule | None:
        """Return an entry that has a path of this endpoint, and an operation that is not in `taken`."""
        return next(
            (each for each in known if each.path and self.serves(each.path) and each.operation not in taken), None
        )


def normal_path(path: str) -> str:
    """Return a path of serverless.yml as rules write it: with a slash at the beginning, and no slash at the end."""
    return "/" + path.strip("/")


def _covers(event: str, path: str) -> bool:
    before, proxy, _ = event.partition("{proxy+}")
    return path == event or (bool(proxy) and path.startswith(before)) or event in ("/*", "/{proxy+}")


def _endpoints(service: Service, *, guarded: bool = True) -> list[_Endpoint]:
    return [
        _Endpoint(service, handler, handler.operation)
        for handler in service.code.handlers.values()
        if handler.operation is not None and (handler.validates_body or not guarded)
    ]


def _operations(service: Service) -> set[str]:
    return {each.operation for each in _endpoints(service, guarded=False)}


@rule("VAL001", "no-rule", Severity.ERROR, relies_on=("code",))
def no_rule(service: Service) -> Iterator[Problem]:
    """`rules` has no entry for the operation of a `@validated`: every request is refused."""
    yield from _without(service, service.code.rules, "schema in the rules", "rules['validators']")


@rule("VAL002", "no-permission", Severity.ERROR, relies_on=("code",))
def no_permission(service: Service) -> Iterator[Problem]:
    """The permission checker does not know the operation of a `@validated`: every request is denied."""
    if service.code.permissions or service.code.looks_up_permissions:  # otherwise the names are not known
        yield from _without(service, service.code.permissions, "permission", "the permissions")


def _without(service: Service, known: tuple[SchemaRule, ...], what: str, where: str) -> Iterator[Problem]:
    taken = _operations(service)
    for endpoint in _endpoints(service):
        if endpoint.entries(known) or endpoint.misnamed(known, taken):
            continue
        path = min(endpoint.paths, default="the path of its HTTP event")
        yield Problem(
            endpoint.place,
            f"the operation {endpoint.operation} of {endpoint.handler.reference} has no {what}",
            f"add {path}: {{{endpoint.operation!r}: ...}} to {where}",
            function=endpoint.function,
        )


@rule("VAL003", "no-http-event", Severity.ERROR, relies_on=("code", "configuration"))
def no_http_event(service: Service) -> Iterator[Problem]:
    """The path of an operation in the rules or permissions is not a path of an HTTP event of its function."""
    for endpoint in _endpoints(service):
        if not endpoint.deployed:
            if service.functions:
                yield Problem(
                    endpoint.place,
                    f"no function of serverless.yml has the handler {endpoint.handler.reference}",
                    "add a function with this handler and an http event, or remove the decorator",
                )
            continue
        for known in (service.code.rules, service.code.permissions):
            if not endpoint.events or endpoint.fit(known):
                continue
            for entry in _first_of_path(endpoint.entries(known)):
                yield Problem(
                    entry.place,
                    f"{entry.operation} has the path {entry.path}, but no HTTP event of {endpoint.function} has this "
                    f"path (its paths: {', '.join(sorted(endpoint.paths)) or 'none'})",
                    "use the path of the event, unchanged but for a leading slash",
                    related=tuple(Related(each.place, "the HTTP event") for each in endpoint.events),
                    function=endpoint.function,
                )


@rule("VAL004", "names-differ", Severity.ERROR, relies_on=("code", "configuration"))
def names_differ(service: Service) -> Iterator[Problem]:
    """The rules or the permissions use another name for an operation than `@validated`."""
    taken = _operations(service)
    for endpoint in _endpoints(service):
        for known in (service.code.rules, service.code.permissions):
            entry = None if endpoint.entries(known) else endpoint.misnamed(known, taken)
            if entry is not None:
                yield Problem(
                    entry.place,
                    f"{entry.path} has the operation {entry.operation} here, but {endpoint.operation} in @validated of "
                    f"{endpoint.handler.reference}",
                    f"rename the operation to {endpoint.operation} here",
                    related=(Related(endpoint.place, "the name in @validated"),),
                    function=endpoint.function,
                )


@rule("VAL005", "unused-rule", Severity.WARNING, relies_on=("code", "configuration"))
def unused_rule(service: Service) -> Iterator[Problem]:
    """The rules have a schema that no `@validated` uses."""
    yield from _unused(service, service.code.rules, "the rule")


@rule("VAL006", "unused-permission", Severity.WARNING, relies_on=("code", "configuration"))
def unused_permission(service: Service) -> Iterator[Problem]:
    """The permissions have an entry that no `@validated` uses."""
    yield from _unused(service, service.code.permissions, "the permission")


def _unused(service: Service, known: tuple[SchemaRule, ...], what: str) -> Iterator[Problem]:
    taken = _operations(service)
    endpoints = _endpoints(service, guarded=False)
    tools = {name for tool in service.code.tools for name in (tool.name, tool.path.rpartition("/")[2])}
    misnamed = [each.misnamed(known, taken) for each in endpoints if not each.entries(known)]
    wrong_path = [entry for each in endpoints if not each.fit(known) for entry in each.entries(known)]
    for entry in known:
        users = [each for each in endpoints if each.operation == entry.operation]
        used = entry.operation == EVERY_OPERATION or any(
            not each.deployed or not each.events or each.serves(entry.path) for each in users
        )
        if used or entry.operation in tools or entry in misnamed or entry in wrong_path:
            continue
        under = f" under {entry.path}" if entry.path else ""
        yield Problem(
            entry.place,
            f"no @validated uses {what} for {entry.operation}{under}",
            "remove it, or add @validated with this name to the handler, and an http event with this path to its "
            "function",
        )


@rule("VAL007", "always-permitted", Severity.WARNING)
def always_permitted(service: Service) -> Iterator[Problem]:
    """A permission lets every caller through."""
    for entry in service.code.permissions:
        if entry.always_true:
            yield Problem(
                entry.place,
                f"the permission for {_named(entry)} lets every caller through",
                "check whether the caller may make the request; if every caller may, add `# noqa: VAL007`",
            )


@rule("VAL008", "no-setup", Severity.ERROR, relies_on=("code",))
def no_setup(service: Service) -> Iterator[Problem]:
    """A module with `@validated` never calls `setup_validated`: every request fails."""
    for endpoint in _endpoints(service, guarded=False):
        if not endpoint.handler.sets_up:
            yield Problem(
                endpoint.place,
                f"setup_validated is not called in the module of {endpoint.handler.reference}",
                "call setup_validated(rules, get_permission_checker) once, at the top of the module",
                function=endpoint.function,
            )


def _named(entry: SchemaRule) -> str:
    return "every operation" if entry.operation == EVERY_OPERATION else entry.operation


def _first_of_path(entries: list[SchemaRule]) -> Iterator[SchemaRule]:
    """Yield one entry for each path, so that a wrong path is not reported for tokens and again for API keys."""
    seen = set()
    for entry in entries:
        if entry.path is not None and entry.path not in seen:
            seen.add(entry.path)
            yield entry
