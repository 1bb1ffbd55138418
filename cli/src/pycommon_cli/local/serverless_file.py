"""Read values of a serverless.yml at one stage, such as the name of its stack. Resolve the variables in files.

The Serverless Framework (osls) could print the values. But it takes more than a second, and needs a value for every
`${ssm:...}`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pycommon_cli.cli_error import CliError
from pycommon_cli.local.project_folders import STAGE

_INNERMOST = re.compile(r"\$\{([^${}]+)\}")
_FILE = re.compile(r"file\((?P<path>[^)]+)\)(?::(?P<key>[\w.]+))?")
_SOURCE = re.compile(r"""((?:'[^']*'|"[^"]*"|\([^)]*\)|[^,'"(])+)""")
_LITERAL = re.compile(r"""'([^']*)'|"([^"]*)"|(true|false|-?\d+(?:\.\d+)?)|null""")
_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Intrinsic:
    """A value with a CloudFormation tag (!Ref, !Sub), which is known only after deployment.

    `text` is the tagged text. If the tagged value is a list or a mapping, `text` is empty.
    """

    text: str


class _Loader(yaml.SafeLoader):
    """A YAML loader that accepts the tags of CloudFormation (!Sub, !GetAtt)."""


_Loader.add_multi_constructor(
    "!", lambda _loader, _suffix, node: Intrinsic(node.value if isinstance(node, yaml.ScalarNode) else "")
)


def stack_name(service_folder: Path) -> str:
    """Return the name of the CloudFormation stack of a service folder at the stage `local`."""
    file = ServerlessFile(service_folder / "serverless.yml")
    return file.value("provider.stackName") or f"{file.service()}-{STAGE}"


class ServerlessFile:
    """A serverless.yml at one stage. Variables are resolved if files contain their values."""

    def __init__(self, path: Path, stage: str = STAGE) -> None:
        self._path = path
        self._stage = stage
        self._document = _read(path)

    def functions(self) -> dict[str, dict[str, Any]]:
        """Return the functions by their keys. osls also accepts a list of parts, and this method merges such a list."""
        found = self.at("functions")
        parts = found if isinstance(found, list) else [found]
        merged: dict[str, Any] = {}
        for part in map(self.resolved, parts):
            merged |= part if isinstance(part, dict) else {}
        resolved = {str(key): self.resolved(value) for key, value in merged.items()}
        return {key: value for key, value in resolved.items() if isinstance(value, dict)}

    def service(self) -> str:
        """Return the name of the service."""
        name = self.value("service")
        if not name or "${" in name:
            raise CliError(
                f"The name of the service in {self._path} could not be resolved: {name!r}.",
                "Use only text and the variables ${self:...}, ${sls:stage} and ${file(...)} in it.",
            )
        return name

    def value(self, dotted: str) -> str:
        """Return the text at a dotted path. Return "" when the text is missing, or when files do not contain it."""
        found = self.at(dotted)
        return found if isinstance(found, str) and not _INNERMOST.fullmatch(found) else ""

    def at(self, dotted: str) -> Any:
        """Return the value at a dotted path. If files do not contain a variable's value, keep the text `${...}`."""
        return self._at(dotted, _DEPTH)

    def resolved(self, value: Any) -> Any:
        """Return a value of the file with its variables resolved, as `at` does. Do not resolve values inside it."""
        return self._resolve(value, _DEPTH)

    def _at(self, dotted: str, depth: int) -> Any:
        current: Any = self._document
        for key in dotted.split("."):
            current = current.get(key) if isinstance(current, dict) else None
            current = self._resolve(current, depth)
        return current

    def _resolve(self, value: Any, depth: int) -> Any:
        while isinstance(value, str) and depth > 0:
            depth -= 1
            known = ((match, self._expression(match[1], depth)) for match in _INNERMOST.finditer(value))
            match, found = next(((match, found) for match, found in known if found is not None), (None, None))
            if match is None:
                return value
            if match[0] == value:
                value = found
                continue
            if not isinstance(found, str | int | float):
                return value
            value = value.replace(match[0], str(found))
        return value

    def _expression(self, expression: str, depth: int) -> Any:
        """Return the value of the first source that has a value. Return None when only osls or AWS has the value."""
        for source in sources(expression):
            if (literal := _LITERAL.fullmatch(source)) is not None:
                return next((text for text in literal.groups() if text is not None), "")
            if not told_by_files(source):
                return None
            if (found := self._source(source, depth)) is not None:
                return found
        return None

    def _source(self, source: str, depth: int) -> Any:
        if source.startswith("self:"):
            return self._at(source.removeprefix("self:"), depth)
        if match := _FILE.fullmatch(source):
            document: Any = _read(self._path.parent / match["path"])
            for key in (match["key"] or "").split("."):
                document = document.get(key) if key and isinstance(document, dict) else document
            return document
        return self._stage


def sources(expression: str) -> Iterator[str]:
    """Yield the sources of a variable `${a, b}`, in the order in which osls uses them."""
    yield from (source.strip() for source in _SOURCE.findall(expression))


def told_by_files(source: str) -> bool:
    """Return whether this serverless.yml, or a file that the source names, can have the value of a source."""
    return source.startswith(("self:", "file(")) or source in ("sls:stage", "opt:stage")


def _read(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(), _Loader)  # noqa: S506 (a SafeLoader)
    except OSError as error:
        raise CliError(f"{path} could not be read: {error.strerror}.") from None
    except yaml.MarkedYAMLError as error:
        line = f" line {error.problem_mark.line + 1}:" if error.problem_mark else ""
        raise CliError(f"{path} is not valid YAML:{line} {error.problem}.") from None


def variable(path: Path, name: str) -> str | None:
    """Return a value of a file in `var/`, or None when the file or the value is missing."""
    document = _read(path) if path.is_file() else None
    value = document.get(name) if isinstance(document, dict) else None
    return str(value) if value is not None else None
