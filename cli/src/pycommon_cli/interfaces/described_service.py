"""A service folder described by a child process that imports its modules, as Lambda's runtime would."""

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

_PATIENCE_S = 60.0
_REGION = "us-east-1"
_LAST_LINES = 5


@dataclass(frozen=True, slots=True)
class Description:
    """A face of a service: the document or the list, and what it does not say."""

    result: Any
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DescribedService:
    """A service folder at one stage."""

    folder: Path
    stage: str

    def openapi(self, servers: tuple[str, ...] = ()) -> Description:
        """Its OpenAPI document."""
        events = [asdict(event) for event in http_events(self._file())]
        title = self._file().value("service")
        found = self._ask("openapi", events=events, servers=servers, title=self.folder.name if "${" in title else title)
        if not found.result["paths"]:
            raise FindingError(
                f"{self.folder} offers nothing: no operation under @api_tool, and no endpoint under @validated."
            )
        return found

    def tools(self, form: str) -> Description:
        """Its operations as tools of OpenAI, Anthropic or MCP."""
        found = self._ask("tools", format=form)
        if not found.result and not found.notes:
            raise FindingError(f"{self.folder} has no operation under @api_tool.")
        return found

    def mcp_path(self) -> str:
        """The path of its MCP endpoint: that of an HTTP event of a function called so, or of a path that ends so."""
        for event in http_events(self._file()):
            if event.path.endswith("/mcp") or event.handler.endswith("mcp_endpoint"):
                return event.path
        raise FindingError(
            f"{self.folder}/serverless.yml has no event for MCP.",
            "Add a function with `pycommon.interfaces.mcp.mcp_endpoint` as its handler; docs/interfaces.md shows it.",
        )

    def _file(self) -> ServerlessFile:
        return ServerlessFile(self.folder / "serverless.yml", self.stage)

    def _ask(self, face: str, **further: Any) -> Description:
        file = self._file()
        modules = list(dict.fromkeys(handler_module(handler) for handler in handlers(file)))
        request = {"folder": str(self.folder), "modules": modules, "face": face, **further}
        answer = _asked(request, self.folder, self._environment(file))
        if "error" in answer:
            raise FindingError(answer["error"], answer["help"])
        return Description(answer["result"], tuple(answer["notes"]))

    def _environment(self, file: ServerlessFile) -> dict[str, str]:
        """That of the function as far as files tell; nothing with which AWS could be reached.

        A variable that only a deployment resolves has its own text, `${ssm:...}`: a module may read it at import.
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


def _asked(request: dict[str, Any], folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as temporary:
        asked, answered = Path(temporary, "request.json"), Path(temporary, "answer.json")
        asked.write_text(json.dumps(request))
        command = [sys.executable, "-m", "pycommon_cli.interfaces.description_process", str(asked), str(answered)]
        try:
            ran = subprocess.run(  # noqa: S603 - this very Python, on a folder that its owner names
                command, cwd=folder, env=environment, capture_output=True, text=True, timeout=_PATIENCE_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise CliError(
                f"Importing the modules of {folder} took longer than {_PATIENCE_S:.0f} s.", "What do they do at import?"
            ) from None
        if not answered.exists():
            said = "\n".join(ran.stderr.strip().splitlines()[-_LAST_LINES:])
            raise CliError(f"The modules of {folder} ended the process that imported them ({ran.returncode}).", said)
        found: dict[str, Any] = json.loads(answered.read_text())
        return found
