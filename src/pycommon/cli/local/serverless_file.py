"""The few facts of a serverless.yml that are needed before anything is deployed: chiefly the name of its stack.

osls could print them, but takes over a second and wants every `${ssm:...}` answered; this reads what stands in files.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from pycommon.cli.errors import CliError
from pycommon.cli.local.project import STAGE

_INNERMOST = re.compile(r"\$\{([^${}]+)\}")
_FILE = re.compile(r"file\((?P<path>[^)]+)\)(?::(?P<key>[\w.]+))?")
_DEPTH = 20


class _Loader(yaml.SafeLoader):
    """Reads past CloudFormation's tags (!Sub, !GetAtt): their values are not looked at here."""


_Loader.add_multi_constructor("!", lambda _loader, _suffix, _node: None)


def stack_name(service_folder: Path) -> str:
    """The name of the CloudFormation stack of the service folder at the stage `local`."""
    file = ServerlessFile(service_folder / "serverless.yml")
    return file.value("provider.stackName") or f"{file.service()}-{STAGE}"


class ServerlessFile:
    """A serverless.yml with its variables resolved as far as files tell."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._document = _read(path)

    def service(self) -> str:
        """The service's name."""
        name = self.value("service")
        if not name or "${" in name:
            raise CliError(
                f"The name of the service in {self._path} could not be resolved: {name!r}.",
                "Build it of text and of ${self:...}, ${sls:stage} and ${file(...)} variables.",
            )
        return name

    def value(self, dotted: str) -> str:
        """The text at a dotted path, empty when there is none."""
        found = self._at(dotted, _DEPTH)
        return found if isinstance(found, str) else ""

    def _at(self, dotted: str, depth: int) -> Any:
        current: Any = self._document
        for key in dotted.split("."):
            current = current.get(key) if isinstance(current, dict) else None
            current = self._resolve(current, depth)
        return current

    def _resolve(self, value: Any, depth: int) -> Any:
        while isinstance(value, str) and depth > 0 and (match := _INNERMOST.search(value)):
            depth -= 1
            replacement = self._expression(match[1].strip(), depth)
            if match[0] == value:
                value = replacement
                continue
            if not isinstance(replacement, str | int | float):
                return value
            value = value.replace(match[0], str(replacement))
        return value

    def _expression(self, expression: str, depth: int) -> Any:
        if expression.startswith("self:"):
            return self._at(expression.removeprefix("self:"), depth)
        if expression in ("sls:stage", "opt:stage") or expression.startswith("opt:stage,"):
            return STAGE
        if match := _FILE.fullmatch(expression):
            document: Any = _read(self._path.parent / match["path"])
            for key in (match["key"] or "").split("."):
                document = document.get(key) if key and isinstance(document, dict) else document
            return document
        return None


def _read(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(), _Loader)  # noqa: S506 (a SafeLoader)
    except OSError as error:
        raise CliError(f"{path} could not be read: {error.strerror}.") from None
    except yaml.MarkedYAMLError as error:
        line = f" line {error.problem_mark.line + 1}:" if error.problem_mark else ""
        raise CliError(f"{path} is no YAML:{line} {error.problem}.") from None


def variable(path: Path, name: str) -> str | None:
    """A value of a stage's variables, None when file or value is missing."""
    document = _read(path) if path.is_file() else None
    value = document.get(name) if isinstance(document, dict) else None
    return str(value) if value is not None else None
