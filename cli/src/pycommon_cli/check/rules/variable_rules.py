"""ENV: the environment variables that the code reads and declares, and that serverless.yml sets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pycommon_cli.analysis.handler_needs import library_needs
from pycommon_cli.analysis.lambda_environment import nobodys_to_declare, read_by_library
from pycommon_cli.analysis.service_facts import decorator
from pycommon_cli.check.findings import Related, Severity
from pycommon_cli.check.requested_edits import DeclareOperations
from pycommon_cli.check.rules.operation_rules import members_of
from pycommon_cli.check.rules.rule_registry import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import DeclaredVariable, HandlerFacts, LambdaFunction, Place, VariableRead
    from pycommon_cli.analysis.service_facts import Service

_NAMES_A_RESOURCE = re.compile(
    r"(?:^|_)(?:TABLE|BUCKET|QUEUE|TOPIC|SECRET|STATE_MACHINE|USER_POOL|FUNCTION)(?:_(?:NAME|ARN|URL|ID))?$"
)
_SYMBOL_OF_RESOURCE = re.compile(r"<(?:ref|getatt):", re.IGNORECASE)
_ARN = re.compile(r"arn:|https://sqs\.")


@rule("ENV001", "undeclared-variable", Severity.ERROR, fixable=True, relies_on=("code",))
def undeclared_variable(service: Service) -> Iterator[Problem]:
    """The code of a handler reads a variable that its `@required_env_vars` does not declare."""
    for handler in service.code.handlers.values():
        if handler.declared is None:
            continue
        declared = {each.variable for each in handler.declared}
        for read in handler.reads:
            if read.variable in declared:
                continue
            if _declared_elsewhere(service, handler, read) or not _counts(service, handler, read):
                continue
            declared.add(read.variable)  # one finding for each variable of a handler
            members = _members(handler, read.variable)
            yield Problem(
                read.place,
                f"{handler.reference} reads {read.variable}, but its @required_env_vars does not declare it",
                f'add "{read.variable}": [{", ".join(members)}] to the declaration',
                related=_declaration(handler),
                function=_names(service, handler),
                requested_edit=_requested_edit(handler, read.variable, members),
            )


@rule("ENV002", "variable-not-set", Severity.ERROR, relies_on=("configuration",))
def variable_not_set(service: Service) -> Iterator[Problem]:
    """A declared variable is neither set in serverless.yml nor expected in Parameter Store."""
    if service.configuration is None or not service.functions:
        return
    for handler in service.code.handlers.values():
        functions = [each.function for each in service.deployments(handler)] or list(service.functions)
        needed = [(each.variable, each.place, "") for each in handler.declared or ()]
        needed += [(each.variable, each.place, each.by) for each in library_needs(handler) if each.required]
        seen = set()
        for variable, place, by in needed:
            without = [function for function in functions if not _found(service, function, variable)]
            helper = not service.deployments(handler)
            if variable in seen or not without or (helper and len(without) < len(functions)):
                continue
            seen.add(variable)
            yield Problem(
                place,
                f"{handler.reference} {f'has @{by}, which needs' if by else 'declares'} {variable}, but the variable "
                f"is not set for {_listed(without)}",
                f"set {variable} in provider.environment or the environment of the function; or create the parameter "
                f"{_parameter(service, without[0], variable) or 'of this name'} in Parameter Store, and add the "
                "variable to parameter-store in [tool.pycommon.check]",
                related=tuple(Related(function.place, "the function without the variable") for function in without[:1]),
                function=without[0].name,
            )


@rule("ENV003", "variable-never-used", Severity.WARNING, relies_on=("code",))
def variable_never_used(service: Service) -> Iterator[Problem]:
    """A variable is declared, but no code that the handler reaches reads it."""
    for handler in service.code.handlers.values():
        used = {read.variable for read in handler.reads} | {call.variable for call in handler.calls}
        for declared in handler.declared or ():
            if declared.variable in used or read_by_library(declared.variable):
                continue
            yield Problem(
                declared.place,
                f"{handler.reference} declares {declared.variable}, but no code that it reaches reads it",
                "remove it from the declaration, and from serverless.yml if no other function needs it",
                function=_names(service, handler),
            )


@rule("ENV004", "no-operations", Severity.WARNING)
def no_operations(service: Service) -> Iterator[Problem]:
    """A variable names an AWS resource, but is declared without operations."""
    for handler in service.code.handlers.values():
        through = {call.variable for call in handler.calls}
        read = {each.variable for each in handler.reads}
        for declared in handler.declared or ():
            if declared.actions or declared.unknown_operations or declared.variable in through:
                continue
            if declared.variable in read and _names_resource(service, handler, declared):
                yield Problem(
                    declared.place,
                    f"{handler.reference} declares {declared.variable} without operations, but it names an AWS "
                    "resource",
                    "list the operations on this resource, e.g. [DynamoDBOperation.GET_ITEM]; if the handler only "
                    "passes the name on, add `# noqa: ENV004`",
                    function=_names(service, handler),
                )


@rule("ENV005", "unknown-operation", Severity.ERROR)
def unknown_operation(service: Service) -> Iterator[Problem]:
    """A declaration names an operation that its enum does not have: the import of the module fails."""
    for handler in service.code.handlers.values():
        for declared in handler.declared or ():
            for name in declared.unknown_operations:
                yield Problem(
                    declared.place,
                    f"{name}, declared for {declared.variable}, is not an operation: importing the module raises an "
                    "error",
                    "use a member of the enum, see docs/operations.md, or define an enum of your own (AWSOperation)",
                    function=_names(service, handler),
                )


@rule("ENV006", "nothing-declared", Severity.WARNING)
def nothing_declared(service: Service) -> Iterator[Problem]:
    """A handler reads variables or calls AWS, but has no `@required_env_vars`."""
    for deployed in service.deployed:
        handler = deployed.handler
        names = sorted({each.variable for each in handler.reads if _counts(service, handler, each)})
        operations = sorted({f"{call.service}:{call.operation}" for call in handler.calls if not call.by_library})
        if handler.declared is not None or not (names or operations):
            continue
        what = [f"reads {', '.join(names)}"] if names else []
        what += [f"calls {', '.join(operations)}"] if operations else []
        yield Problem(
            handler.place,
            f"{handler.reference} {' and '.join(what)}, but declares nothing",
            "add @required_env_vars with each variable and the operations on its resource",
            related=(Related(deployed.function.place, "the function with this handler"),),
            function=deployed.function.name,
        )


def _declared_elsewhere(service: Service, handler: HandlerFacts, read: VariableRead) -> bool:
    """Return whether another handler, which declares the variable, has the same read."""
    return any(
        other is not handler
        and any(each.variable == read.variable for each in other.declared or ())
        and any(each.place == read.place for each in other.reads)
        for other in service.code.handlers.values()
    )


def _members(handler: HandlerFacts, variable: str) -> tuple[str, ...]:
    """Return the operations to declare for a variable."""
    calls = [call for call in handler.calls if call.variable == variable and not call.conditional]
    return tuple(dict.fromkeys(member for call in calls for member in members_of(call, call.actions)))


def _requested_edit(handler: HandlerFacts, variable: str, members: tuple[str, ...]) -> DeclareOperations | None:
    declaration = decorator(handler, "required_env_vars")
    return DeclareOperations(declaration, variable, members) if declaration else None


def _counts(service: Service, handler: HandlerFacts, read: VariableRead) -> bool:
    """Return whether the handler must declare the variable of the read.

    An optional variable must be declared if serverless.yml sets it, or if it names an AWS resource.
    """
    if nobodys_to_declare(read.variable):
        return False
    through = any(call.variable == read.variable for call in handler.calls)
    return through or not read.optional or _is_set(service, handler, read)


def _is_set(service: Service, handler: HandlerFacts, read: VariableRead) -> bool:
    return any(read.variable in each.function.environment for each in service.deployments(handler))


def _found(service: Service, function: LambdaFunction, variable: str) -> bool:
    value = function.environment.get(variable)
    if (value is not None and str(value)) or nobodys_to_declare(variable) or variable in service.expected_parameters:
        return True
    return _parameter(service, function, variable) in service.published


def _parameter(service: Service, function: LambdaFunction, variable: str) -> str | None:
    """Return the path in Parameter Store that `pycommon.env.variable_resolver.parameter_path` gives for a variable."""
    del service
    stage, name = function.environment.get("STAGE"), function.environment.get("SERVICE_NAME")
    return f"/amplify/{stage}/{name}/{variable}" if stage and name else None


def _names_resource(service: Service, handler: HandlerFacts, declared: DeclaredVariable) -> bool:
    if _NAMES_A_RESOURCE.search(declared.variable):
        return True
    values = [each.function.environment.get(declared.variable) for each in service.deployments(handler)]
    return any(value is not None and _looks_like_resource(service, str(value)) for value in values)


def _looks_like_resource(service: Service, value: str) -> bool:
    if _SYMBOL_OF_RESOURCE.search(value) or _ARN.match(value):
        return True
    resources = service.configuration.resources.values() if service.configuration else ()
    return any(resource.name is not None and str(resource.name) == value for resource in resources)


def _declaration(handler: HandlerFacts) -> tuple[Related, ...]:
    place: Place | None = decorator(handler, "required_env_vars")
    return (Related(place, "the declaration"),) if place else ()


def _names(service: Service, handler: HandlerFacts) -> str:
    return next((each.function.name for each in service.deployments(handler)), "")


def _listed(functions: list[LambdaFunction]) -> str:
    return ", ".join(function.name for function in functions)
