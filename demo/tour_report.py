"""Print the tour: a line for each check, and the count at the end."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

__all__ = ["TourReport"]


class TourReport:
    """A report that counts and prints the checks, with colour on a terminal."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(soft_wrap=True, highlight=False)
        self.passed = 0
        self.failed: list[str] = []

    def title(self, text: str) -> None:
        """Print the title of a part."""
        self._console.print(f"\n[bold]{escape(text)}[/]")

    def check(self, asked: str, came_back: str, *, right: bool, why: str = "") -> bool:
        """Print the request, the response, and whether the response is right. Below a failed check, print `why`."""
        mark = "[green]✓[/]" if right else "[bold red]✗[/]"
        self._console.print(f"  {mark} {escape(asked)} [dim]→[/] {escape(came_back)}")
        if right:
            self.passed += 1
        else:
            self.failed.append(asked)
            for line in why.splitlines():
                self._console.print(f"      [red]{escape(line)}[/]")
        return right

    def say(self, text: str) -> None:
        """Print plain text."""
        self._console.print(escape(text))

    def close(self) -> int:
        """Print the last line, and return the exit code."""
        self._console.print(f"\n{self.passed} passed, {len(self.failed)} failed")
        return 1 if self.failed else 0
