"""The few facts of a serverless.yml that are needed before anything is deployed: chiefly the name of its stack.

osls could print them, but takes over a second and wants every `${ssm:...}` answered; this reads what stands in files.
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
    """What a tag of CloudFormation (!Ref, !Sub) stands at: made when the stack is. `text` is empty unless a scalar."""

    text: str


class _Loader(yaml.SafeLoader):
    """Reads past CloudFormation's tags (!Sub, !GetAtt)."""


_Loader.add_multi_constructor(
    "!", lambda _loader, _suffix, node: Intrinsic(node.value if isinstance(node, yaml.ScalarNode) else "")
)


def stack_name(service_folder: Path) -> str:
    """The name of the CloudFormation stack of the service folder at the stage `local`."""
    file = ServerlessFile(service_folder / "serverless.yml")
    return file.value("provider.stackName") or f"{file.service()}-{STAGE}"


class ServerlessFile:
    """A serverless.yml at one stage, with its variables resolved as far as files tell."""

    def __init__(self, path: Path, stage: str = STAGE) -> None:
        self._path = path
        self._stage = stage
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
        """The text at a dotted path; empty when there is none, and where files do not tell it."""
        found = self.at(dotted)
        return found if isinstance(found, str) and not _INNERMOST.fullmatch(found) else ""

    def at(self, dotted: str) -> Any:
        """Whatever stands at a dotted path. Variables that files do not tell are still in it, as `${...}`."""
        return self._at(dotted, _DEPTH)

    def resolved(self, value: Any) -> Any:
        """A value of the file with its variables resolved as in `at`, those inside it left alone."""
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
            told = ((match, self._expression(match[1], depth)) for match in _INNERMOST.finditer(value))
            match, found = next(((match, found) for match, found in told if found is not None), (None, None))
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
        """The first of the expression's sources that has a value; None where that is not for files to tell."""
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
    """The sources of a variable `${a, b}`, in the order in which osls asks them."""
    yield from (source.strip() for source in _SOURCE.findall(expression))


def told_by_files(source: str) -> bool:
    """Whether the file at hand, and those that it names, decide what a source has."""
    return source.startswith(("self:", "file(")) or source in ("sls:stage", "opt:stage")


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
