"""Declare the arguments and options that several commands take.

A command uses them as annotations: `def status(project: ProjectOption = None) -> None`. A command with formats of its
own uses the bare option: `Annotated[PolicyForm, FORMAT]`.
"""

from pathlib import Path
from typing import Annotated

import typer

from pycommon_cli.terminal import OutputFormat

__all__ = [
    "FORMAT",
    "AwsStageOption",
    "FormatOption",
    "ProjectOption",
    "ReadStageOption",
    "ReportFileOption",
    "ServiceArgument",
    "SettingsStageOption",
    "TableOption",
    "UserOption",
]

FORMAT = typer.Option("--format", help="The format of the output.")
FormatOption = Annotated[OutputFormat, FORMAT]
ServiceArgument = Annotated[str, typer.Argument(help="A service folder, such as amplify-lambda-python-base.")]
ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", metavar="FOLDER", help="The checkout. Default: the checkout around the current folder."),
]
AwsStageOption = Annotated[
    str, typer.Option("--stage", metavar="NAME", help="`local`, or a deployed stage with your own AWS credentials.")
]
ReadStageOption = Annotated[str, typer.Option("--stage", metavar="NAME", help="Read serverless.yml for this stage.")]
SettingsStageOption = Annotated[
    str | None,
    typer.Option(
        "--stage",
        metavar="NAME",
        help="Read serverless.yml for this stage. Default: the stage in pyproject.toml, or dev.",
    ),
]
TableOption = Annotated[
    str | None,
    typer.Option("--table", metavar="NAME", help="The table. Default: the table that the platform publishes."),
]
UserOption = Annotated[str, typer.Option("--user", metavar="NAME", help="The user to sign in. Created if missing.")]
ReportFileOption = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the report to this file, not to stdout.")
]
