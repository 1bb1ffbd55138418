"""DEC: the order and combination of this library's decorators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.service_facts import decorator
from pycommon_cli.check.findings import Related, Severity
from pycommon_cli.check.requested_edits import MoveDecorator, RemoveDecorator
from pycommon_cli.check.rules.rule_registry import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.service_facts import Service

_INSIDE = ("validated", "track_execution")


@rule("DEC001", "wrong-order", Severity.ERROR, fixable=True)
def wrong_order(service: Service) -> Iterator[Problem]:
    """`@required_env_vars` is below `@validated` or `@track_execution`, which need the variables."""
    for handler in service.code.handlers.values():
        names = [name for name, _ in handler.decorators]
        declaration = decorator(handler, "required_env_vars")
        if declaration is None:
            continue
        before = [name for name in names[: names.index("required_env_vars")] if name in _INSIDE]
        if before:
            outer = decorator(handler, before[0])
            yield Problem(
                declaration,
                f"@required_env_vars of {handler.reference} is below @{before[0]}, which then runs before the "
                "variables are resolved",
                f"move @required_env_vars above @{before[0]}",
                related=(Related(outer, "this decorator must be below"),) if outer else (),
                requested_edit=MoveDecorator(declaration, outer) if outer else None,
            )


@rule("DEC002", "tracked-twice", Severity.ERROR, fixable=True)
def tracked_twice(service: Service) -> Iterator[Problem]:
    """`@track_execution` is used together with `@validated`: each execution is metered twice."""
    for handler in service.code.handlers.values():
        tracked, guarded = decorator(handler, "track_execution"), decorator(handler, "validated")
        if tracked is not None and guarded is not None:
            yield Problem(
                tracked,
                f"{handler.reference} has @validated and @track_execution: each execution is recorded twice",
                "remove @track_execution",
                related=(Related(guarded, "@validated records the execution already"),),
                requested_edit=RemoveDecorator(tracked),
            )
