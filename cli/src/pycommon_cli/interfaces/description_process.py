"""Import the modules of a service and describe them. `described_service` runs this program in a separate process.

    python -m pycommon_cli.interfaces.description_process REQUEST ANSWER

REQUEST and ANSWER are JSON files. A module may print text at import, and the text does not damage the answer.
"""

import importlib
import json
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Answer = dict[str, Any]


def describe(request: Mapping[str, Any]) -> Answer:
    """Import the modules of `request`, and return the requested document or an error."""
    sys.path.insert(0, request["folder"])
    for module in request["modules"]:
        try:
            importlib.import_module(module)
        except BaseException as error:  # noqa: BLE001 - a module may raise anything, also SystemExit
            return _failed(module, error, Path(request["folder"]))
    from pycommon.exceptions import PyCommonError

    try:
        return _INTERFACES[request["interface"]](request)
    except PyCommonError as error:
        return {"error": f"{error}.", "help": ""}


def _openapi(request: Mapping[str, Any]) -> Answer:
    from pycommon.api.ops import registry
    from pycommon.interfaces.guarded_endpoints import HttpEvent, guarded_endpoints
    from pycommon.interfaces.openapi import openapi_document

    events = [HttpEvent(**each) for each in request["events"]]
    endpoints, notes = guarded_endpoints(events)
    made = openapi_document(
        registry.operations(), endpoints, title=request["title"], servers=request["servers"], events=events
    )
    return {"result": made.document, "notes": [str(note) for note in (*notes, *made.notes)]}


def _tools(request: Mapping[str, Any]) -> Answer:
    from pycommon.api.ops import registry
    from pycommon.interfaces import tools

    make = {"openai": tools.openai_tools, "anthropic": tools.anthropic_tools, "mcp": tools.mcp_tools}[request["format"]]
    made = make(registry.operations())
    return {"result": made.tools, "notes": [str(note) for note in made.notes]}


_INTERFACES: Mapping[str, Callable[[Mapping[str, Any]], Answer]] = {"openapi": _openapi, "tools": _tools}


def _failed(module: str, error: BaseException, folder: Path) -> Answer:
    where = f"The module {module} of {folder.name} cannot be imported"
    if isinstance(error, ModuleNotFoundError):
        return {
            "error": f"{where}: there is no module {error.name}{_place(error, folder)}.",
            "help": f"Install the packages of {folder.name}/requirements.txt for this Python ({sys.executable}).",
        }
    text = error.msg if isinstance(error, SyntaxError) else str(error).partition("\n")[0]
    return {"error": f"{where}: {type(error).__name__}: {text}{_place(error, folder)}.", "help": ""}


def _place(error: BaseException, folder: Path) -> str:
    """Return the file and the line of the innermost traceback entry that is in the service's code."""
    if isinstance(error, SyntaxError) and error.filename:
        return f" ({_short(error.filename, folder)}:{error.lineno})"
    own = [each for each in traceback.extract_tb(error.__traceback__) if Path(each.filename).is_relative_to(folder)]
    return f" ({_short(own[-1].filename, folder)}:{own[-1].lineno})" if own else ""


def _short(filename: str, folder: Path) -> str:
    path = Path(filename)
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def main() -> None:
    """Read the request file, and write the answer file."""
    request, answer = map(Path, sys.argv[1:])
    answer.write_text(json.dumps(describe(json.loads(request.read_text()))))


if __name__ == "__main__":
    main()
