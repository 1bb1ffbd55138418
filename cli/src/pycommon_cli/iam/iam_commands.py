"""Defines the options of `pycommon iam ...`. The docstring of the package says which module does the work."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from pycommon_cli.cli_error import CliError
from pycommon_cli.required_extras import need
from pycommon_cli.shared_options import (
    FORMAT,
    AwsStageOption,
    ProjectOption,
    ReportFileOption,
    ServiceArgument,
    SettingsStageOption,
    TableOption,
)
from pycommon_cli.terminal import Terminal, print_json, print_line

if TYPE_CHECKING:
    from pycommon_cli.iam.policy.policy_generation import Generated
    from pycommon_cli.iam.selected_services import ReadService, Repository

__all__ = ["app"]

_GENERATE = "generate"


class _GenerateByDefault(TyperGroup):
    """Makes `pycommon iam SERVICE` short for `pycommon iam generate SERVICE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help")):
            args = [_GENERATE, *args]
        return super().parse_args(ctx, args)


class Per(StrEnum):
    """The scope of one policy: the whole service, or one function."""

    SERVICE = "service"
    FUNCTION = "function"


class PolicyForm(StrEnum):
    """The output formats of `generate`."""

    CLOUDFORMATION = "cloudformation"
    SERVERLESS = "serverless"
    JSON = "json"


class IamReportForm(StrEnum):
    """The output formats of `observe`."""

    TEXT = "text"
    JSON = "json"
    SVG = "svg"
    HTML = "html"


app = typer.Typer(
    cls=_GenerateByDefault,
    help="Generate the least policy that a service's declarations need. Compare it with what is granted and used.",
)

OptionalServiceArgument = Annotated[
    str | None, typer.Argument(metavar="[SERVICE]", help="A service folder; default: all services of the project.")
]


@app.command(_GENERATE)
def generate(  # noqa: PLR0913 (each is an option of the command)
    service: OptionalServiceArgument = None,
    *,
    stage: SettingsStageOption = None,
    per: Annotated[
        Per, typer.Option("--per", help="One policy for the service, or a role for each function.")
    ] = Per.SERVICE,
    form: Annotated[PolicyForm | None, FORMAT] = None,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print how the granted policies differ from the least policy.")
    ] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write the policy to resources/iam.yml of the service.")
    ] = False,
    project: ProjectOption = None,
) -> None:
    """Print the least policy that the declarations of a service need. No code is run, and AWS is not called.

    Exit code 1: --diff finds a difference, or --write leaves something to do by hand. 2: the command could not run.
    """
    need("check", "policy_sentry")
    from pycommon_cli.iam.selected_services import open_repository  # slow to import, and `--help` does not need it

    if diff and write:
        raise CliError("--diff and --write cannot be combined.", "Use one of them.")
    repository = open_repository(project, service, stage)
    services = repository.chosen(service)
    _warn(services)
    if diff:
        differs = _print_differences(services, per, form)
    elif write:
        differs = _write(services, repository, per)
    else:
        differs = _print(services, per, form or PolicyForm.CLOUDFORMATION)
    if differs:
        raise typer.Exit(1)


@app.command()
def observe(  # noqa: PLR0913 (as above)
    service: ServiceArgument,
    *,
    stage: AwsStageOption = "local",
    report: Annotated[IamReportForm, FORMAT] = IamReportForm.TEXT,
    output: ReportFileOption = None,
    table: TableOption = None,
    project: ProjectOption = None,
) -> None:
    """Compare what a service declares, what it is granted and what it was observed to use.

    Exit code 1: the three differ.
    """
    need("check", "policy_sentry")
    from pycommon_cli.iam import observed_use  # slow to import, and `--help` does not need it

    matrix = observed_use.compare(service, stage, project, table)
    text = observed_use.rendered(matrix, report.value)
    if output is None:
        print_line(text.rstrip("\n"))
    else:
        output.write_text(text, encoding="utf-8")
        Terminal().note(f"Written to {output}.")
    if not matrix.agrees:
        raise typer.Exit(1)


def _warn(services: "list[ReadService]") -> None:
    terminal = Terminal()
    for service in services:
        for trouble in service.troubles:
            terminal.note(f"{trouble.place.path}:{trouble.place.line}: {trouble.message}. {trouble.help_text}".rstrip())
        if not service.configuration.functions and service.configuration.troubles and len(services) == 1:
            raise CliError(f"{service.name} could not be read.")


def _generated(service: "ReadService", per: Per) -> "Generated":
    from pycommon_cli.iam.policy.policy_generation import for_functions, for_service

    make = for_functions if per is Per.FUNCTION else for_service
    generated = make(service.code, service.configuration, service.others)
    terminal = Terminal()
    for note in generated.notes:
        of = f"{service.name}: {note.function}: " if note.function else f"{service.name}: "
        terminal.note(f"{of}{note.message}.")
    return generated


def _print(services: "list[ReadService]", per: Per, form: PolicyForm) -> bool:
    from pycommon_cli.iam.policy import policy_rendering

    found = {service.name: _generated(service, per) for service in services}
    if form is PolicyForm.JSON:
        documents = {each.name: policy_rendering.as_json(found[each.name], each.configuration) for each in services}
        print_json(documents[services[0].name] if len(services) == 1 else documents)
        return False
    render = policy_rendering.as_template if form is PolicyForm.CLOUDFORMATION else policy_rendering.as_serverless
    for index, (name, generated) in enumerate(found.items()):
        if len(services) > 1:
            print_line(f"{'---' + chr(10) if index else ''}# {name}")
        print_line(render(generated).rstrip("\n"))
    return False


def _print_differences(services: "list[ReadService]", per: Per, form: PolicyForm | None) -> bool:
    from pycommon_cli.iam.difference_report import DIFFERS, difference_fields, difference_lines
    from pycommon_cli.iam.policy.policy_differences import differences, roles_of

    fields: list[dict[str, object]] = []
    differs = False
    for service in services:
        for role in roles_of(service.configuration, per_function=per is Per.FUNCTION):
            found = differences(role, service.code, service.configuration, service.others)
            differs = differs or any(each.kind in DIFFERS for each in found)
            fields.append(difference_fields(service, role, found))
            for line in difference_lines(service, role, found) if form is not PolicyForm.JSON else ():
                print_line(line)
    if form is PolicyForm.JSON:
        print_json(fields)
    return differs


def _write(services: "list[ReadService]", repository: "Repository", per: Per) -> bool:
    from pycommon_cli.iam.policy_file import still_to_do, write

    terminal = Terminal()
    left = False
    for service in services:
        generated = _generated(service, per)
        if not generated.resources:
            continue
        path, changed = write(service, generated, per_function=per is Per.FUNCTION)
        print_line(f"{path.relative_to(repository.root)}: {'written' if changed else 'up to date'}")
        for line in still_to_do(service, repository.root, repository.stage, generated):
            left = True
            terminal.note(line)
    return left
