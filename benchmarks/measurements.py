"""Measure the peers in rounds, in which all peers take turns."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.benchmark_aws import API_KEY, JWT, NEW_JWT
from benchmarks.benchmark_peers import OURS, PEERS
from benchmarks.counting_proxy import counting_proxy
from benchmarks.function_process import FunctionProcess, Server, import_modules
from pycommon_cli.cli_error import CliError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from benchmarks.benchmark_aws import BenchmarkAws
    from benchmarks.benchmark_packages import BenchmarkPackage
    from benchmarks.function_process import Cost

__all__ = ["BARE", "LOCAL_AWS", "MEASUREMENTS", "QUICK", "REQUIRED", "WHOLE", "Bench", "Figures", "Repetitions"]

Figures = dict[str, dict[str, list[float]]]
"""The values of all rounds by figure and case. Values with the same index come from the same round."""

BARE, REQUIRED, LOCAL_AWS = "bare", "required", "local_aws"
"""Cases that are not peers: an interpreter alone, the Required Imports alone, and the local AWS alone.

The Required Imports are the imports that the guidelines require of every service. They are in
`peers/pycommon/required_imports.py`.
"""

HEAVY = frozenset({"boto3", "botocore", "cryptography", "jsonschema", "jsonschema_rs", "fastjsonschema"})
THREADS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetitions:
    """The numbers of repetitions of the measurements."""

    imports: int
    cold: int
    blocks: int
    requests: int
    warm_up: int
    threaded_blocks: int
    threaded_requests: int


WHOLE = Repetitions(imports=21, cold=15, blocks=40, requests=15, warm_up=60, threaded_blocks=12, threaded_requests=160)
QUICK = Repetitions(imports=2, cold=2, blocks=3, requests=4, warm_up=4, threaded_blocks=2, threaded_requests=16)


@dataclass(slots=True)
class Bench:
    """The measurements of one benchmark.

    Attributes:
        packages: the package of each peer.
        aws: the local AWS.
        repetitions: the number of repetitions.
        home: the folder for the files of the benchmark.
        figures: the results so far.
        calls: the AWS calls of the first request, and the average of warm requests, by peer and kind of token.
        peak_kb: the peak memory of each peer after its warm requests.
        heavy: modules that the Required Imports load and should not load.
        answered: the number of responses of each peer. Each response needs a usage record.
    """

    packages: Mapping[str, BenchmarkPackage]
    aws: BenchmarkAws
    repetitions: Repetitions
    home: Path
    figures: Figures = field(default_factory=dict)
    calls: dict[str, dict[str, dict[str, dict[str, float]]]] = field(default_factory=dict)
    peak_kb: dict[str, int] = field(default_factory=dict)
    heavy: list[str] = field(default_factory=list)
    answered: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PEERS, 0))

    def prepare(self) -> None:
        """Write the file with the events of this benchmark."""
        of_a_server = self.repetitions.warm_up + self.repetitions.blocks * self.repetitions.requests
        self._events.write_text(json.dumps(self.aws.events(new_tokens=of_a_server)), "utf-8")
        first = {variant: events[:1] for variant, events in json.loads(self._events.read_text("utf-8")).items()}
        self._first_events.write_text(json.dumps(first), "utf-8")

    def imports(self) -> None:
        """Measure a new interpreter until it has imported nothing, the Required Imports, or each peer's handler."""
        functions = {name: self._function(name) for name in PEERS}
        ours = functions[OURS]

        def required() -> Cost:
            cost, loaded = import_modules(ours, "required_imports")
            self.heavy = sorted(HEAVY & loaded)
            return cost

        cases: dict[str, Callable[[], Cost]] = {
            BARE: lambda: import_modules(ours)[0],
            REQUIRED: required,
        }
        for name, function in functions.items():
            cases[name] = partial(_handler_import, function)
        self._alternate("import", self.repetitions.imports, cases)

    def cold(self) -> None:
        """Measure from the interpreter's start to the first response, with and without byte code in the package."""
        self._cold("cold_jwt", JWT)
        self._cold("cold_api_key", API_KEY)
        self._cold("slim_jwt", JWT, compiled=False)

    def warm(self) -> None:
        """Measure warm requests. Then measure the memory of the process."""
        with ExitStack() as stack:
            servers = {name: stack.enter_context(Server(self._function(name))) for name in PEERS}
            for variant in (JWT, NEW_JWT, API_KEY):
                self._warm(variant, {n: s for n, s in servers.items() if PEERS[n].identifies or variant == JWT})
            self._note_answers(servers)

    def threads(self) -> None:
        """Measure eight threads of one process, as in Lambda's managed instances."""
        number, requests = self.repetitions.threaded_blocks, self.repetitions.threaded_requests
        per_second: dict[str, list[float]] = {}
        with ExitStack() as stack:
            servers = {name: stack.enter_context(Server(self._function(name))) for name in PEERS}
            for server in servers.values():
                server.serve(JWT, max(self.repetitions.warm_up, THREADS), THREADS)

            def serve(name: str) -> Cost:
                block = servers[name].serve(JWT, requests, THREADS)
                per_second.setdefault(name, []).append(block.per_second)
                return block.cost

            cases: dict[str, Callable[[], Cost]] = {name: partial(serve, name) for name in servers}
            self._alternate("threads_jwt", number, cases, unmeasured=0)
            self._note_answers(servers)
        self.figures["threads_jwt_per_second"] = per_second

    def count_calls(self) -> None:
        """Count the AWS calls of the first request of a process, and of a warm request."""
        for name, peer in PEERS.items():
            for variant in (JWT, API_KEY) if peer.identifies else (JWT,):
                self.calls.setdefault(name, {})[variant] = self._calls(name, variant)

    def check_records(self) -> None:
        """Check that every response has a usage record.

        Raises:
            CliError: a peer has written fewer or more records than responses, so that its numbers are not valid.
        """
        for name, answered in self.answered.items():
            written = self.aws.records(name)
            if written != answered:
                raise CliError(
                    f"The peer {name} sent {answered} responses and wrote {written} usage records; expected as many "
                    "records as responses.",
                    f"Its log is {self.home / name}.log.",
                )

    # The parts of these measurements

    def _cold(self, figure: str, variant: str, *, compiled: bool = True) -> None:
        def first(name: str) -> Cost:
            self.answered[name] += 1
            return self._function(name, compiled=compiled, first=True).first_answer(variant, compiled=compiled)

        names = [name for name, peer in PEERS.items() if peer.identifies or variant == JWT]
        cases: dict[str, Callable[[], Cost]] = {name: partial(first, name) for name in names}
        self._alternate(figure, self.repetitions.cold, cases)

    def _warm(self, variant: str, servers: Mapping[str, Server]) -> None:
        requests = self.repetitions.requests
        for server in servers.values():
            server.serve(variant, self.repetitions.warm_up)

        def serve(name: str) -> Cost:
            block = servers[name].serve(variant, requests)
            self.peak_kb[name] = block.peak_kb
            return block.cost

        cases: dict[str, Callable[[], Cost]] = {name: partial(serve, name) for name in servers}
        alone = self.figures.setdefault(f"warm_{variant}_wall", {}).setdefault(LOCAL_AWS, [])
        self._alternate(
            f"warm_{variant}",
            self.repetitions.blocks,
            cases,
            unmeasured=0,
            beside=lambda: alone.append(self.aws.put_item_ms(requests)),
        )

    def _calls(self, name: str, variant: str) -> dict[str, dict[str, float]]:
        with counting_proxy(self.aws.stack.endpoint) as proxy:
            function = self._function(name)
            function = replace(function, environment=self.aws.environment(name, proxy.url))
            with Server(function) as server:
                server.serve(variant, 1)
                cold = proxy.take()
                server.serve(variant, self.repetitions.warm_up)  # after these requests, all users are cached
                proxy.take()
                server.serve(variant, self.repetitions.warm_up)
                warm = proxy.take()
                self._note_answers({name: server})
        requests = self.repetitions.warm_up
        return {"cold": dict(cold), "warm": {operation: count / requests for operation, count in warm.items()}}

    def _alternate(
        self,
        figure: str,
        number: int,
        cases: Mapping[str, Callable[[], Cost]],
        *,
        unmeasured: int = 1,
        beside: Callable[[], None] | None = None,
    ) -> None:
        """Measure the cases in rounds, and keep the costs of each round. Each round reverses the order of the cases."""
        cpu = self.figures.setdefault(f"{figure}_cpu", {})
        wall = self.figures.setdefault(f"{figure}_wall", {})
        for each in range(-unmeasured, number):
            for name in list(cases)[:: 1 if each % 2 else -1]:
                cost = cases[name]()
                if each >= 0:
                    cpu.setdefault(name, []).append(cost.cpu_ms)
                    wall.setdefault(name, []).append(cost.wall_ms)
            if beside:
                beside()

    def _note_answers(self, servers: Mapping[str, Server]) -> None:
        for name, server in servers.items():
            self.answered[name] += server.answered

    def _function(self, name: str, *, compiled: bool = True, first: bool = False) -> FunctionProcess:
        package = self.packages[name]
        return FunctionProcess(
            name=name,
            python=self.aws.python,
            package=package.compiled if compiled else package.slim,
            environment=self.aws.environment(name),
            events=self._first_events if first else self._events,
            log=self.home / f"{name}.log",
        )

    @property
    def _events(self) -> Path:
        return self.home / "events.json"

    @property
    def _first_events(self) -> Path:
        return self.home / "first-events.json"


def _handler_import(function: FunctionProcess) -> Cost:
    return import_modules(function, "handler")[0]


MEASUREMENTS: dict[str, tuple[str, Callable[[Bench], Any]]] = {
    "imports": ("Imports, each in a fresh interpreter", Bench.imports),
    "cold": ("Cold starts", Bench.cold),
    "warm": ("Warm requests", Bench.warm),
    "threads": ("Eight threads", Bench.threads),
    "calls": ("AWS calls", Bench.count_calls),
}
"""The title and the method of each part, by its name in `--only`."""
