"""Describe a service folder: its OpenAPI document, and its operations as tools.

A child process imports the modules of the service, as the Lambda runtime does.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pycommon_cli.cli_error import CliError, FindingError
from pycommon_cli.interfaces.service_http_events import handler_module, handlers, http_events
from pycommon_cli.local.serverless_file import ServerlessFile

_TIMEOUT_S = 60.0
_REGION = "us-east-1"
_LAST_LINES = 5


@dataclass(frozen=True, slots=True)
class Description:
    """An OpenAPI document or a list of tools, with notes about missing parts."""

    result: Any
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DescribedService:
    """A service folder whose serverless.yml is read for one stage."""

    folder: Path
    stage: str

    def openapi(self, servers: tuple[str, ...] = ()) -> Description:
        """Return the OpenAPI document of the service."""
        events = [asdict(event) for event in http_events(self._file())]
        title = self._file().value("service")
        found = self._ask("openapi", events=events, servers=servers, title=self.folder.name if "${" in title else title)
        if not found.result["paths"]:
            raise FindingError(
                f"{self.folder} offers nothing: it has no operation with @api_tool, and no endpoint with @validated."
            )
        return found

    def tools(self, form: str) -> Description:
        """Return the operations of the service as tools for OpenAI, Anthropic or MCP."""
        found = self._ask("tools", format=form)
        if not found.result and not found.notes:
            raise FindingError(f"{self.folder} has no operation with @api_tool.")
        return found

    def mcp_path(self) -> str:
        """Return the path of the MCP endpoint.

        The endpoint is the HTTP event whose handler is `mcp_endpoint`, or whose path ends in /mcp.
        """
        for event in http_events(self._file()):
            if event.path.endswith("/mcp") or event.handler.endswith("mcp_endpoint"):
                return event.path
        raise FindingError(
            f"{self.folder}/serverless.yml has no HTTP event for an MCP endpoint.",
            "Add a function with the handler `pycommon.interfaces.mcp.mcp_endpoint`. See docs/interfaces.md.",
        )

    def _file(self) -> ServerlessFile:
        return ServerlessFile(self.folder / "serverless.yml", self.stage)

    def _ask(self, interface: str, **further: Any) -> Description:
        file = self._file()
        modules = list(dict.fromkeys(handler_module(handler) for handler in handlers(file)))
        request = {"folder": str(self.folder), "modules": modules, "interface": interface, **further}
        answer = _ask_process(request, self.folder, self._environment(file))
        if "error" in answer:
            raise FindingError(answer["error"], answer["help"])
        return Description(answer["result"], tuple(answer["notes"]))

    def _environment(self, file: ServerlessFile) -> dict[str, str]:
        """Return the environment variables of the functions that files contain, without any AWS credentials.

        If only a deployment can resolve a variable, its value is the text `${ssm:...}`. A module may read the variable
        at import, so that the variable must exist.
        """
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        variables = file.at("provider.environment")
        region = file.value("provider.region")
        return {
            **own,
            **{
                str(name): _text(file.resolved(value))
                for name, value in (variables.items() if isinstance(variables, dict) else ())
            },
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_REGION": region or _REGION,
            "AWS_DEFAULT_REGION": region or _REGION,
            "PYTHONDONTWRITEBYTECODE": "1",
        }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _ask_process(request: dict[str, Any], folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as temporary:
        request_file, answer_file = Path(temporary, "request.json"), Path(temporary, "answer.json")
        request_file.write_text(json.dumps(request))
        command = [
            sys.executable,
            "-m",
            "pycommon_cli.interfaces.description_process",
            str(request_file),
            str(answer_file),
        ]
        try:
            ran = subprocess.run(  # noqa: S603 - our own arguments
                command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise CliError(
                f"Importing the modules of {folder} took longer than {_TIMEOUT_S:.0f} s.",
                "Move slow work out of the import.",
            ) from None
        if not answer_file.exists():
            said = "\n".join(ran.stderr.strip().splitlines()[-_LAST_LINES:])
            raise CliError(f"The modules of {folder} ended the process that imported them ({ran.returncode}).", said)
        found: dict[str, Any] = json.loads(answer_file.read_text())
        return found
