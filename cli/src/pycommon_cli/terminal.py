"""Print the output of the command line: results to stdout; progress, notes and errors to stderr."""

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
    """The formats in which a command prints its result."""

    TEXT = "text"
    JSON = "json"


class Progress(Protocol):
    """An object that receives reports about long work."""

    def step(self, text: str) -> AbstractContextManager[object]:
        """Announce a step. Use the returned context manager with `with`: the step lasts as long as the block."""

    def note(self, text: str) -> None:
        """Print a note that the reader needs even when the command succeeds."""


class Silent:
    """Progress that prints nothing."""

    @contextmanager
    def step(self, text: str) -> Iterator[None]:  # noqa: ARG002 (the protocol's name)
        yield

    def note(self, text: str) -> None:
        pass


class Terminal:
    """Progress on stderr: on a terminal a spinner with a clock, elsewhere one line for each finished step."""

    def __init__(self) -> None:
        self._console = stderr_console()

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        from rich.markup import escape  # slow to import, and most commands print no step

        text, started = escape(text), time.monotonic()
        if self._console.is_terminal:
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # slow to import

            columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
            with Progress(*columns, console=self._console, transient=True) as bar:
                bar.add_task(text, total=None)
                yield
        else:
            yield
        self._console.print(f"[green]✓[/] {text} [dim]{time.monotonic() - started:.1f} s[/]", highlight=False)

    def note(self, text: str) -> None:
        from rich.markup import escape  # slow to import

        self._console.print(f"[yellow]![/] {escape(text)}", highlight=False)


def stderr_console() -> "Console":
    """Return a console on stderr. It uses colour only on a terminal, and never when NO_COLOR is set."""
    from rich.console import Console  # the import takes 30 ms, and `--help` and `token` do not need it

    return Console(stderr=True, soft_wrap=True)


def print_error(what: str, help_text: str) -> None:
    """Write `error: ...` to stderr, and `help: ...` on the next line."""
    from rich.markup import escape  # slow to import

    console = stderr_console()
    console.print(f"[bold red]error:[/] {escape(what)}", highlight=False)
    if help_text:
        console.print(f"[bold]help:[/] {escape(help_text)}", highlight=False)


def print_json(value: object) -> None:
    """Write one JSON document to stdout."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def print_line(text: str = "") -> None:
    """Write one line of the result to stdout."""
    sys.stdout.write(text + "\n")


def printable(text: str) -> str:
    """Return `text` with escaped control characters. Text from a table or a log must not control the terminal."""
    return text if text.isprintable() else ascii(text)


def print_columns(rows: Sequence[Sequence[str]]) -> None:
    """Write rows to stdout as aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
