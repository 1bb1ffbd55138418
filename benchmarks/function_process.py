"""Start the processes of peers, and read their responses."""

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
    """The CPU time of the peer's process with all its threads, and the wall time, in milliseconds."""

    cpu_ms: float
    wall_ms: float


@dataclass(frozen=True, slots=True)
class Block:
    """The result of several requests in a row: cost of one request, requests a second, and peak memory so far."""

    cost: Cost
    requests: int
    per_second: float
    peak_kb: int


@dataclass(frozen=True, slots=True)
class FunctionProcess:
    """A function of a peer: an interpreter, a package and an environment.

    Attributes:
        name: the peer's name, for errors.
        python: an interpreter with boto3 and no other packages, like the interpreter of the Lambda runtime.
        package: the folder that Lambda has at /var/task.
        environment: the function's variables.
        events: a file with the events of each variant.
        log: the file for the function's output.
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
                # -P: the modules next to function_worker.py must not hide the modules of the package.
                [self.python, "-P", WORKER, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**self.environment, "PYTHONPATH": str(self.package), **byte_code},
            )

    def first_answer(self, variant: str, *, compiled: bool = True) -> Cost:
        """Measure a cold start, from the start of the interpreter to the first response."""
        started = time.perf_counter_ns()
        with self.spawn("first", str(self.events), variant, compiled=compiled) as process:
            line, wall = _line(process), time.perf_counter_ns() - started
        said = self.understood(line)
        if said["status"] != HTTP_OK:
            raise self.failed(f"answered {said['status']} to the first request ({variant}): {said['body']}")
        return Cost(said["cpu_ns"] / MS, wall / MS)

    def understood(self, line: bytes) -> dict[str, Any]:
        """Parse a response of the process."""
        if not line:
            raise self.failed("ended without an answer")
        said: dict[str, Any] = json.loads(line)
        return said

    def failed(self, what: str) -> CliError:
        """Return the error that ends the measurements, because the numbers of a broken peer are worthless."""
        last = self.log.read_text("utf-8", "replace").strip().splitlines()[-3:] if self.log.exists() else []
        return CliError(f"The peer {self.name} {what}.", f"Its log is {self.log}: {' | '.join(last)}")


def import_modules(function: FunctionProcess, *modules: str) -> tuple[Cost, frozenset[str]]:
    """Measure a new interpreter until it has imported the modules. Return the cost and the loaded packages."""
    started = time.perf_counter_ns()
    with function.spawn("import", *modules) as process:
        line, wall = _line(process), time.perf_counter_ns() - started
    said = function.understood(line)
    return Cost(said["cpu_ns"] / MS, wall / MS), frozenset(said["loaded"])


class Server:
    """A function that answers many requests."""

    def __init__(self, function: FunctionProcess) -> None:
        self.function = function
        self.answered = 0
        self._process = function.spawn("serve", str(function.events))

    def serve(self, variant: str, requests: int, threads: int = 1) -> Block:
        """Send requests, and return their cost.

        Raises:
            CliError: the process ended, or a response was not 200.
        """
        assert self._process.stdin is not None  # noqa: S101 - a pipe, see `spawn`
        try:
            self._process.stdin.write(f"{variant} {requests} {threads}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self.function.failed("ended before the request") from None
        said = self.function.understood(_line(self._process))
        if said["fault"] or said["answers"] != requests:
            raise self.function.failed(f"sent {said['answers']} responses to {requests} requests: {said['fault']}")
        self.answered += requests
        seconds = said["wall_ns"] / 1e9
        cost = Cost(said["cpu_ns"] / requests / MS, said["wall_ns"] / requests / MS)
        return Block(cost, requests, requests / seconds, said["peak_kb"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:  # closes the pipes, so that the process ends, and waits for its end
            pass


def _line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None  # noqa: S101 - a pipe, see `spawn`
    return process.stdout.readline()
