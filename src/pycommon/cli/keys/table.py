"""Which table holds the API keys of a stage, and the client that reaches it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from pycommon.cli.errors import CliError, FindingError
from pycommon.cli.local import project as checkout
from pycommon.cli.local.serverless_file import variable

_VARIABLE = "API_KEYS_DYNAMODB_TABLE"


@dataclass(frozen=True, slots=True)
class KeysTable:
    """The table called `name`, reached by `dynamodb`, in the AWS that `where` names for people."""

    name: str
    dynamodb: Any
    where: str


def locate(folder: Path | None, stage: str, table: str | None) -> KeysTable:
    """The table of `stage`.

    Args:
        folder: The checkout, or a folder in it; None: the current one.
        stage: `local` is the local AWS of the checkout. Any other is reached with the caller's own AWS settings.
        table: The table's name where it is known; then nothing is looked up, and a real stage needs no checkout.
    """
    if stage == checkout.STAGE:
        from pycommon.cli.local.stack import LocalStack  # wants the extra `local`, which real stages do without

        stack = LocalStack(checkout.find_project_root(folder or Path.cwd()))
        name = table or _published(stack.client("ssm"), stack.project.variables, stage, "the local AWS")
        return KeysTable(name, stack.client("dynamodb"), "the local AWS")
    variables = _variables(folder, stage, needed=table is None)
    # Where osls put the stage, whatever region the caller's profile prefers.
    session = boto3.session.Session(region_name=_value(variables, "DEP_REGION") if variables else None)
    config = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 3})
    where = f"stage {stage} ({session.region_name or 'no region'})"
    name = table or _published(session.client("ssm", config=config), variables, stage, where)
    return KeysTable(name, session.client("dynamodb", config=config), where)


def _variables(folder: Path | None, stage: str, *, needed: bool) -> Path | None:
    """`var/<stage>-var.yml` of the checkout; None where there is none and none is needed."""
    try:
        file = checkout.find_project_root(folder or Path.cwd()) / "var" / f"{stage}-var.yml"
    except CliError:
        if needed:
            raise
        return None
    if file.is_file():
        return file
    if needed:
        known = ", ".join(sorted(path.name.removesuffix("-var.yml") for path in file.parent.glob("*-var.yml")))
        raise CliError(f"There is no stage {stage!r}: {file} is missing.", f"Stages are: {known or 'none'}.")
    return None


def _value(variables: Path, name: str) -> str | None:
    """A plain value of the stage; one that osls would have to resolve counts as none."""
    value = variable(variables, name)
    return None if value is None or "${" in value else value


def _published(ssm: Any, variables: Path | None, stage: str, where: str) -> str:
    """The table's name as the platform publishes it."""
    dep_name = _value(variables, "DEP_NAME") if variables else None
    if dep_name is None:
        raise CliError(f"{variables} gives no plain DEP_NAME.", "Write it there, or name the table with --table.")
    path = f"/amplify/{stage}/amplify-{dep_name}-object-access/{_VARIABLE}"
    try:
        return str(ssm.get_parameter(Name=path)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        raise FindingError(
            f"The parameter {path}, which {checkout.PLATFORM} makes, is not in {where}.",
            f"Deploy {checkout.PLATFORM} there, or name the table with --table.",
        ) from None
