"""SRC: files of which the check could not read anything, or could only read a part."""

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
    """A Python file cannot be read: a syntax error, an encoding other than UTF-8, or too large."""
    yield from map(_problem, (trouble for trouble in service.code.troubles if not trouble.unclear))


@rule("SRC002", "unreadable-configuration", Severity.ERROR)
def unreadable_configuration(service: Service) -> Iterator[Problem]:
    """serverless.yml, or a file that it includes, cannot be read: invalid, missing, or included in a circle."""
    if service.configuration is not None:
        yield from map(_problem, service.configuration.troubles)


@rule("SRC003", "handler-not-found", Severity.ERROR, relies_on=("configuration",))
def handler_not_found(service: Service) -> Iterator[Problem]:
    """serverless.yml names a handler that no module of the folder has."""
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
    """The check itself failed. The report still has the other findings."""
    del service  # `pycommon_cli.check.service_check` makes these findings
    yield from ()


@rule("SRC005", "unclear-python", Severity.WARNING)
def unclear_python(service: Service) -> Iterator[Problem]:
    """The check cannot read a declaration or rules because code computes them, or the code is too complex to follow."""
    yield from map(_problem, (trouble for trouble in service.code.troubles if trouble.unclear))


def _problem(trouble: ReadingTrouble) -> Problem:
    return Problem(trouble.place, trouble.message, trouble.help_text)
