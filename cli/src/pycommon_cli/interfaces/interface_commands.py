"""Declare the commands `pycommon openapi`, `tools`, `mcp` and `local docs`: their arguments and their output."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pycommon_cli.cli_error import CliError, FindingError
from pycommon_cli.local.checkout_local_aws import open_local_aws
from pycommon_cli.shared_options import FORMAT, ProjectOption, ReadStageOption, ServiceArgument, UserOption
from pycommon_cli.terminal import Terminal, print_json, print_line

if TYPE_CHECKING:
    from pycommon_cli.interfaces.described_service import DescribedService, Description
    from pycommon_cli.interfaces.mcp_stdio import Post
    from pycommon_cli.local.project_folders import Project

app = typer.Typer()

_TOKEN_VARIABLE = "PYCOMMON_MCP_TOKEN"  # noqa: S105 - the name of a variable


class DocumentSyntax(StrEnum):
    """The formats of a document."""

    JSON = "json"
    YAML = "yaml"


class ToolFormat(StrEnum):
    """The formats of tools."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    MCP = "mcp"


@app.command()
def openapi(
    service: ServiceArgument,
    project: ProjectOption = None,
    stage: ReadStageOption = "local",
    server: Annotated[
        list[str] | None, typer.Option("--server", metavar="URL", help="The base URL of the paths. Repeatable.")
    ] = None,
    syntax: Annotated[DocumentSyntax, FORMAT] = DocumentSyntax.JSON,
) -> None:
    """Print the OpenAPI 3.1 document of a service. This imports the modules of the service, without AWS credentials."""
    described = _service(service, project, stage).openapi(tuple(server or ()))
    if syntax is DocumentSyntax.YAML:
        import yaml  # not needed for `--help`

        print_line(yaml.safe_dump(described.result, sort_keys=False, allow_unicode=True).rstrip())
    else:
        print_json(described.result)
    _print_notes(described)


@app.command()
def tools(
    service: ServiceArgument,
    form: Annotated[ToolFormat, typer.Option("--for", help="The format of the tools.")],
    project: ProjectOption = None,
    stage: ReadStageOption = "local",
) -> None:
    """Print the operations of a service as tools. This imports the modules of the service, without AWS credentials."""
    described = _service(service, project, stage).tools(form.value)
    print_json(described.result)
    _print_notes(described)


@app.command()
def mcp(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    service: Annotated[
        str | None, typer.Argument(help="A service folder with an MCP endpoint. It must be deployed to the local AWS.")
    ] = None,
    project: ProjectOption = None,
    stage: ReadStageOption = "local",
    user: UserOption = "developer",
    url: Annotated[str | None, typer.Option("--url", help="The URL of an MCP endpoint, in place of SERVICE.")] = None,
    token_variable: Annotated[
        str,
        typer.Option(
            "--token-variable", metavar="NAME", help="The environment variable with the token or API key for --url."
        ),
    ] = _TOKEN_VARIABLE,
) -> None:
    """Connect an MCP client to a service: pass each message from stdin to the MCP endpoint, and print the response.

    Use this command in programs that start MCP servers as commands. The endpoint checks and meters each call.
    """
    from pycommon_cli.interfaces.mcp_stdio import StdioProxy  # not needed for `--help`

    if (service is None) == (url is None):
        raise CliError("Give either a SERVICE or --url.", "See `pycommon mcp --help`.")
    post = _by_token(url, token_variable) if url else _by_user(str(service), project, stage, user)
    StdioProxy(post, sys.stdout).serve(sys.stdin)


def docs(
    service: Annotated[
        str | None, typer.Argument(help="A service folder. Default: every service with an HTTP event.")
    ] = None,
    project: ProjectOption = None,
    port: Annotated[int, typer.Option(help="The port. 0 means a free port.")] = 0,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,  # noqa: FBT002
) -> None:
    """Serve a page that documents the services and sends requests to them. Ctrl-C ends."""
    from pycommon_cli.interfaces.docs_server import DocsServer  # not needed for `--help`

    local_aws = open_local_aws(project)
    local_aws.endpoint  # noqa: B018 - raises when the local AWS does not run
    found = [_service(service, project, "local")] if service else _with_http(local_aws.project)
    server = DocsServer(local_aws, {each.folder.name: each for each in found}, port)
    print_line(f"Services at {server.url} (Ctrl-C ends)")
    sys.stdout.flush()
    if open_:
        import webbrowser

        webbrowser.open(server.url)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return
    finally:
        server.server_close()


def _service(name: str, project: Path | None, stage: str) -> "DescribedService":
    from pycommon_cli.interfaces.described_service import DescribedService  # not needed for `--help`
    from pycommon_cli.local.project_folders import Project, find_project_root

    here = Path(name).resolve()
    root = find_project_root(project or (here if (here / "serverless.yml").is_file() else Path.cwd()))
    for folder in ((root / name).resolve(), here):
        if (folder / "serverless.yml").is_file():
            return DescribedService(folder, stage)
    raise FindingError(
        f"There is no service folder {name!r} in {root}. Known folders: {', '.join(Project(root).service_folders())}."
    )


def _with_http(project: "Project") -> "list[DescribedService]":
    from pycommon_cli.interfaces.described_service import DescribedService
    from pycommon_cli.interfaces.service_http_events import http_events
    from pycommon_cli.local.serverless_file import ServerlessFile

    folders = [project.root / name for name in project.service_folders()]
    return [DescribedService(each, "local") for each in folders if http_events(ServerlessFile(each / "serverless.yml"))]


def _by_user(service: str, project: Path | None, stage: str, user: str) -> "Post":
    from pycommon_cli.interfaces.mcp_callers import LocalCaller
    from pycommon_cli.local.project_folders import STAGE

    if stage != STAGE:
        raise CliError(
            f"This command can sign a user in at the stage {STAGE} only, not at the stage {stage}.",
            f"Use --url, with a token in {_TOKEN_VARIABLE}.",
        )
    found = _service(service, project, stage)
    local_aws = open_local_aws(found.folder)
    local_aws.endpoint  # noqa: B018 - raises when the local AWS does not run
    return LocalCaller(local_aws, found.mcp_path(), user).post


def _by_token(url: str, variable: str) -> "Post":
    from pycommon_cli.interfaces.mcp_callers import TokenCaller

    token = os.environ.get(variable)
    if not token:
        raise CliError(f"{variable} is not set.", "Set it to a token or an API key.")
    return TokenCaller(url, token).post


def _print_notes(described: "Description") -> None:
    if described.notes:
        terminal = Terminal()
        for note in described.notes:
            terminal.note(note)
