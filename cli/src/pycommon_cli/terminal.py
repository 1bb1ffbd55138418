"""Where the command line writes: results to stdout, everything said about the work to stderr."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import Console


class OutputFormat(StrEnum):
    """How a command prints what there is to read."""

    TEXT = "text"
    JSON = "json"


class Progress(Protocol):
    """Told about work that takes its time."""

    def step(self, text: str) -> AbstractContextManager[object]:
        """Announce a piece of work; it lasts as long as the returned context."""

    def note(self, text: str) -> None:
        """Say something the reader must know even when all goes well."""


class Silent:
    """Progress for callers that want none (tests, the demo's own printing)."""

    @contextmanager
    def step(self, text: str) -> Iterator[None]:  # noqa: ARG002 (the protocol's name)
        yield

    def note(self, text: str) -> None:
        pass


class Terminal:
    """Progress for people: a spinner with a clock on a terminal, one line a finished step elsewhere."""

    def __init__(self) -> None:
        self._console = stderr_console()

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        from rich.markup import escape  # only where something takes its time

        text, started = escape(text), time.monotonic()
        if self._console.is_terminal:
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # slow

            columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
            with Progress(*columns, console=self._console, transient=True) as bar:
                bar.add_task(text, total=None)
                yield
        else:
            yield
        self._console.print(f"[green]✓[/] {text} [dim]{time.monotonic() - started:.1f} s[/]", highlight=False)

    def note(self, text: str) -> None:
        from rich.markup import escape  # as above

        self._console.print(f"[yellow]![/] {escape(text)}", highlight=False)


def stderr_console() -> "Console":
    """A rich console on stderr; colour only on a terminal, and not where NO_COLOR is set."""
    from rich.console import Console  # 30 ms that `--help` and `token` need not pay

    return Console(stderr=True, soft_wrap=True)


def print_error(what: str, help_text: str) -> None:
    """Write `error: ...` to stderr, the mend on a line of its own."""
    from rich.markup import escape  # only on the way out

    console = stderr_console()
    console.print(f"[bold red]error:[/] {escape(what)}", highlight=False)
    if help_text:
        console.print(f"[bold]help:[/] {escape(help_text)}", highlight=False)


def print_json(value: object) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def print_line(text: str = "") -> None:
    """Write one line of result to stdout."""
    sys.stdout.write(text + "\n")


def printable(text: str) -> str:
    """`text` as it may go to a terminal: control characters, written by who knows whom, must not steer it."""
    return text if text.isprintable() else ascii(text)


def print_columns(rows: Sequence[Sequence[str]]) -> None:
    """Write rows to stdout, their cells below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
