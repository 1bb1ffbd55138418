"""Log text that may hold items: files and stdin line by line, log groups event by event; each with where it stands."""

import gzip
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedReader, FileIO
from pathlib import Path
from typing import Any

from pycommon.metrics.unrecorded_usage import NOT_RECORDED
from pycommon_cli.cli_error import CliError
from pycommon_cli.local.project_folders import Project
from pycommon_cli.local.serverless_file import ServerlessFile
from pycommon_cli.local.serverless_functions import functions as functions_of

STDIN = "-"
_LITERAL = NOT_RECORDED.encode()
_PATTERN = f'"{NOT_RECORDED}"'  # quoted, a term of CloudWatch's filter syntax: found anywhere in the message
_GZIP = b"\x1f\x8b"
_LONGEST_LINE = 8 * 1024 * 1024  # bytes; an event of CloudWatch Logs has one MB at most
_FUNCTION_GROUP = "/aws/lambda/"

_Bytes = BufferedReader | gzip.GzipFile


@dataclass(frozen=True, slots=True)
class LogText:
    """A piece of a log that names lost items. `text` is None where it cannot be read; `trouble` says why."""

    where: str
    text: str | None
    trouble: str = ""


def in_files(names: Iterable[str]) -> Iterator[LogText]:
    """The lines of files, or of stdin for `-`, that name lost items. Compressed or not, of any size.

    Where a file ends before its time, what was read of it counts, and the last text says so.

    Raises:
        CliError: there is no such file; told before any is read.
    """
    names = list(names)
    for name in names:
        if name != STDIN and (not Path(name).exists() or Path(name).is_dir()):
            raise CliError(f"{name} could not be read: there is no such file.", "Name a file, or - for stdin.")
    return (text for name in names for text in _in_file(name))


def _in_file(name: str) -> Iterator[LogText]:
    shown = "stdin" if name == STDIN else name
    try:
        with _opened(name) as stream:
            compressed = stream.peek(len(_GZIP)).startswith(_GZIP)
            yield from _lines(gzip.GzipFile(fileobj=stream) if compressed else stream, shown)
    except (OSError, EOFError, zlib.error) as error:
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        yield LogText(shown, None, f"it could not be read to its end: {said}")


def _opened(name: str) -> BufferedReader:
    """Buffered, so that one can look at its beginning without reading it."""
    raw: Any = sys.stdin.buffer if name == STDIN else FileIO(name)
    return BufferedReader(raw)


def _lines(stream: _Bytes, shown: str) -> Iterator[LogText]:
    number = 0
    while line := stream.readline(_LONGEST_LINE):
        number += 1
        where = f"{shown}:{number}"
        if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            if _rest_of_line_names_it(stream, line):
                yield LogText(where, None, "the line is longer than 8 MiB; write one event a line (jq -c '.events[]')")
        elif _LITERAL in line:
            yield _line(line, where)


def _line(line: bytes, where: str) -> LogText:
    try:
        return LogText(where, line.decode())
    except UnicodeDecodeError:
        return LogText(where, None, "the line is no UTF-8")


def _rest_of_line_names_it(stream: _Bytes, piece: bytes) -> bool:
    """Whether a line, of which `piece` was read, names a lost item; reads to its end, a bounded piece at a time."""
    named = _LITERAL in piece
    while piece and not piece.endswith(b"\n"):
        tail, piece = piece[-len(_LITERAL) :], stream.readline(_LONGEST_LINE)
        named = named or _LITERAL in tail + piece
    return named


@dataclass(frozen=True, slots=True)
class Choice:
    """Which events are wanted.

    Attributes:
        since: older ones are not read.
        services: folders of the checkout, or names that the names of functions begin with.
        functions: whole names, `service:function`, or (beginning with `/`) log groups. With neither services nor
            functions, it is every service of the checkout.
    """

    since: datetime
    services: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()


def in_groups(
    logs: Any, stage: str, project: Project | None, choice: Choice, page_read: Callable[[str], None]
) -> Iterator[LogText]:
    """The events of functions' log groups that name lost items.

    Args:
        logs: A boto3 client for CloudWatch Logs.
        stage: The stage's name, which is part of the functions' names.
        project: The checkout; None where there is none.
        choice: Which events.
        page_read: Told the group's name after each page; CloudWatch may go through many that hold nothing.

    Raises:
        CliError: a service or function that was named has no log group, or none is named and there is no checkout.
    """
    for group in _groups(logs, stage, project, choice):
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=group, filterPattern=_PATTERN, startTime=int(choice.since.timestamp() * 1000)
        )
        for page in pages:
            page_read(group)
            for event in page["events"]:
                when = datetime.fromtimestamp(event["timestamp"] / 1000, UTC).isoformat(timespec="milliseconds")
                yield LogText(f"{group} {when.replace('+00:00', 'Z')}", event["message"])


def _groups(logs: Any, stage: str, project: Project | None, choice: Choice) -> list[str]:
    """Names of the log groups that are there, sorted."""
    found = set()
    for service in choice.services:
        found |= _named(_of_service(logs, stage, project, service), f"service {service!r}", stage)
    for function in choice.functions:
        group = _function_group(stage, project, function)
        found |= _named(set(_existing(logs, group)) & {group}, f"function {function!r} ({group})", stage)
    if not choice.services and not choice.functions:
        if project is None:
            raise CliError(
                "Which functions? There is no checkout around that names them.",
                "Name them with --service or --function, or the checkout with --project.",
            )
        for folder in project.service_folders():
            found |= _of_service(logs, stage, project, folder)
    return sorted(found)


def _named(found: set[str], what: str, stage: str) -> set[str]:
    if not found:
        raise CliError(
            f"There is no log group of the {what} at stage {stage}.",
            "Is its name right? Functions that never ran have none.",
        )
    return found


def _of_service(logs: Any, stage: str, project: Project | None, service: str) -> set[str]:
    """Groups of the functions that osls named `<service>-<stage>-<function>`, and of those with names of their own."""
    file = _serverless_file(stage, project, service)
    found = set(_existing(logs, f"{_FUNCTION_GROUP}{file.service() if file else service}-{stage}-"))
    for function in functions_of(file).values() if file else ():
        name = file.resolved(function.get("name")) if file else None
        if isinstance(name, str) and "${" not in name:
            found |= set(_existing(logs, _FUNCTION_GROUP + name)) & {_FUNCTION_GROUP + name}
    return found


def _function_group(stage: str, project: Project | None, function: str) -> str:
    if function.startswith("/"):
        return function
    service, colon, key = function.partition(":")
    if not colon:
        return _FUNCTION_GROUP + function
    file = _serverless_file(stage, project, service)
    return f"{_FUNCTION_GROUP}{file.service() if file else service}-{stage}-{key}"


def _serverless_file(stage: str, project: Project | None, service: str) -> ServerlessFile | None:
    path = project.root / service / "serverless.yml" if project else None
    return ServerlessFile(path, stage) if path and path.is_file() else None


def _existing(logs: Any, prefix: str) -> Iterator[str]:
    pages = logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
    return (group["logGroupName"] for page in pages for group in page["logGroups"])
