"""OPS: the AWS operations that the code makes, compared with the operations that it declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.resource_perms import member_for, operation_for
from pycommon_cli.analysis.service_facts import decorator
from pycommon_cli.check.findings import Related, Severity
from pycommon_cli.check.requested_edits import DeclareOperations
from pycommon_cli.check.rules.rule_registry import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import AwsCall, DeclaredVariable, HandlerFacts
    from pycommon_cli.analysis.service_facts import Service

_NOT_IN_THE_CODE = ("kms:",)  # AWS uses the key of an encrypted resource on behalf of the function


@rule("OPS001", "undeclared-operation", Severity.ERROR, fixable=True)
def undeclared_operation(service: Service) -> Iterator[Problem]:
    """The code makes an AWS operation that the declaration does not have."""
    for handler in service.code.handlers.values():
        if handler.declared is None:
            continue
        by_variable = {each.variable: each for each in handler.declared}
        reported: set[tuple[str | None, tuple[str, ...]]] = set()
        for call in handler.calls:
            missing = _missing(call, by_variable)
            if call.variable is not None and call.variable not in by_variable:
                continue  # ENV001 reports the undeclared variable with its operations
            if not missing or (call.variable, missing) in reported or _declared_elsewhere(service, handler, call):
                continue
            reported.add((call.variable, missing))
            yield Problem(
                call.place,
                _what(handler, call, missing),
                _help_text(call, missing),
                related=_declaration(handler, by_variable.get(call.variable or "")),
                function=_name(service, handler),
                requested_edit=_requested_edit(handler, call, missing, by_variable),
            )


@rule("OPS002", "unused-operation", Severity.WARNING, relies_on=("code",))
def unused_operation(service: Service) -> Iterator[Problem]:
    """An operation is declared, but no code that the handler reaches makes it."""
    for handler in service.code.handlers.values():
        through = {(call.variable, action) for call in handler.calls for action in call.actions}
        nameless = {action for call in handler.calls if call.variable is None for action in call.actions}
        seen = {variable for variable, _ in through}
        for declared in handler.declared or ():
            if declared.variable not in seen:
                continue  # ENV003 reports unused variables; if no call is visible, the reader may have missed calls
            idle = [
                action
                for action in declared.actions
                if (declared.variable, action) not in through
                and action not in nameless
                and not action.startswith(_NOT_IN_THE_CODE)
            ]
            if idle:
                yield Problem(
                    declared.place,
                    f"{handler.reference} declares {', '.join(idle)} on {declared.variable}, but never calls it",
                    f"remove {' and '.join(_member(action) for action in idle)} from the declaration and the policy",
                    function=_name(service, handler),
                )


def _missing(call: AwsCall, by_variable: dict[str, DeclaredVariable]) -> tuple[str, ...]:
    """Return the undeclared actions of a call.

    If no variable names the resource of the call, an action may be declared for any variable.
    """
    if call.by_library or call.conditional:
        return ()
    if call.variable is None:
        anywhere = {action for declared in by_variable.values() for action in declared.actions}
        return tuple(action for action in call.actions if action not in anywhere)
    declared = by_variable.get(call.variable)
    return tuple(action for action in call.actions if declared is None or action not in declared.actions)


def _declared_elsewhere(service: Service, handler: HandlerFacts, call: AwsCall) -> bool:
    return any(
        other is not handler
        and any(each.place == call.place for each in other.calls)
        and other.declared is not None
        and not _missing(call, {each.variable: each for each in other.declared})
        for other in service.code.handlers.values()
    )


def _what(handler: HandlerFacts, call: AwsCall, missing: tuple[str, ...]) -> str:
    through = f"on {call.variable}" if call.variable else "on a resource that no variable names"
    made = f"{call.service} {call.operation} {through}"
    return f"{handler.reference} calls {made}, but does not declare {', '.join(missing)}"


def _help_text(call: AwsCall, missing: tuple[str, ...]) -> str:
    names = members_of(call, missing) or tuple(_member(action) for action in missing)
    return f"add {' and '.join(names)} to the operations of {call.variable or 'the variable that names its resource'}"


def _requested_edit(
    handler: HandlerFacts, call: AwsCall, missing: tuple[str, ...], by_variable: dict[str, DeclaredVariable]
) -> DeclareOperations | None:
    declaration = decorator(handler, "required_env_vars")
    declared = by_variable.get(call.variable or "")
    if declaration is None or declared is None:
        return None
    return DeclareOperations(declaration, declared.variable, members_of(call, missing), declared.place)


def members_of(call: AwsCall, missing: tuple[str, ...]) -> tuple[str, ...]:
    """Return the enum members to declare for a call.

    This is the member for the call's operation. If no member covers all missing actions, these are the members for the
    actions. Return () if an action has no member.
    """
    member = operation_for(call.service, call.operation)
    if member is not None and set(member.actions) >= set(missing):
        return (str(member),)
    members = [member_for(action) for action in missing]
    return tuple(str(each) for each in members if each) if all(members) else ()


def _member(action: str) -> str:
    member = member_for(action)
    return str(member) if member else action


def _declaration(handler: HandlerFacts, declared: DeclaredVariable | None) -> tuple[Related, ...]:
    place = declared.place if declared else decorator(handler, "required_env_vars")
    return (Related(place, "the declaration"),) if place else ()


def _name(service: Service, handler: HandlerFacts) -> str:
    return next((each.function.name for each in service.deployments(handler)), "")
