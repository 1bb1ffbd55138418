"""A stage as the commands reach it: its AWS, and the names that the platform publishes there."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pycommon.dal.providers.aws.clients import ACCESS_DENIED, error_code
from pycommon_cli.cli_error import CliError, FindingError
from pycommon_cli.local import project_folders as checkout
from pycommon_cli.local.serverless_file import variable


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage.

    Attributes:
        name: `local`, or a deployed stage.
        where: the AWS in which it lies, in words.
        client: `client(service)` is a boto3 client for it.
        variables: `var/<stage>-var.yml` of the checkout; None where there is none.
    """

    name: str
    where: str
    client: Callable[[str], Any]
    variables: Path | None

    def published(self, service: str, name: str) -> str:
        """The value that the platform publishes as `name` for the service `amplify-<DEP_NAME>-<service>`."""
        dep_name = _plain(self.variables, "DEP_NAME") if self.variables else None
        if dep_name is None:
            raise CliError(
                f"{self.variables} gives no plain DEP_NAME.", "Write it there, or name the table with --table."
            )
        path = f"/amplify/{self.name}/amplify-{dep_name}-{service}/{name}"
        ssm = self.client("ssm")
        try:
            return str(ssm.get_parameter(Name=path)["Parameter"]["Value"])
        except ssm.exceptions.ParameterNotFound:
            raise FindingError(
                f"The parameter {path}, which {checkout.PLATFORM} makes, is not in {self.where}.",
                f"Deploy {checkout.PLATFORM} there, or name the table with --table.",
            ) from None


def reach(folder: Path | None, name: str, *, needs_variables: bool, region: str | None = None) -> Stage:
    """The stage called `name`.

    Args:
        folder: The checkout, or a folder in it; None: the current one.
        name: `local` is the local AWS of the checkout. Any other is reached with the caller's own AWS settings.
        needs_variables: Whether a stage that the checkout does not know is an error. The local one always needs it.
        region: Of a deployed stage; default: the stage's DEP_REGION, else what the caller's profile prefers.
    """
    if name == checkout.STAGE:
        from pycommon_cli.local.local_aws import LocalAws  # wants the extra `local`, which real stages do without

        stack = LocalAws(checkout.find_project_root(folder or Path.cwd()))
        return Stage(name, "the local AWS", stack.client, stack.project.variables)
    import boto3  # slow, and the local AWS brings its own
    from botocore.config import Config

    variables = _variables(folder, name, needed=needs_variables)
    session = boto3.session.Session(region_name=region or (_plain(variables, "DEP_REGION") if variables else None))
    config = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 3})
    where = f"stage {name} ({session.region_name or 'no region'})"
    return Stage(name, where, lambda service: session.client(service, config=config), variables)


@contextmanager
def aws_errors_as_sentences(stage: str) -> Iterator[list[str]]:
    """Within, what AWS refuses becomes a sentence. Yields a list; its last member says where that was."""
    from botocore.exceptions import BotoCoreError, ClientError  # slow, and `--help` needs none of it

    where = ["the local AWS" if stage == checkout.STAGE else f"stage {stage}"]
    try:
        yield where
    except (BotoCoreError, ClientError) as error:
        raise refusal(error, where[-1], stage) from None


def refusal(error: Exception, where: str, stage: str) -> CliError:
    """What an error of boto3 means for who called the command."""
    return CliError(f"AWS refused ({where}): {error}", _mend(error, stage))


def _mend(error: Exception, stage: str) -> str:
    code = error_code(error)
    if code == "ResourceNotFoundException":
        return "Give --table the name of a table that is there, or leave it out."
    if code in ACCESS_DENIED:
        return "Take credentials that may do what the sentence names."
    if stage == checkout.STAGE:
        return "See what `pycommon local status` says."
    return "Are your credentials and region those of the stage? Try `aws sts get-caller-identity`."


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


def _plain(variables: Path, name: str) -> str | None:
    """A plain value of the stage; one that osls would have to resolve counts as none."""
    value = variable(variables, name)
    return None if value is None or "${" in value else value
