"""Open a stage for a command: its AWS clients, and the names that the platform publishes there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pycommon.dal.providers.aws.clients import ACCESS_DENIED, error_code
from pycommon_cli.cli_error import CliError, FindingError
from pycommon_cli.local import project_folders as checkout
from pycommon_cli.local.checkout_local_aws import open_local_aws
from pycommon_cli.local.serverless_file import variable


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage that a command can call.

    Attributes:
        name: `local`, or the name of a deployed stage.
        where: A description of the stage's AWS, for messages.
        client: `client(service)` returns a boto3 client.
        variables: `var/<stage>-var.yml` of the checkout, or None when there is no such file.
    """

    name: str
    where: str
    client: Callable[[str], Any]
    variables: Path | None

    def published(self, service: str, name: str) -> str:
        """Return the value that the platform publishes as `name` for the service `amplify-<DEP_NAME>-<service>`."""
        dep_name = _plain(self.variables, "DEP_NAME") if self.variables else None
        if dep_name is None:
            raise CliError(
                f"{self.variables} has no DEP_NAME that is plain text.", "Add it, or name the table with --table."
            )
        path = f"/amplify/{self.name}/amplify-{dep_name}-{service}/{name}"
        ssm = self.client("ssm")
        try:
            return str(ssm.get_parameter(Name=path)["Parameter"]["Value"])
        except ssm.exceptions.ParameterNotFound:
            raise FindingError(
                f"The parameter {path} is missing in {self.where}. {checkout.PLATFORM} creates it.",
                f"Deploy {checkout.PLATFORM} there, or name the table with --table.",
            ) from None


def reach(folder: Path | None, name: str, *, needs_variables: bool, region: str | None = None) -> Stage:
    """Return the stage called `name`.

    Args:
        folder: The checkout, or a folder in it. None means the current folder.
        name: `local` means the local AWS of the checkout. Any other stage is called with the user's AWS credentials.
        needs_variables: Whether the stage must have a file in `var/`. The stage `local` always needs the checkout.
        region: The region of a deployed stage. Default: DEP_REGION of the stage, then the region of the user's profile.
    """
    if name == checkout.STAGE:
        local_aws = open_local_aws(folder)
        return Stage(name, "the local AWS", local_aws.client, local_aws.project.variables)
    import boto3  # slow to import
    from botocore.config import Config

    variables = _variables(folder, name, needed=needs_variables)
    session = boto3.session.Session(region_name=region or (_plain(variables, "DEP_REGION") if variables else None))
    config = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 3})
    where = f"stage {name} ({session.region_name or 'no region'})"
    return Stage(name, where, lambda service: session.client(service, config=config), variables)


@contextmanager
def aws_errors_as_sentences(stage: str) -> Iterator[list[str]]:
    """Turn an AWS error in the `with` block into a `CliError`.

    The block may append to the yielded list. The error names the last member of the list as the place of the failure.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # slow to import

    where = ["the local AWS" if stage == checkout.STAGE else f"stage {stage}"]
    try:
        yield where
    except (BotoCoreError, ClientError) as error:
        raise refusal(error, where[-1], stage) from None


def refusal(error: Exception, where: str, stage: str) -> CliError:
    """Return the message for an error of boto3."""
    return CliError(f"AWS refused ({where}): {error}", _help_for(error, stage))


def _help_for(error: Exception, stage: str) -> str:
    code = error_code(error)
    if code == "ResourceNotFoundException":
        return "Name an existing table with --table, or omit --table."
    if code in ACCESS_DENIED:
        return "Use credentials that allow this operation."
    if stage == checkout.STAGE:
        return "Run `pycommon local status`."
    return "Check that your credentials and region belong to this stage: `aws sts get-caller-identity`."


def _variables(folder: Path | None, stage: str, *, needed: bool) -> Path | None:
    """Return `var/<stage>-var.yml` of the checkout. Return None when the file is missing and not needed."""
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
        raise CliError(f"There is no stage {stage!r}: {file} is missing.", f"Known stages: {known or 'none'}.")
    return None


def _plain(variables: Path, name: str) -> str | None:
    """Return a value from the stage's file `variables`.

    Return None when the value is missing, or contains a variable that only the Serverless Framework (osls) resolves.
    """
    value = variable(variables, name)
    return None if value is None or "${" in value else value
