"""SRC: files that could not be read, or only in part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.check.findings import Severity
from pycommon_cli.check.rules.rule_registry import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import ReadingTrouble
    from pycommon_cli.analysis.service_facts import Service


@rule("SRC001", "unreadable-python", Severity.ERROR)
def unreadable_python(service: Service) -> Iterator[Problem]:
    """A Python file that cannot be read: a syntax error, another encoding than UTF-8, too large."""
    yield from map(_problem, (trouble for trouble in service.code.troubles if not trouble.unclear))


@rule("SRC002", "unreadable-configuration", Severity.ERROR)
def unreadable_configuration(service: Service) -> Iterator[Problem]:
    """A serverless.yml, or a file that it includes, that cannot be read: broken, missing, going in a circle."""
    if service.configuration is not None:
        yield from map(_problem, service.configuration.troubles)


@rule("SRC003", "handler-not-found", Severity.ERROR, relies_on=("configuration",))
def handler_not_found(service: Service) -> Iterator[Problem]:
    """A function of serverless.yml whose handler no module of the folder has."""
    unreadable = {trouble.place.path for trouble in service.code.troubles}
    folder = service.configuration.folder if service.configuration else ""
    for function in service.functions:
        module, _, name = function.handler.rpartition(".")
        file = f"{folder}/{module}.py".removeprefix("./").removeprefix("/")
        known = "<" not in function.handler and "$" not in function.handler
        if not known or function.handler in service.code.handlers or file in unreadable:
            continue
        yield Problem(
            function.handler_place or function.place,
            f"the handler {function.handler} of {function.name} does not exist; expected {name} in {module}.py",
            "write the path of the module in the service folder and the function, e.g. service/core.record_visit",
            function=function.name,
        )


@rule("SRC004", "check-failed", Severity.ERROR)
def check_failed(service: Service) -> Iterator[Problem]:
    """A fault of the check itself, told as a finding so that the rest of the report is there."""
    del service  # `pycommon_cli.check.service_check` makes these findings
    yield from ()


@rule("SRC005", "unclear-python", Severity.WARNING)
def unclear_python(service: Service) -> Iterator[Problem]:
    """Python that does not tell what it should: a declaration or rules that are computed, code too deep to follow."""
    yield from map(_problem, (trouble for trouble in service.code.troubles if trouble.unclear))


def _problem(trouble: ReadingTrouble) -> Problem:
    return Problem(trouble.place, trouble.message, trouble.help_text)
