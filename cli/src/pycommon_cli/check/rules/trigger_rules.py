"""EVT: functions and their triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.handler_needs import USAGE_TABLE
from pycommon_cli.analysis.service_facts import decorator
from pycommon_cli.check.findings import Related, Severity
from pycommon_cli.check.requested_edits import DeclareOperations
from pycommon_cli.check.rules.rule_registry import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import DeclaredVariable, FunctionEvent, HandlerFacts
    from pycommon_cli.analysis.service_facts import Deployed, Service

_HTTP = frozenset({"http", "httpApi", "alb", "url"})
_PUT_ITEM = "DynamoDBOperation.PUT_ITEM"
_NEITHER = frozenset({"websocket"})  # @validated cannot guard the events of a web socket


@rule("EVT001", "not-tracked", Severity.WARNING)
def not_tracked(service: Service) -> Iterator[Problem]:
    """A function of a queue, stream, bucket or schedule has no `@track_execution`: nobody pays for it."""
    for deployed, event in _triggered(service, http=False):
        handler = deployed.handler
        if any(decorator(handler, name) for name in ("track_execution", "validated")):
            continue
        yield Problem(
            handler.place,
            f"{handler.reference} is triggered by {event.kind} and has no @track_execution: its executions have no "
            "payer",
            f"add @track_execution below @required_env_vars, and declare {USAGE_TABLE}: [DynamoDBOperation.PUT_ITEM]",
            related=(Related(event.place, "the trigger"),),
            function=deployed.function.name,
        )


@rule("EVT002", "usage-table-not-declared", Severity.WARNING, fixable=True)
def usage_table_not_declared(service: Service) -> Iterator[Problem]:
    """A function with `@track_execution` does not declare `USAGE_METRICS_DYNAMO_TABLE`."""
    for handler in service.code.handlers.values():
        tracked = decorator(handler, "track_execution")
        if tracked is None or decorator(handler, "validated") is not None:
            continue
        declared = {each.variable: each for each in handler.declared or ()}.get(USAGE_TABLE)
        if declared is None or "dynamodb:PutItem" not in declared.actions:
            yield Problem(
                tracked,
                f"{handler.reference} has @track_execution, but does not declare PutItem on {USAGE_TABLE}",
                f'add "{USAGE_TABLE}": [DynamoDBOperation.PUT_ITEM] to @required_env_vars',
                function=next((each.function.name for each in service.deployments(handler)), ""),
                requested_edit=_declare(handler, declared),
            )


@rule("EVT003", "no-http-trigger", Severity.ERROR)
def no_http_trigger(service: Service) -> Iterator[Problem]:
    """A function with `@validated` has no HTTP event: no token can arrive."""
    for deployed, event in _triggered(service, http=False):
        guard = decorator(deployed.handler, "validated")
        if guard is not None and not any(each.kind in _HTTP for each in deployed.function.events):
            yield Problem(
                guard,
                f"{deployed.handler.reference} is guarded by @validated, but {deployed.function.name} is triggered by "
                f"{event.kind}, which has no token",
                "use @track_execution here, or give the function an http event",
                related=(Related(event.place, "the trigger"),),
                function=deployed.function.name,
            )


@rule("EVT004", "swallowed-error", Severity.WARNING)
def swallowed_error(service: Service) -> Iterator[Problem]:
    """A handler of a batch catches every exception of a record: failed records are lost."""
    for handler in service.code.handlers.values():
        for swallowed in handler.swallowed:
            yield Problem(
                swallowed.place,
                f"{handler.reference} catches every exception of a record and continues: the record counts as "
                "processed",
                "raise the exception, or return the identifier of the record in batchItemFailures "
                "(functionResponseType: ReportBatchItemFailures)",
                function=next((each.function.name for each in service.deployments(handler)), ""),
            )


@rule("EVT005", "unguarded-endpoint", Severity.WARNING)
def unguarded_endpoint(service: Service) -> Iterator[Problem]:
    """An HTTP endpoint has no `@validated`: anybody who knows the address can call it."""
    for deployed, event in _triggered(service, http=True):
        handler = deployed.handler
        if decorator(handler, "validated") is None and not _authorized(event):
            yield Problem(
                handler.place,
                f"{handler.reference} answers HTTP requests of {event.path or event.kind} without @validated",
                'add @validated("operation"); if everybody may call it, add `# noqa: EVT005`',
                related=(Related(event.place, "the HTTP event"),),
                function=deployed.function.name,
            )


def _declare(handler: HandlerFacts, declared: DeclaredVariable | None) -> DeclareOperations | None:
    declaration = decorator(handler, "required_env_vars")
    entry = declared.place if declared else None
    return DeclareOperations(declaration, USAGE_TABLE, (_PUT_ITEM,), entry) if declaration else None


def _triggered(service: Service, *, http: bool) -> Iterator[tuple[Deployed, FunctionEvent]]:
    """Yield each function with its first HTTP event. If `http` is false, yield the first other event."""
    for deployed in service.deployed:
        events = [each for each in deployed.function.events if each.kind not in _NEITHER]
        event = next((each for each in events if (each.kind in _HTTP) is http), None)
        if event is not None:
            yield deployed, event


def _authorized(event: FunctionEvent) -> bool:
    """Return whether API Gateway authorizes the request before it calls the function."""
    properties = event.properties
    return isinstance(properties, dict) and any(
        properties.get(name) not in (None, "", "NONE", "none") for name in ("authorizer", "private")
    )
