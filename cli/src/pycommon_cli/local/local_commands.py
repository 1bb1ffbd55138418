"""Declare the commands `pycommon local ...`: their arguments and their output. `local_aws` does the work."""

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pycommon_cli import terminal
from pycommon_cli.cli_error import CliError
from pycommon_cli.local.checkout_local_aws import open_local_aws
from pycommon_cli.shared_options import FormatOption, ProjectOption, ServiceArgument, UserOption
from pycommon_cli.terminal import OutputFormat, print_json, print_line

if TYPE_CHECKING:
    from pycommon_cli.local.deployment_package import PackageSize
    from pycommon_cli.local.function_logs import LogEvent
    from pycommon_cli.local.local_aws_status import LocalAwsStatus
    from pycommon_cli.local.local_deploy import LocalDeployment
    from pycommon_cli.local.rest_api import RestResponse

app = typer.Typer(no_args_is_help=True, help="Run the services on a local AWS that enforces IAM.")

FAILING_STATUS = 400


@app.command()
def up(
    project: ProjectOption = None,
    port: Annotated[int | None, typer.Option(help="The port. Default: the last one, or a free one.")] = None,
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Start the local AWS and deploy every service whose sources changed."""
    local_aws = open_local_aws(project)
    deployments = local_aws.up(terminal.Terminal(), port)
    status = local_aws.status()
    if output is OutputFormat.JSON:
        print_json({**_status_fields(status), "deployments": [_deployment_fields(d) for d in deployments]})
        return
    _print_status(status)


@app.command()
def status(project: ProjectOption = None, output: FormatOption = OutputFormat.TEXT) -> None:
    """Show what runs, and which services changed since their deployment.

    Exit code 1 unless the local AWS runs and every stack is deployed.
    """
    found = open_local_aws(project).status()
    if output is OutputFormat.JSON:
        print_json(_status_fields(found))
    else:
        _print_status(found)
    if not found.well:
        raise typer.Exit(1)


@app.command()
def deploy(
    service: ServiceArgument,
    project: ProjectOption = None,
    full: Annotated[bool, typer.Option("--full", help="Deploy with osls, even if only code changed.")] = False,  # noqa: FBT002
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Deploy one service again. A change of Python files alone takes one or two seconds."""
    done = open_local_aws(project).deploy(service, terminal.Terminal(), full=full)
    if output is OutputFormat.JSON:
        print_json(_deployment_fields(done))
        return
    size = f", {_size(done.size)}" if done.size else ""
    print_line(f"{done.folder}: {done.how} in {done.seconds:.1f} s{size}")


@app.command()
def token(
    project: ProjectOption = None,
    user: UserOption = "developer",
    id_token: Annotated[bool, typer.Option("--id-token", help="Print the ID token instead.")] = False,  # noqa: FBT002
) -> None:
    """Sign a user in and print the access token."""
    tokens = open_local_aws(project).tokens(user)
    print_line(tokens.id if id_token else tokens.access)


@app.command()
def call(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    method: Annotated[str, typer.Argument(help="GET, POST, ...")],
    path: Annotated[str, typer.Argument(help="The path of the event, without the stage.")],
    project: ProjectOption = None,
    data: Annotated[str | None, typer.Option("--data", "-d", help="The JSON body, @FILE, or - for stdin.")] = None,
    user: UserOption = "developer",
    bearer: Annotated[str | None, typer.Option("--token", help="Send this token, and sign no user in.")] = None,
    no_token: Annotated[bool, typer.Option("--no-token", help="Send no token.")] = False,  # noqa: FBT002
    header: Annotated[
        list[str] | None, typer.Option("--header", "-H", metavar="NAME:VALUE", help="A header. Repeatable.")
    ] = None,
    include: Annotated[bool, typer.Option("--include", "-i", help="Also print the status and the headers.")] = False,  # noqa: FBT002
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Send a request to the REST API and print the response. Exit code 1 when its status is 400 or above."""
    headers = dict(_header(text) for text in header or [])
    body = _data(data)
    local_aws = open_local_aws(project)
    sent = None if no_token else bearer or local_aws.token(user)
    response = local_aws.call(method, path, data=body, token=sent, headers=headers)
    if output is OutputFormat.JSON:
        print_json({"status": response.status, "headers": response.headers, "body": _parsed(response.body)})
    else:
        _print_response(response, include=include)
    if response.status >= FAILING_STATUS:
        raise typer.Exit(1)


@app.command()
def logs(
    function: Annotated[str, typer.Argument(help="A function's name, or service:function.")],
    project: ProjectOption = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Keep printing new lines. Ctrl-C ends.")] = False,  # noqa: FBT002
    since: Annotated[str, typer.Option(help="How far back to read: 90s, 10m, 2h, 1d.")] = "1h",
    output: FormatOption = OutputFormat.TEXT,
) -> None:
    """Print the log of a function."""
    from pycommon_cli.local.function_logs import seconds  # not needed for `--help`

    begin = time.time() - seconds(since)
    local_aws = open_local_aws(project)
    if not follow:
        events = local_aws.logs(function, begin)
        if output is OutputFormat.JSON:
            print_json([_event_fields(event) for event in events])
            return
        for event in events:
            _print_event(event, OutputFormat.TEXT)
        return
    try:
        for event in local_aws.follow(function, begin):
            _print_event(event, output)
    except KeyboardInterrupt:
        return


@app.command()
def down(
    project: ProjectOption = None,
    wipe: Annotated[bool, typer.Option("--wipe", help="Also delete its state.")] = False,  # noqa: FBT002
) -> None:
    """Stop the local AWS, and keep its state."""
    if not open_local_aws(project).down(wipe=wipe, progress=terminal.Terminal()):
        print_line("The local AWS does not run.")


@app.command(context_settings={"allow_interspersed_args": False})
def run(
    command: Annotated[list[str], typer.Argument(help="The program and its arguments.")],
    project: ProjectOption = None,
) -> None:
    """Run a program against the local AWS: `pycommon local run -- aws s3 ls`."""
    environment = open_local_aws(project).environment()
    sys.stdout.flush()
    try:
        os.execvpe(command[0], command, environment)  # noqa: S606 (the user asks for this command)
    except OSError as error:
        raise CliError(
            f"{command[0]} could not be run: {error.strerror}.", "Check that it is installed and on PATH."
        ) from None


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise CliError(f"{text!r} is not a header.", "Write --header 'Name: value'.")
    return name.strip(), value.strip()


def _data(given: str | None) -> str | None:
    """Return the body unparsed: a user may want to see how a service answers bad JSON."""
    if given == "-":
        return sys.stdin.read()
    if given is None or not given.startswith("@"):
        return given
    try:
        return Path(given[1:]).read_text()
    except OSError as error:
        raise CliError(f"The body in {given[1:]} could not be read: {error.strerror}.") from None


def _parsed(body: str) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return body


def _print_response(response: "RestResponse", *, include: bool) -> None:
    if include:
        print_line(str(response.status))
        for name, value in response.headers.items():
            print_line(f"{name}: {value}")
        print_line()
    body = _parsed(response.body)
    if sys.stdout.isatty() and not isinstance(body, str):
        from rich.console import Console  # slow to import, and used on a terminal only

        Console().print_json(response.body)
    else:
        print_line(response.body)


def _print_event(event: "LogEvent", output: OutputFormat) -> None:
    if output is OutputFormat.JSON:
        print_line(json.dumps(_event_fields(event), ensure_ascii=False))
    else:
        print_line(f"{event.when.astimezone():%H:%M:%S.%f}"[:-3] + f" {event.message}")
    sys.stdout.flush()


def _event_fields(event: "LogEvent") -> dict[str, object]:
    return {"time": event.when.isoformat(), "message": event.message}


def _status_fields(status: "LocalAwsStatus") -> dict[str, object]:
    services = [
        {"folder": s.folder, "stack": s.stack, "status": s.status, "changed": s.changed} for s in status.services
    ]
    return {
        "running": status.running,
        "home": status.home,
        "pid": status.pid,
        "port": status.port,
        "endpoint": status.endpoint,
        "since": status.since.isoformat() if status.since else None,
        "memory_bytes": status.memory_bytes,
        "api_url": status.api_url,
        "services": services,
    }


def _print_status(status: "LocalAwsStatus") -> None:
    if not status.running:
        print_line("The local AWS does not run.")
        return
    memory = f"{(status.memory_bytes or 0) / 2**20:.0f} MiB"
    print_line(f"AWS   {status.endpoint}  (process {status.pid}, {memory})")
    print_line(f"API   {status.api_url or '(not deployed)'}")
    width = max((len(s.folder) for s in status.services), default=0)
    for service in status.services:
        changed = "  changed since its deployment" if service.status and service.changed else ""
        print_line(f"  {service.folder:{width}}  {service.status or 'not deployed'}{changed}")


def _deployment_fields(done: "LocalDeployment") -> dict[str, object]:
    return {
        "folder": done.folder,
        "stack": done.stack,
        "how": done.how.value,
        "seconds": round(done.seconds, 3),
        "zipped_bytes": done.size.zipped if done.size else None,
        "unzipped_bytes": done.size.unzipped if done.size else None,
    }


def _size(size: "PackageSize") -> str:
    return f"package {_bytes(size.zipped)} zipped, {_bytes(size.unzipped)} unzipped"


def _bytes(count: int) -> str:
    return f"{count / 2**20:.1f} MiB" if count >= 2**20 else f"{count / 2**10:.1f} KiB"
