"""Processes in which peers run, and what comes back from them."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pycommon_cli.cli_error import CliError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Block", "Cost", "FunctionProcess", "Server", "import_modules"]

WORKER = Path(__file__).with_name("function_worker.py")
HTTP_OK = 200
MS = 1_000_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds: of the processors (the peer's own process, all threads), and by the clock."""

    cpu_ms: float
    wall_ms: float


@dataclass(frozen=True, slots=True)
class Block:
    """Some requests in a row: what one of them cost, how many a second, and the most memory so far."""

    cost: Cost
    requests: int
    per_second: float
    peak_kb: int


@dataclass(frozen=True, slots=True)
class FunctionProcess:
    """A deployed function: an interpreter, a package and an environment.

    Attributes:
        name: whose it is, for errors.
        python: an interpreter that has boto3 and nothing else, as the Lambda runtime.
        package: the folder that Lambda has at /var/task.
        environment: the function's variables.
        events: a file with the events of each variant.
        log: where it writes what it prints.
    """

    name: str
    python: Path
    package: Path
    environment: Mapping[str, str]
    events: Path
    log: Path

    def spawn(self, *arguments: str, compiled: bool = True) -> subprocess.Popen[bytes]:
        """Start `benchmarks/function_worker.py` with these arguments."""
        byte_code = {} if compiled else {"PYTHONDONTWRITEBYTECODE": "1"}
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own program
                # -P: our own modules lie beside worker.py, and must not be found in place of the package's.
                [self.python, "-P", WORKER, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**self.environment, "PYTHONPATH": str(self.package), **byte_code},
            )

    def first_answer(self, variant: str, *, compiled: bool = True) -> Cost:
        """A cold start: from the start of the interpreter to the first answer."""
        started = time.perf_counter_ns()
        with self.spawn("first", str(self.events), variant, compiled=compiled) as process:
            line, wall = _line(process), time.perf_counter_ns() - started
        said = self.understood(line)
        if said["status"] != HTTP_OK:
            raise self.failed(f"answered {said['status']} to the first request ({variant}): {said['body']}")
        return Cost(said["cpu_ns"] / MS, wall / MS)

    def understood(self, line: bytes) -> dict[str, Any]:
        """What the process has said."""
        if not line:
            raise self.failed("ended without an answer")
        said: dict[str, Any] = json.loads(line)
        return said

    def failed(self, what: str) -> CliError:
        """The error that ends the measurements: numbers of a peer that does not work are worth nothing."""
        last = self.log.read_text("utf-8", "replace").strip().splitlines()[-3:] if self.log.exists() else []
        return CliError(f"The peer {self.name} {what}.", f"What it wrote is in {self.log}: {' | '.join(last)}")


def import_modules(function: FunctionProcess, *modules: str) -> tuple[Cost, frozenset[str]]:
    """What a fresh interpreter needs until these modules are imported, and the top-level packages it has then."""
    started = time.perf_counter_ns()
    with function.spawn("import", *modules) as process:
        line, wall = _line(process), time.perf_counter_ns() - started
    said = function.understood(line)
    return Cost(said["cpu_ns"] / MS, wall / MS), frozenset(said["loaded"])


class Server:
    """A function that stays, and answers many requests."""

    def __init__(self, function: FunctionProcess) -> None:
        self.function = function
        self.answered = 0
        self._process = function.spawn("serve", str(function.events))

    def serve(self, variant: str, requests: int, threads: int = 1) -> Block:
        """Have so many requests answered.

        Raises:
            CliError: the process ended, or an answer was not 200.
        """
        assert self._process.stdin is not None  # noqa: S101 - a pipe, see `spawn`
        try:
            self._process.stdin.write(f"{variant} {requests} {threads}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self.function.failed("ended before it was asked") from None
        said = self.function.understood(_line(self._process))
        if said["fault"] or said["answers"] != requests:
            raise self.function.failed(f"gave {said['answers']} answers to {requests} requests: {said['fault']}")
        self.answered += requests
        seconds = said["wall_ns"] / 1e9
        cost = Cost(said["cpu_ns"] / requests / MS, said["wall_ns"] / requests / MS)
        return Block(cost, requests, requests / seconds, said["peak_kb"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:  # closes the pipes, which ends it, and waits
            pass


def _line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None  # noqa: S101 - a pipe, see `spawn`
    return process.stdout.readline()
