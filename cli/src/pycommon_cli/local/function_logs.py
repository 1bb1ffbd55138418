"""Read the logs of functions from CloudWatch Logs."""

import difflib
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pycommon_cli.cli_error import CliError, FindingError

POLL_SECONDS = 0.5
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One line of a function's log."""

    when: datetime
    message: str
    id: str = ""


def seconds(duration: str) -> float:
    """Return the seconds of a duration such as `90s`, `10m`, `2h` or `1d`."""
    match = re.fullmatch(r"(\d+)([smhd])", duration.strip())
    if not match:
        raise CliError(f"{duration!r} is not a duration.", "Write a number and a unit: 90s, 10m, 2h, 1d.")
    return int(match[1]) * _UNITS[match[2]]


def events(logs: Any, function: str, since: float) -> list[LogEvent]:
    """Return the events of the function since `since` (seconds since 1970), oldest first."""
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=f"/aws/lambda/{function}", startTime=int(since * 1000)
    )
    try:
        found = [event for page in pages for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:  # the function has no log, because it was never invoked
        return []
    read = [
        LogEvent(datetime.fromtimestamp(e["timestamp"] / 1000, UTC), e["message"].rstrip("\n"), e.get("eventId", ""))
        for e in found
    ]
    return sorted(read, key=lambda event: event.when)


def follow(logs: Any, function: str, since: float) -> Iterator[LogEvent]:
    """Yield the events of the function as they arrive, without end."""
    seen: dict[LogEvent, None] = {}
    while True:
        fresh = [event for event in events(logs, function, since) if event not in seen]
        yield from fresh
        seen |= dict.fromkeys(fresh)
        if fresh:
            since = fresh[-1].when.timestamp() - 1  # events with the same time may arrive later
            seen = {event: None for event in seen if event.when.timestamp() >= since - 1}
        time.sleep(POLL_SECONDS)


def full_name(asked: str, names: Sequence[str], folders: dict[str, str]) -> str:
    """Return the full name of a deployed function.

    Args:
        asked: The full name of a function, or `service:function` with the folder or the name of the service.
        names: All deployed functions.
        folders: The stack of each service folder. osls names functions `<stack>-<function>`.
    """
    service, colon, function = asked.partition(":")
    stacks = {folders.get(service), *(stack for stack in folders.values() if stack.rpartition("-")[0] == service)}
    candidates = [f"{stack}-{function}" for stack in stacks if stack] if colon else [asked]
    for candidate in candidates:
        if candidate in names:
            return candidate
    short = [
        f"{folder}:{name.removeprefix(stack + '-')}"
        for folder, stack in folders.items()
        for name in names
        if name.startswith(stack + "-")
    ]
    near = difflib.get_close_matches(asked, [*short, *names], n=3, cutoff=0.4)
    what = f"No function {asked!r} is deployed"
    raise FindingError(
        f"{what}; did you mean {' or '.join(near)}?"
        if near
        else f"{what}. Deployed functions: {', '.join(short) or 'none'}."
    )
