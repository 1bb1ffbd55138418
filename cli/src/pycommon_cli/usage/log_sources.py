"""Read log text that may contain usage items, with the place of each piece of text.

Files and stdin are read line by line. Log groups are read event by event.
"""

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

STDIN = "-"
_LITERAL = NOT_RECORDED.encode()
_PATTERN = f'"{NOT_RECORDED}"'  # a quoted term in the filter syntax of CloudWatch matches anywhere in the message
_GZIP = b"\x1f\x8b"
_LONGEST_LINE = 8 * 1024 * 1024  # bytes; an event of CloudWatch Logs has at most 1 MB
_FUNCTION_GROUP = "/aws/lambda/"

_Bytes = BufferedReader | gzip.GzipFile


@dataclass(frozen=True, slots=True)
class LogText:
    """A piece of a log with an unrecorded item. If the piece cannot be read, `text` is None and `trouble` says why."""

    where: str
    text: str | None
    trouble: str = ""


def in_files(names: Iterable[str]) -> Iterator[LogText]:
    """Return the lines of files that contain unrecorded items. The name `-` is stdin. Files may be compressed.

    If a file ends unexpectedly, its last `LogText` reports the error. The lines before the error are still returned.

    Raises:
        CliError: A file does not exist. The error is raised before any file is read.
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
    """Open a file or stdin. The buffer lets the caller look at the first bytes without consuming these bytes."""
    raw: Any = sys.stdin.buffer if name == STDIN else FileIO(name)
    return BufferedReader(raw)


def _lines(stream: _Bytes, shown: str) -> Iterator[LogText]:
    number = 0
    while line := stream.readline(_LONGEST_LINE):
        number += 1
        where = f"{shown}:{number}"
        if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
            if _rest_of_line_names_it(stream, line):
                yield LogText(
                    where, None, "the line is longer than 8 MiB; write one event per line (jq -c '.events[]')"
                )
        elif _LITERAL in line:
            yield _line(line, where)


def _line(line: bytes, where: str) -> LogText:
    try:
        return LogText(where, line.decode())
    except UnicodeDecodeError:
        return LogText(where, None, "the line is not UTF-8")


def _rest_of_line_names_it(stream: _Bytes, piece: bytes) -> bool:
    """Return whether the line that begins with `piece` has an unrecorded item. Read the line in bounded pieces."""
    named = _LITERAL in piece
    while piece and not piece.endswith(b"\n"):
        tail, piece = piece[-len(_LITERAL) :], stream.readline(_LONGEST_LINE)
        named = named or _LITERAL in tail + piece
    return named


@dataclass(frozen=True, slots=True)
class LogSelection:
    """The choice of the events to read. Without services and functions, all services of the checkout are read.

    Attributes:
        since: Older events are not read.
        services: Folders of the checkout, or prefixes of function names.
        functions: Names of functions, `service:function`, or log groups (they begin with `/`).
    """

    since: datetime
    services: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()


def in_groups(
    logs: Any, stage: str, project: Project | None, choice: LogSelection, page_read: Callable[[str], None]
) -> Iterator[LogText]:
    """Yield the events of log groups that contain unrecorded items.

    Args:
        logs: A boto3 client for CloudWatch Logs.
        stage: The name of the stage, which is part of function names.
        project: The checkout, or None.
        choice: Which events to read.
        page_read: Called with the name of the group after each page. CloudWatch may return many empty pages.

    Raises:
        CliError: A named service or function has no log group, or there are no names and no checkout.
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


def _groups(logs: Any, stage: str, project: Project | None, choice: LogSelection) -> list[str]:
    """Return the names of the existing log groups, sorted."""
    found = set()
    for service in choice.services:
        found |= _named(_of_service(logs, stage, project, service), f"service {service!r}", stage)
    for function in choice.functions:
        group = _function_group(stage, project, function)
        found |= _named(set(_existing(logs, group)) & {group}, f"function {function!r} ({group})", stage)
    if not choice.services and not choice.functions:
        if project is None:
            raise CliError(
                "There is no checkout around the current folder, and no function was named.",
                "Name them with --service or --function, or the checkout with --project.",
            )
        for folder in project.service_folders():
            found |= _of_service(logs, stage, project, folder)
    return sorted(found)


def _named(found: set[str], what: str, stage: str) -> set[str]:
    if not found:
        raise CliError(
            f"The {what} has no log group at stage {stage}.",
            "Check the name. A function that never ran has no log group.",
        )
    return found


def _of_service(logs: Any, stage: str, project: Project | None, service: str) -> set[str]:
    """Return the log groups of a service.

    They are the groups of functions called `<service>-<stage>-<function>`, and of functions with their own `name`.
    """
    file = _serverless_file(stage, project, service)
    found = set(_existing(logs, f"{_FUNCTION_GROUP}{file.service() if file else service}-{stage}-"))
    for function in file.functions().values() if file else ():
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
