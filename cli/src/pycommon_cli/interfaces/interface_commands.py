"""`pycommon openapi`, `tools`, `mcp` and `local docs`: the arguments and the printing."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pycommon_cli.cli_error import CliError, FindingError
from pycommon_cli.local.local_commands import app as local
from pycommon_cli.terminal import Terminal, print_json, print_line

if TYPE_CHECKING:
    from pycommon_cli.interfaces.described_service import DescribedService, Description
    from pycommon_cli.interfaces.mcp_stdio import Post

app = typer.Typer()

_TOKEN_VARIABLE = "PYCOMMON_MCP_TOKEN"  # noqa: S105 - the name of a variable


class Syntax(StrEnum):
    """How a document is written."""

    JSON = "json"
    YAML = "yaml"


class InterfaceFormat(StrEnum):
    """Whose tools."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    MCP = "mcp"


ServiceArgument = Annotated[str, typer.Argument(help="A service folder, such as amplify-lambda-python-base.")]
ProjectOption = Annotated[
    Path | None, typer.Option("--project", metavar="FOLDER", help="The checkout; default: the one around this folder.")
]
StageOption = Annotated[str, typer.Option("--stage", help="By whose variables serverless.yml is read.")]


@app.command()
def openapi(
    service: ServiceArgument,
    project: ProjectOption = None,
    stage: StageOption = "local",
    server: Annotated[
        list[str] | None, typer.Option("--server", metavar="URL", help="Where its paths lie; repeat for more.")
    ] = None,
    syntax: Annotated[Syntax, typer.Option("--format", help="How to write it.")] = Syntax.JSON,
) -> None:
    """Print the OpenAPI 3.1 document of a service. Its modules are imported, without AWS credentials."""
    described = _service(service, project, stage).openapi(tuple(server or ()))
    if syntax is Syntax.YAML:
        import yaml  # `--help` does not need it

        print_line(yaml.safe_dump(described.result, sort_keys=False, allow_unicode=True).rstrip())
    else:
        print_json(described.result)
    _print_notes(described)


@app.command()
def tools(
    service: ServiceArgument,
    form: Annotated[InterfaceFormat, typer.Option("--for", help="Whose form.")],
    project: ProjectOption = None,
    stage: StageOption = "local",
) -> None:
    """Print the operations of a service as tools. Its modules are imported, without AWS credentials."""
    described = _service(service, project, stage).tools(form.value)
    print_json(described.result)
    _print_notes(described)


@app.command()
def mcp(  # noqa: PLR0913, PLR0917 (each is an option of the command)
    service: Annotated[
        str | None, typer.Argument(help="A service folder with an MCP endpoint, deployed to the local AWS.")
    ] = None,
    project: ProjectOption = None,
    stage: StageOption = "local",
    user: Annotated[str, typer.Option("--user", help="Who calls, at the local AWS; made where there is none.")] = (
        "developer"
    ),
    url: Annotated[str | None, typer.Option("--url", help="An MCP endpoint anywhere, in place of SERVICE.")] = None,
    token_variable: Annotated[
        str, typer.Option("--token-variable", metavar="NAME", help="Where the token or API key for --url is.")
    ] = _TOKEN_VARIABLE,
) -> None:
    """Speak MCP over standard input and output, and pass each message on to a service's endpoint.

    For programs on a desk that start MCP servers as commands. Calls are checked and metered there, as any others.
    """
    from pycommon_cli.interfaces.mcp_stdio import StdioProxy  # `--help` does not need it

    if (service is None) == (url is None):
        raise CliError("Either a SERVICE or --url is needed.", "Run `pycommon mcp --help`.")
    post = _by_token(url, token_variable) if url else _by_user(str(service), project, stage, user)
    StdioProxy(post, sys.stdout).serve(sys.stdin)


@local.command()
def docs(
    service: Annotated[
        str | None, typer.Argument(help="Only this service folder; default: each that offers something.")
    ] = None,
    project: ProjectOption = None,
    port: Annotated[int, typer.Option(help="Serve on this port; default: a free one.")] = 0,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,  # noqa: FBT002
) -> None:
    """Serve a page that shows what the services offer and tries it out. Ctrl-C ends it."""
    from pycommon_cli.interfaces.docs_server import DocsServer  # `--help` needs none of them
    from pycommon_cli.local.local_aws import LocalAws
    from pycommon_cli.local.project_folders import find_project_root

    root = find_project_root(project or Path.cwd())
    stack = LocalAws(root)
    stack.endpoint  # noqa: B018 - says so at once where it does not run
    found = [_service(service, project, "local")] if service else _with_http(root)
    server = DocsServer(stack, {each.folder.name: each for each in found}, port)
    print_line(f"Services at {server.url} (Ctrl-C ends it)")
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
    from pycommon_cli.interfaces.described_service import DescribedService  # `--help` needs none of them
    from pycommon_cli.local.project_folders import Project, find_project_root

    here = Path(name).resolve()
    root = find_project_root(project or (here if (here / "serverless.yml").is_file() else Path.cwd()))
    for folder in ((root / name).resolve(), here):
        if (folder / "serverless.yml").is_file():
            return DescribedService(folder, stage)
    raise FindingError(f"No service folder {name!r} in {root}: there are {', '.join(Project(root).service_folders())}.")


def _with_http(root: Path) -> "list[DescribedService]":
    from pycommon_cli.interfaces.described_service import DescribedService
    from pycommon_cli.interfaces.service_http_events import http_events
    from pycommon_cli.local.project_folders import Project
    from pycommon_cli.local.serverless_file import ServerlessFile

    folders = [root / name for name in Project(root).service_folders()]
    return [DescribedService(each, "local") for each in folders if http_events(ServerlessFile(each / "serverless.yml"))]


def _by_user(service: str, project: Path | None, stage: str, user: str) -> "Post":
    from pycommon_cli.interfaces.mcp_callers import LocalCaller
    from pycommon_cli.local.local_aws import LocalAws
    from pycommon_cli.local.project_folders import STAGE, find_project_root

    if stage != STAGE:
        raise CliError(
            f"At stage {stage} nobody can be signed in from here.", f"Use --url, with a token in {_TOKEN_VARIABLE}."
        )
    found = _service(service, project, stage)
    stack = LocalAws(find_project_root(found.folder))
    stack.endpoint  # noqa: B018 - says so at once where it does not run
    return LocalCaller(stack, found.mcp_path(), user).post


def _by_token(url: str, variable: str) -> "Post":
    from pycommon_cli.interfaces.mcp_callers import TokenCaller

    token = os.environ.get(variable)
    if not token:
        raise CliError(f"{variable} is not set.", "Put the caller's token or API key there.")
    return TokenCaller(url, token).post


def _print_notes(described: "Description") -> None:
    if described.notes:
        terminal = Terminal()
        for note in described.notes:
            terminal.note(note)
