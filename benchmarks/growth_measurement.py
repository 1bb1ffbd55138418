"""Measure every axis of the growth benchmark: services of several sizes, each in its own process, on a local AWS."""

from __future__ import annotations

import json
import math
import os
import py_compile
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from benchmarks.growth_axes import AXES
from benchmarks.growth_services import USER
from pycommon.testing import TokenIssuer
from pycommon_cli.local import local_clients
from pycommon_cli.local.lambda_runtime import Runtime
from pycommon_cli.local.local_clients import LocalClients
from pycommon_cli.local.ministack import HOST, MiniStack
from pycommon_cli.local.project_folders import Home

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.growth_axes import Axis
    from pycommon_cli.terminal import Progress

__all__ = ["measure"]

ROOT = Path(__file__).resolve().parent.parent
WORKER = Path(__file__).with_name("growth_worker.py")

USAGE = "USAGE_METRICS_DYNAMO_TABLE"
KEYS = {
    "ACCOUNTS_DYNAMO_TABLE": ["user"],
    "ENV_VARS_TRACKING_TABLE": ["service_var_key"],
    USAGE: ["account", "timestamp"],
}
SDK_FILES = {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED"}
"""Variables of `settings` that disable the user's configuration files. A deployed function has no such variables."""

TURNS, IMPORT_TURNS, QUICK_TURNS = 30, 11, 3
TURN_S = 0.12
"""The approximate time for the requests of one size in one turn. A turn has at least one request."""
AXIS_S = 20.0
"""After this time, no further turn of an axis begins, because one request of some sizes takes seconds."""
FEWEST_TURNS = 3

LOG_AT_MOST = 4_000
"""The number of characters of a failed function's log that are shown."""

MS = 1_000_000


class Worker:
    """A process with one service. `benchmarks/growth_worker.py` is its program.

    Attributes:
        imported: the cost of the service's import: `{"cpu": ..., "wall": ...}` in nanoseconds.
        answered: the number of answered requests.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-P", str(WORKER), str(folder), str(folder / "events.json")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=dict(environment),
                text=True,
            )
        self.imported = self._read()
        self.answered = 0

    def cost(self, requests: int) -> dict[str, float]:
        """Send requests, and return the average cost of a request: `{"cpu": ..., "wall": ...}` in nanoseconds."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe, see above
        self._process.stdin.write(f"{requests}\n")
        self._process.stdin.flush()
        self.answered += requests
        return {name: spent / requests for name, spent in self._read().items()}

    def _read(self) -> dict[str, int]:
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe, see above
        line = self._process.stdout.readline()
        if not line:
            log = (self._folder / "log").read_text("utf-8", "replace")[-LOG_AT_MOST:]
            raise SystemExit(f"growth: the service {self._folder} ended with {self._process.wait()}. Its log:\n{log}")
        costs: dict[str, int] = json.loads(line)
        return costs

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:  # closes the pipes, so that the process ends, and waits for its end
            pass


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The local AWS, the token issuer, and the folder for the services."""

    aws: LocalClients
    issuer: TokenIssuer
    folder: Path

    def environment(self, size: int, axis: Axis) -> dict[str, str]:
        """Create tables for one size of `axis`, and return the variables of its function."""
        unique = uuid.uuid4().hex[:12]
        tables = {variable: f"{unique}-{variable.lower().replace('_', '-')}" for variable in KEYS}
        for variable, keys in KEYS.items():
            self._make_table(tables[variable], keys)
        self._put_accounts(tables["ACCOUNTS_DYNAMO_TABLE"], axis.accounts(size))
        settings = local_clients.settings(self.aws.endpoint, self.aws.region)
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.folder),
            "PYTHONHASHSEED": "0",
            **{name: value for name, value in settings.items() if name not in SDK_FILES},
            **tables,
            **self.issuer.environment(),
            "SERVICE_NAME": "growth",
            "STAGE": "prod",
            "AWS_LAMBDA_FUNCTION_NAME": "growth",
            "ACCOUNT_CACHE_SECONDS": "300",
            **axis.environment(size),
        }

    def records_in(self, table: str) -> int:
        """Return the number of items of a table."""
        pages = self.aws("dynamodb").get_paginator("scan").paginate(TableName=table, Select="COUNT")
        return sum(page["Count"] for page in pages)

    def _make_table(self, name: str, keys: Sequence[str]) -> None:
        self.aws("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[{"AttributeName": k, "KeyType": t} for k, t in zip(keys, ("HASH", "RANGE"), strict=False)],
        )

    def _put_accounts(self, table: str, accounts: int) -> None:
        """Store the user's accounts. The last account is the default."""
        each = [
            {
                "M": {
                    "id": {"S": f"account-{number}"},
                    "name": {"S": f"Account number {number}"},
                    "isDefault": {"BOOL": number == accounts - 1},
                    "rateLimit": {"M": {"period": {"S": "Unlimited"}, "rate": {"NULL": True}}},
                }
            }
            for number in range(accounts)
        ]
        self.aws("dynamodb").put_item(TableName=table, Item={"user": {"S": USER}, "accounts": {"L": each}})


@contextmanager
def surroundings(progress: Progress) -> Iterator[Surroundings]:
    """Provide a local AWS, a token issuer and a folder, and remove them afterwards."""
    runtime = Runtime(ROOT / ".pycommon" / "runtime")
    runtime.ensure(progress)
    with tempfile.TemporaryDirectory(prefix="pycommon-growth-") as name, TokenIssuer() as issuer:
        ministack = MiniStack(Home(Path(name) / "aws"), runtime)
        with progress.step("Growth: starting a local AWS"):
            run, _ = ministack.start()
        try:
            yield Surroundings(LocalClients(f"http://{HOST}:{run.port}", local_clients.REGION), issuer, Path(name))
        finally:
            ministack.stop()


def measure(progress: Progress, *, only: Sequence[str] = (), quick: bool = False) -> dict[str, Any]:
    """Measure every axis.

    Args:
        progress: shows each axis.
        only: the names of the axes to measure, see `AXES`. By default, all axes are measured.
        quick: whether to measure few turns and no large sizes, as a test of the benchmark.

    Returns:
        The results by axis, and by "import" or "request". Each size has the quartiles of CPU and wall time in
        milliseconds, and the median ratio to the smallest size of the same turn. A result also has the fitted
        exponents. All values are JSON values.
    """
    measured: dict[str, Any] = {}
    with surroundings(progress) as around:
        for name in only or AXES:
            with progress.step(f"Growth: {AXES[name].title}"):
                measured[name] = _measure(name, AXES[name], around, quick=quick)
    return measured


def _measure(name: str, axis: Axis, around: Surroundings, *, quick: bool) -> dict[str, Any]:
    sizes = axis.sizes[:-1] if quick else axis.sizes
    folders = {size: _written(around, name, axis, size) for size in sizes}
    environments = {size: around.environment(size, axis) for size in sizes}
    result: dict[str, Any] = {"title": axis.title, "unit": axis.unit}

    def summary(what: str, expected: str, turns: Iterator[Turn]) -> dict[str, Any]:
        return {"expected": expected, "ratio_at_most": axis.bounds.get(what), **_summary(list(turns))}

    if axis.of_import:
        turns = _imports(folders, environments, QUICK_TURNS if quick else IMPORT_TURNS)
        result["import"] = summary("import", axis.of_import, turns)
    if axis.of_request:
        answered: dict[int, int] = {}
        turns = _requests(folders, environments, QUICK_TURNS if quick else TURNS, answered)
        result["request"] = summary("request", axis.of_request, turns)
        result["request"]["lost"] = sum(
            times * axis.records(size) - around.records_in(environments[size][USAGE])
            for size, times in answered.items()
        )
    return result


def _written(around: Surroundings, name: str, axis: Axis, size: int) -> Path:
    """Write a service with its byte code and its events, and return its folder."""
    folder = around.folder / name / str(size)
    folder.mkdir(parents=True)
    for module, text in {"service.py": axis.service(size), **axis.modules(size)}.items():
        source = folder / module
        source.write_text(text, "utf-8")
        py_compile.compile(str(source), doraise=True)
    events = axis.events(size, around.issuer) if axis.of_request else []
    (folder / "events.json").write_text(json.dumps(events), "utf-8")
    return folder


Turn = dict[int, dict[str, float]]
"""The cost of each size in one turn: `{"cpu": ..., "wall": ...}` in nanoseconds."""


def _imports(folders: Mapping[int, Path], environments: Mapping[int, Mapping[str, str]], turns: int) -> Iterator[Turn]:
    began = time.monotonic()
    for number in range(turns + 1):
        turn: Turn = {}
        for size, folder in folders.items():
            with Worker(folder, environments[size]) as worker:
                turn[size] = {**worker.imported}
        if number:  # the first turn fills the caches of the file system
            yield turn
        if number >= FEWEST_TURNS and time.monotonic() - began > AXIS_S:
            return


def _requests(
    folders: Mapping[int, Path], environments: Mapping[int, Mapping[str, str]], turns: int, answered: dict[int, int]
) -> Iterator[Turn]:
    """Yield the turns. Afterwards `answered` has the number of requests of each size, including the first requests."""
    with ExitStack() as stack:
        workers = {size: stack.enter_context(Worker(folder, environments[size])) for size, folder in folders.items()}
        began = time.monotonic()
        for worker in workers.values():
            worker.cost(1)  # the first request is a cold start, and is not measured
        at_once = {size: _fitting(worker) for size, worker in workers.items()}
        for number in range(turns):
            order = list(workers.items())
            yield {size: worker.cost(at_once[size]) for size, worker in (order if number % 2 else reversed(order))}
            if number + 1 >= FEWEST_TURNS and time.monotonic() - began > AXIS_S:
                break
        answered.update({size: worker.answered for size, worker in workers.items()})


def _fitting(worker: Worker) -> int:
    """Return the number of requests that fill a turn."""
    return max(1, min(50, round(TURN_S / (worker.cost(1)["wall"] / 1e9))))


def _summary(turns: list[Turn]) -> dict[str, Any]:
    sizes = sorted(turns[0])
    medians = [statistics.median(turn[size]["cpu"] for turn in turns) for size in sizes]
    return {
        "turns": len(turns),
        "sizes": [
            {
                "size": size,
                "cpu_ms": _quartiles([turn[size]["cpu"] / MS for turn in turns]),
                "wall_ms": _quartiles([turn[size]["wall"] / MS for turn in turns]),
                "cpu_ratio": statistics.median(turn[size]["cpu"] / turn[sizes[0]]["cpu"] for turn in turns),
                "wall_ratio": statistics.median(turn[size]["wall"] / turn[sizes[0]]["wall"] for turn in turns),
            }
            for size in sizes
        ],
        "exponent": exponent(sizes, medians),
        "exponent_at_the_end": exponent_at_the_end(sizes, medians),
    }


def _quartiles(values: list[float]) -> list[float]:
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return [low, middle, high]


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Fit k of `cost = a * size ** k` by least squares on the logarithms. 0 is flat, 1 is linear, 2 is quadratic."""
    return statistics.linear_regression([math.log(s) for s in sizes], [math.log(c) for c in costs]).slope


def exponent_at_the_end(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Fit the exponent of the last two sizes, after subtracting the cost of the smallest size, which is a fixed cost.

    If a difference is less than a tenth of the smallest cost, the difference is noise. Then use the whole cost.
    """
    grown = len(costs) > 2 and min(costs[-2:]) > 1.1 * costs[0]  # noqa: PLR2004 - see above
    fixed = costs[0] if grown else 0.0
    return exponent(sizes[-2:], [cost - fixed for cost in costs[-2:]])
