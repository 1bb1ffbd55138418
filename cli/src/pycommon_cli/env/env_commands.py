"""Declare the options of `pycommon env ...`. The package's docstring says which module does the work."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pycommon_cli import terminal
from pycommon_cli.cli_error import CliError
from pycommon_cli.shared_options import AwsStageOption, FormatOption, ProjectOption, ServiceArgument, TableOption
from pycommon_cli.terminal import OutputFormat, print_json

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import ConfigurationFacts
    from pycommon_cli.env.doctor_report import DoctorReport
    from pycommon_cli.env.recorded_variables import RecordedVariable

app = typer.Typer(
    no_args_is_help=True, help="See which service uses which variable, and whether all its variables are found."
)


@app.command("list")
def list_(  # noqa: PLR0913 (each is an option of the command)
    *,
    service: Annotated[str | None, typer.Option("--service", metavar="NAME", help="Print only this service.")] = None,
    variable: Annotated[
        str | None, typer.Option("--variable", metavar="NAME", help="Print only this variable.")
    ] = None,
    stale: Annotated[
        float | None,
        typer.Option(
            "--stale", metavar="DAYS", min=0, help="Print only variables that were not seen for so many days."
        ),
    ] = None,
    undeclared: Annotated[
        bool, typer.Option("--undeclared", help="Print only uses that are not declared; exit code 1 if there are any.")
    ] = False,
    unused: Annotated[
        bool,
        typer.Option("--unused", help="Print only declarations that were never used, in services that are observed."),
    ] = False,
    project: ProjectOption = None,
    stage: AwsStageOption = "local",
    table: TableOption = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Print the record: for each service and variable, what is declared and what was used."""
    from pycommon_cli.env import env_report, recorded_variables  # slow to import, and `--help` does not need them

    selection = recorded_variables.Selection(
        variable, None if stale is None else recorded_variables.stale_since(stale), undeclared=undeclared, unused=unused
    )
    found = [each for each in _record(project, stage, table, service) if selection.takes(each)]
    if output is OutputFormat.JSON:
        print_json([env_report.recorded_fields(each) for each in found])
    elif found:
        env_report.print_recorded(found, unused=unused)
    else:
        terminal.Terminal().note("No matching variable is recorded.")
    if undeclared and any(each.undeclared for each in found):
        raise typer.Exit(1)


@app.command()
def doctor(
    service: ServiceArgument,
    project: ProjectOption = None,
    stage: AwsStageOption = "local",
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Print where each declared variable of a service comes from. No code is run, and no value is shown.

    Exit code 1: a variable is missing or unknown.
    """
    from pycommon_cli.env import env_report  # slow to import, and `--help` does not need them

    report = _examined(service, project, stage)
    if output is OutputFormat.JSON:
        print_json(env_report.report_fields(report, stage))
    else:
        env_report.print_report(report, stage)
    if not report.well:
        raise typer.Exit(1)


def _record(folder: Path | None, stage: str, table: str | None, service: str | None) -> "list[RecordedVariable]":
    from pycommon_cli.env import recorded_variables
    from pycommon_cli.stage import aws_errors_as_sentences, reach

    with aws_errors_as_sentences(stage) as where:
        found = reach(folder, stage, needs_variables=table is None)
        name = table or found.published("lambda", recorded_variables.VARIABLE)
        where.append(f"{found.where}, table {name}")
        return recorded_variables.read_record(found.client("dynamodb"), name, service)


def _examined(service: str, folder: Path | None, stage: str) -> "DoctorReport":
    from pycommon_cli.analysis.serverless import read_configuration
    from pycommon_cli.env.env_doctor import examine
    from pycommon_cli.local.project_folders import find_project_root
    from pycommon_cli.stage import aws_errors_as_sentences, reach

    root = find_project_root(folder or Path.cwd())
    service_folder = _service_folder(root, service)
    with aws_errors_as_sentences(stage) as where:
        reach(root, stage, needs_variables=True)  # report an unknown stage before anything else
        configuration = read_configuration(service_folder, root, stage)
        found = reach(root, stage, needs_variables=True, region=_region(configuration))
        where.append(found.where)
        return examine(root, configuration, found.client)


def _region(configuration: "ConfigurationFacts") -> str | None:
    """Return the region in `provider`. Return None if `provider` has no region, or no file has the region's value."""
    from pycommon_cli.analysis.facts import Text

    provider = configuration.provider
    region = provider.get("region") if isinstance(provider, Mapping) else None
    return str(region) if isinstance(region, Text) and region.known else None


def _service_folder(root: Path, service: str) -> Path:
    """Return the service folder. `service` is a path relative to the project's root or to the current folder."""
    for folder in ((root / service).resolve(), Path(service).resolve()):
        if (folder / "serverless.yml").is_file():
            return folder
    known = sorted(path.parent.name for path in root.glob("*/serverless.yml"))
    raise CliError(f"No service folder {service!r} in {root}. The services are {', '.join(known)}.")
