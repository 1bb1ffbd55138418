"""What a request costs when things get many or large: flat or linear, and nothing quadratic.

    .venv/bin/python -m benchmarks.growth [--quick] [--only rules,routes] [--output docs/benchmarks]

For each thing that can grow, services of several sizes are written to a temporary folder and compiled to byte code.
Each runs in a process of its own with the environment of a deployed function, with real tokens and tables on the local
AWS. The sizes take turns, so that a machine that grows slower does so for all of them. Shown are medians; what tells is
the processors' time of the function's process. The clock's time has that of the local AWS in it.
"""

from __future__ import annotations

import argparse
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
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pycommon.testing import TokenIssuer, rest_api_event
from pycommon_cli.local import local_clients
from pycommon_cli.local.lambda_runtime import Runtime
from pycommon_cli.local.local_clients import LocalClients
from pycommon_cli.local.ministack import HOST, MiniStack
from pycommon_cli.local.project_folders import Home
from pycommon_cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from matplotlib.axes import Axes

    from pycommon_cli.terminal import Progress

__all__ = ["AXES", "markdown", "measure", "plots"]

ROOT = Path(__file__).resolve().parent.parent
WORKER = Path(__file__).with_name("growth_worker.py")
FOLDER = ROOT / "docs" / "benchmarks"

USAGE = "USAGE_METRICS_DYNAMO_TABLE"
USER, PATH = "ada", "/growth/it"
KEYS = {
    "ACCOUNTS_DYNAMO_TABLE": ["user"],
    "ENV_VARS_TRACKING_TABLE": ["service_var_key"],
    USAGE: ["account", "timestamp"],
}
SDK_FILES = {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED"}
"""What `settings` sets so that a person's own files have no say. A deployed function has none of these."""

TURNS, IMPORT_TURNS, QUICK_TURNS = 30, 11, 3
TURN_S = 0.12
"""How long the requests of one size take in one turn, about; at least one is made."""
AXIS_S = 20.0
"""After so long no further turn of an axis begins: a few sizes take seconds for a request."""
FEWEST_TURNS = 3
FLAT, LINEAR = 0.15, 1.4
"""The greatest exponents that are called so; quadratic is 2.

What no longer fits into the processor's caches costs more for each piece: `orjson.loads` alone takes 14 times as long
for a body of 6 MB as for one of 1 MB, which is an exponent of 1.5, and the whole request comes to 1.28.
"""

LOG_AT_MOST = 4_000
"""How many characters of what a function has written are shown when it fails."""

MS = 1_000_000
Event = dict[str, Any]

# --- the services -----------------------------------------------------------------------------------------------------

HEAD = """\
from pycommon.api.ops import api_tool, set_route_data
from pycommon.authz import setup_validated, validated
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution


def get_permission_checker():
    return lambda path, operation, user, data: True


"""
GUARDED = """
rules = {rules}
setup_validated(rules, get_permission_checker)


@required_env_vars({variables})
@validated("{operation}")
def handler(event, context, user, name, data):
    return {{"success": True, "user": user}}
"""
FURTHER_HANDLER = """

@required_env_vars({{"ACCOUNTS_DYNAMO_TABLE": [DynamoDBOperation.GET_ITEM]}})
@validated("{operation}")
def {operation}(event, context, user, name, data):
    return {{"success": True, "user": user}}
"""
ROUTER = """
from pycommon.api.router import route as handler

set_route_data({})
setup_validated({}, get_permission_checker)
"""
ROUTED = """

@api_tool(path="{path}", name="{name}", description="Change one thing.", parameters={schema})
def {name}(current_user, account_id, thing_id, amount=1, tags=None):
    return {{"success": True}}
"""
TRACKED = """

@track_execution
def handler(event, context):
    return {"statusCode": 200}
"""
ON_DEMAND = """
from collections.abc import Mapping
from importlib import import_module


class ByArea(Mapping):
    def __getitem__(self, path):
        return import_module(AREAS[path.split("/")[1]]).rules[path]

    def __iter__(self):
        return (path for module in AREAS.values() for path in import_module(module).rules)

    def __len__(self):
        return sum(1 for _ in self)


AREAS = {areas}
rules = {{"validators": ByArea()}}
"""
OPERATIONS_OF_AN_AREA = 100
PLAIN_VARIABLES = '{"ACCOUNTS_DYNAMO_TABLE": [DynamoDBOperation.GET_ITEM]}'
DATA = {"thingId": "thing-1", "amount": 3, "tags": ["a", "b"]}
ITEMS = {
    "type": "object",
    "properties": {
        "things": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"id": {"type": "string"}, "amount": {"type": "number"}, "note": {"type": "string"}},
                "required": ["id", "amount"],
            },
        }
    },
    "required": ["things"],
}


def schema_of(number: int) -> dict[str, Any]:
    """A schema as operations have it; each has something of its own, so that none is shared with another."""
    return {
        "type": "object",
        "properties": {
            "thingId": {"type": "string", "minLength": 1, "maxLength": 64 + number},
            "amount": {"type": "integer", "minimum": 0, "default": 1},
            "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 20},
        },
        "required": ["thingId"],
        "additionalProperties": False,
    }


def rules_of(size: int) -> dict[str, Any]:
    """Rules for so many operations, each under a path of its own as in the specification's examples."""
    return {"validators": {f"/growth/it-{each}": {f"operation_{each}": schema_of(each)} for each in range(size)}}


def guarded(rules: Any, operation: str = "operation_0", variables: str = PLAIN_VARIABLES) -> str:
    """The source of a service with one guarded endpoint."""
    return HEAD + GUARDED.format(rules=repr(rules), operation=operation, variables=variables)


def many_rules(size: int) -> str:
    return guarded(rules_of(size), f"operation_{size // 2}")


def rules_on_demand(size: int) -> str:
    """As many operations, their rules in modules that are imported when a request comes for one of them."""
    areas = ON_DEMAND.format(areas=repr({area_of(each): area_of(each) for each in range(size)}))
    return HEAD + areas + GUARDED.format(rules="rules", operation=f"operation_{size // 2}", variables=PLAIN_VARIABLES)


def modules_of_rules(size: int) -> dict[str, str]:
    """The modules of `rules_on_demand`, each with the rules of an area."""
    areas: dict[str, dict[str, Any]] = {}
    for each in range(size):
        areas.setdefault(area_of(each), {})[path_in_area(each)] = {f"operation_{each}": schema_of(each)}
    return {f"{area}.py": f"rules = {rules!r}\n" for area, rules in areas.items()}


def area_of(number: int) -> str:
    return f"area_{number // OPERATIONS_OF_AN_AREA}"


def path_in_area(number: int) -> str:
    return f"/{area_of(number)}/it-{number}"


def many_handlers(size: int) -> str:
    others = "".join(FURTHER_HANDLER.format(operation=f"operation_{each}") for each in range(1, size))
    return guarded(rules_of(size)) + others


def many_routes(size: int) -> str:
    routed = (ROUTED.format(path=f"/growth/it-{n}", name=f"change_{n}", schema=schema_of(n)) for n in range(size))
    return HEAD + ROUTER + "".join(routed)


def many_variables(size: int) -> str:
    declared = "".join(f'    "VARIABLE_{n}": [DynamoDBOperation.GET_ITEM],\n' for n in range(size))
    return guarded(rules_of(1), variables=f"{{\n{declared}}}")


def one_operation(_size: int) -> str:
    return guarded({"validators": {PATH: {"operation_0": schema_of(0)}}})


def any_size_of_body(_size: int) -> str:
    return guarded({"validators": {PATH: {"operation_0": ITEMS}}})


def tracked(_size: int) -> str:
    return HEAD + TRACKED


# --- the events -------------------------------------------------------------------------------------------------------


def to_it(path: str, data: Any, *tokens: str) -> list[Event]:
    return [rest_api_event("POST", path, {"data": data}, token=token) for token in tokens]


def to_the_first(_size: int, issuer: TokenIssuer) -> list[Event]:
    return to_it("/growth/it-0", DATA, issuer.token(USER))


def to_one_in_the_middle(size: int, issuer: TokenIssuer) -> list[Event]:
    return to_it(f"/growth/it-{size // 2}", DATA, issuer.token(USER))


def to_one_in_an_area(size: int, issuer: TokenIssuer) -> list[Event]:
    return to_it(path_in_area(size // 2), DATA, issuer.token(USER))


def to_the_only_one(_size: int, issuer: TokenIssuer) -> list[Event]:
    return to_it(PATH, DATA, issuer.token(USER))


def of_body_size(size: int, issuer: TokenIssuer) -> list[Event]:
    """A body of about `size` bytes, made of many small values."""
    thing = {"id": "thing-0000001", "amount": 12.5, "note": "as people write it, with a few words"}
    things = [thing] * max(1, size // (len(json.dumps(thing)) + 2))
    return to_it(PATH, {"things": things}, issuer.token(USER))


def of_new_tokens(size: int, issuer: TokenIssuer) -> list[Event]:
    """Each with a token that was not seen before, of so many claims beside the usual."""
    claims: dict[str, Any] = {f"custom:group{number}": f"value-{number}" for number in range(size)}
    return to_it(PATH, DATA, *(issuer.token(USER, **claims) for _ in range(NEW_TOKENS)))


def batch(size: int, named: Callable[[int], Mapping[str, str]]) -> list[Event]:
    records = [
        {
            "messageId": str(uuid.uuid4()),
            "receiptHandle": "handle",
            "body": json.dumps({"task": "resize", "number": number, **named(number)}),
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:tasks",
            "awsRegion": "us-east-1",
        }
        for number in range(size)
    ]
    return [{"Records": records}]


def batch_of_one_payer(size: int, _issuer: TokenIssuer) -> list[Event]:
    return batch(size, lambda _number: {"account": "one-account", "user": USER})


def batch_of_many_payers(size: int, _issuer: TokenIssuer) -> list[Event]:
    return batch(size, lambda number: {"account": f"account-{number}", "user": f"user-{number}"})


def batch_of_many_users(size: int, _issuer: TokenIssuer) -> list[Event]:
    return batch(size, lambda number: {"account": "one-account", "user": f"user-{number}"})


NEW_TOKENS = 1500

# --- what grows -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One thing that grows.

    Attributes:
        title: what grows, as a plot's title.
        unit: what the sizes count.
        sizes: from the smallest to the largest.
        service: the source of the service for a size.
        events: the requests for a size; they are made in turn.
        of_import: whether the import is measured: "flat", "linear", or None.
        of_request: the same for a warm request.
        bounds: the greatest ratios of the largest size to the smallest, where a growth is to be less than "flat" says.
        environment: variables of the function beside the usual, for a size.
        accounts: how many accounts the user has, for a size.
        records: how many usage records a request has, for a size; all are looked for in the table.
        modules: further modules of the service, for a size.
    """

    title: str
    unit: str
    sizes: tuple[int, ...]
    service: Callable[[int], str]
    events: Callable[[int, TokenIssuer], list[Event]] = to_the_first
    of_import: str | None = None
    of_request: str | None = None
    bounds: Mapping[str, float] = field(default_factory=dict)
    environment: Callable[[int], Mapping[str, str]] = field(default=lambda _size: {})
    accounts: Callable[[int], int] = field(default=lambda _size: 1)
    records: Callable[[int], int] = field(default=lambda _size: 1)
    modules: Callable[[int], Mapping[str, str]] = field(default=lambda _size: {})


OPERATIONS = (10, 100, 1_000, 10_000)
AXES: Mapping[str, Axis] = {
    "rules": Axis(
        title="Operations in `rules`, one handler",
        unit="operations",
        sizes=OPERATIONS,
        service=many_rules,
        events=to_one_in_the_middle,
        of_import="flat",
        of_request="flat",
        bounds={"import": 1.2, "request": 1.05},
    ),
    "rules-on-demand": Axis(
        title="Operations in `rules`, read when asked for",
        unit="operations",
        sizes=OPERATIONS,
        service=rules_on_demand,
        modules=modules_of_rules,
        events=to_one_in_an_area,
        of_import="flat",
        of_request="flat",
        bounds={"import": 1.2, "request": 1.05},
    ),
    "handlers": Axis(
        title="Operations in `rules`, a handler for each",
        unit="handlers",
        sizes=OPERATIONS,
        service=many_handlers,
        of_import="linear",
    ),
    "routes": Axis(
        title="Operations behind the router (`@api_tool`)",
        unit="operations",
        sizes=OPERATIONS,
        service=many_routes,
        events=to_one_in_the_middle,
        of_import="linear",
        of_request="flat",
    ),
    "variables": Axis(
        title="Declared variables of one function",
        unit="variables",
        sizes=(1, 10, 100, 1_000),
        service=many_variables,
        environment=lambda size: {f"VARIABLE_{number}": f"table-{number}" for number in range(size)},
        of_import="linear",
        of_request="flat",
    ),
    "accounts": Axis(
        title="Accounts of one user, looked up for each request",
        unit="accounts",
        sizes=(1, 10, 100, 1_000),
        service=one_operation,
        events=to_the_only_one,
        environment=lambda _size: {"ACCOUNT_CACHE_SECONDS": "0"},
        accounts=lambda size: size,
        of_request="linear",
    ),
    "accounts-kept": Axis(
        title="Accounts of one user, looked up once",
        unit="accounts",
        sizes=(1, 10, 100, 1_000),
        service=one_operation,
        events=to_the_only_one,
        accounts=lambda size: size,
        of_request="flat",
    ),
    "body": Axis(
        title="Size of the body",
        unit="bytes",
        sizes=(1_000, 10_000, 100_000, 1_000_000, 6_000_000),
        service=any_size_of_body,
        events=of_body_size,
        of_request="linear",
    ),
    "claims": Axis(
        title="Claims of a token that was not seen before",
        unit="claims",
        sizes=(3, 10, 30, 100, 300),
        service=one_operation,
        events=of_new_tokens,
        of_request="linear",
    ),
    "batch": Axis(
        title="Messages of an SQS batch, one payer",
        unit="messages",
        sizes=(1, 10, 100, 1_000, 10_000),
        service=tracked,
        events=batch_of_one_payer,
        of_request="linear",
    ),
    "payers": Axis(
        title="Accounts that pay for one SQS batch",
        unit="accounts",
        sizes=(1, 10, 100, 1_000),
        service=tracked,
        events=batch_of_many_payers,
        records=lambda size: size,
        of_request="linear",
    ),
    "users": Axis(
        title="Users of one account that pay for one SQS batch",
        unit="users",
        sizes=(1, 10, 100, 1_000),
        service=tracked,
        events=batch_of_many_users,
        records=lambda size: size,
        of_request="linear",
    ),
}


# --- measuring --------------------------------------------------------------------------------------------------------


class Worker:
    """A process with one service; see `benchmarks/growth_worker.py`.

    Attributes:
        imported: what the import cost: `{"cpu": ..., "wall": ...}` in nanoseconds.
        answered: how many requests it has answered.
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
        """What one of so many requests costs: `{"cpu": ..., "wall": ...}` in nanoseconds."""
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe, see above
        self._process.stdin.write(f"{requests}\n")
        self._process.stdin.flush()
        self.answered += requests
        return {name: spent / requests for name, spent in self._read().items()}

    def _read(self) -> dict[str, int]:
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe, see above
        line = self._process.stdout.readline()
        if not line:
            said = (self._folder / "log").read_text("utf-8", "replace")[-LOG_AT_MOST:]
            raise SystemExit(f"growth: the service {self._folder} ended with {self._process.wait()}. It said:\n{said}")
        costs: dict[str, int] = json.loads(line)
        return costs

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:  # closes the pipes, which ends it, and waits
            pass


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the functions run against."""

    aws: LocalClients
    issuer: TokenIssuer
    folder: Path

    def environment(self, size: int, axis: Axis) -> dict[str, str]:
        """The variables of a function for `axis`, which has tables of its own: they are made here."""
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
        """How many items a table has."""
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
        """The user's accounts; the last is the default."""
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
    """A local AWS of its own, an issuer of tokens, and a folder; all gone afterwards."""
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
        progress: told about each.
        only: the names of some axes, see `AXES`; default all.
        quick: few turns and no large sizes, to see that it runs.

    Returns:
        By axis and "import" or "request", for each size the quartiles of CPU and wall in milliseconds, the median of
        the ratios to the smallest size (of the same turn), and the exponents that were fitted; JSON values only.
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

    def told(what: str, expected: str, turns: Iterator[Turn]) -> dict[str, Any]:
        return {"expected": expected, "ratio_at_most": axis.bounds.get(what), **_summary(list(turns))}

    if axis.of_import:
        turns = _imports(folders, environments, QUICK_TURNS if quick else IMPORT_TURNS)
        result["import"] = told("import", axis.of_import, turns)
    if axis.of_request:
        answered: dict[int, int] = {}
        turns = _requests(folders, environments, QUICK_TURNS if quick else TURNS, answered)
        result["request"] = told("request", axis.of_request, turns)
        result["request"]["lost"] = sum(
            times * axis.records(size) - around.records_in(environments[size][USAGE])
            for size, times in answered.items()
        )
    return result


def _written(around: Surroundings, name: str, axis: Axis, size: int) -> Path:
    """The folder of a service, with its byte code and its events."""
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
"""What each size cost in one turn: `{"cpu": ..., "wall": ...}` in nanoseconds."""


def _imports(folders: Mapping[int, Path], environments: Mapping[int, Mapping[str, str]], turns: int) -> Iterator[Turn]:
    began = time.monotonic()
    for number in range(turns + 1):
        turn: Turn = {}
        for size, folder in folders.items():
            with Worker(folder, environments[size]) as worker:
                turn[size] = {**worker.imported}
        if number:  # the first fills the caches of the file system
            yield turn
        if number >= FEWEST_TURNS and time.monotonic() - began > AXIS_S:
            return


def _requests(
    folders: Mapping[int, Path], environments: Mapping[int, Mapping[str, str]], turns: int, answered: dict[int, int]
) -> Iterator[Turn]:
    """The turns; in the end `answered` tells how many requests of each size there were, the first ones included."""
    with ExitStack() as stack:
        workers = {size: stack.enter_context(Worker(folder, environments[size])) for size, folder in folders.items()}
        began = time.monotonic()
        for worker in workers.values():
            worker.cost(1)  # cold
        at_once = {size: _fitting(worker) for size, worker in workers.items()}
        for number in range(turns):
            order = list(workers.items())
            yield {size: worker.cost(at_once[size]) for size, worker in (order if number % 2 else reversed(order))}
            if number + 1 >= FEWEST_TURNS and time.monotonic() - began > AXIS_S:
                break
        answered.update({size: worker.answered for size, worker in workers.items()})


def _fitting(worker: Worker) -> int:
    """How many requests fill a turn."""
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
    """The k of `cost = a * size ** k`, by least squares on the logarithms: 0 is flat, 1 linear, 2 quadratic."""
    return statistics.linear_regression([math.log(s) for s in sizes], [math.log(c) for c in costs]).slope


def exponent_at_the_end(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The same between the last two sizes, of what they cost beyond the smallest: a fixed cost hides nothing then.

    Where that is less than a tenth of the cost of the smallest, it is noise, and the whole cost is taken.
    """
    grown = len(costs) > 2 and min(costs[-2:]) > 1.1 * costs[0]  # noqa: PLR2004 - see above
    fixed = costs[0] if grown else 0.0
    return exponent(sizes[-2:], [cost - fixed for cost in costs[-2:]])


# --- showing ----------------------------------------------------------------------------------------------------------


def holds(of: Mapping[str, Any]) -> bool:
    """Whether the growth is what is expected, or less, and every usage record was in the table."""
    if of.get("lost"):
        return False
    if of["ratio_at_most"] is not None:
        return bool(of["sizes"][-1]["cpu_ratio"] <= of["ratio_at_most"])
    return bool(of["exponent_at_the_end"] <= (FLAT if of["expected"] == "flat" else LINEAR))


HEADS = (
    "what grows",
    "from",
    "to",
    "CPU at first",
    "CPU at last",
    "ratio",
    "exponent",
    "last decade",
    "expected",
    "holds",
)
MARKDOWN = """\
## Growth

What an import and a warm request cost (CPU of the function's process, usage record written) when things get many or
large. The ratio is the median of the ratios of turns that were taken together. The exponent is the k of `cost = a *
size^k` over all sizes, and "at the end" between the last two, of what they cost beyond the smallest: 0 is flat, 1
linear, 2 quadratic. "Flat" allows {flat:g} there, "linear" {linear:g}; where a number stands, it bounds the ratio.

{tables}
![What an import costs](growth-import.svg)

![What a warm request costs](growth-request.svg)

Again: `.venv/bin/python -m benchmarks.growth`.
"""


def markdown(results: Mapping[str, Any]) -> str:
    """The section of the report: a table for imports, one for warm requests, and the plots."""
    tables = []
    for what, title in (("import", "Import"), ("request", "Warm request")):
        rows = [_row(axis, axis[what]) for axis in results.values() if what in axis]
        if rows:
            table = [HEADS, ("---",) * 3 + ("---:",) * 5 + ("---",) * 2, *rows]
            lines = "\n".join(f"| {' | '.join(row)} |" for row in table)
            tables.append(f"### {title}\n\n{lines}\n")
    return MARKDOWN.format(tables="\n".join(tables), flat=FLAT, linear=LINEAR)


def _row(axis: Mapping[str, Any], of: Mapping[str, Any]) -> tuple[str, ...]:
    first, last = of["sizes"][0], of["sizes"][-1]
    return (
        axis["title"],
        f"{first['size']:,}",
        f"{last['size']:,} {axis['unit']}",
        f"{first['cpu_ms'][1]:.2f} ms",
        f"{last['cpu_ms'][1]:.2f} ms",
        f"{last['cpu_ratio']:.2f}",
        f"{of['exponent']:.2f}",
        f"{of['exponent_at_the_end']:.2f}",
        of["expected"] if of["ratio_at_most"] is None else f"{of['expected']}, ratio {of['ratio_at_most']:g}",
        "yes" if holds(of) else f"**no**, {of['lost']:,} records lost" if of.get("lost") else "**no**",
    )


def plots(results: Mapping[str, Any], folder: Path) -> list[Path]:
    """Draw `growth-import` and `growth-request`, each as PNG and SVG, into `folder`; the files."""
    files: list[Path] = []
    for what in ("import", "request"):
        axes = [axis for axis in results.values() if what in axis]
        if axes:
            files += _figure(what, axes, folder)
    return files


BLUE, GREY, ORANGE = "#0072B2", "#777777", "#D55E00"  # Okabe and Ito: told apart by everybody
COLUMNS = 2  # on a page of text more would be too small to read
TITLES = {
    "import": "What importing a service costs when things get many",
    "request": "What a warm request costs when things get many or large",
}


def _figure(what: str, axes: Sequence[Mapping[str, Any]], folder: Path) -> list[Path]:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    columns = min(COLUMNS, len(axes))
    rows = math.ceil(len(axes) / columns)
    with mpl.rc_context({"font.size": 9, "svg.hashsalt": "growth"}):
        figure, panels = plt.subplots(
            rows, columns, figsize=(4.2 * columns, 3.3 * rows + 0.8), squeeze=False, layout="constrained"
        )
        for panel, axis in zip(panels.flat, axes, strict=False):
            _panel(panel, axis, axis[what])
        for panel in list(panels.flat)[len(axes) :]:
            panel.set_visible(False)
        handles, labels = panels.flat[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
        figure.suptitle(f"{TITLES[what]}\n", fontweight="bold")
        files = [folder / f"growth-{what}.{kind}" for kind in ("png", "svg")]
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            figure.savefig(file, dpi=150, metadata={"Date": None} if file.suffix == ".svg" else None)
        plt.close(figure)
    return files


def _panel(panel: Axes, axis: Mapping[str, Any], of: Mapping[str, Any]) -> None:
    from matplotlib.ticker import FuncFormatter, NullFormatter

    sizes = [each["size"] for each in of["sizes"]]
    low, middle, high = zip(*(each["cpu_ms"] for each in of["sizes"]), strict=True)
    ends = (sizes[0], sizes[-1])
    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.plot(ends, (middle[0], middle[0]), "--", color=GREY, label="flat")
    # The linear slope goes through the last point: where the line begins is a cost that does not grow.
    panel.plot(ends, (middle[-1] * ends[0] / ends[1], middle[-1]), ":", color=ORANGE, label="linear (slope 1)")
    panel.fill_between(sizes, low, high, color=BLUE, alpha=0.2, linewidth=0, label="middle half of the turns")
    panel.plot(sizes, middle, "o-", color=BLUE, label="measured (median)")
    panel.set_ylim(min(low) / 3, max(max(high) * 3, min(low) * 100))
    panel.set_title(axis["title"], fontsize=9)
    panel.set_xlabel(axis["unit"])
    panel.set_ylabel("CPU, ms")
    panel.xaxis.set_major_formatter(FuncFormatter(_short))
    panel.yaxis.set_major_formatter(FuncFormatter(_short))
    panel.yaxis.set_minor_formatter(NullFormatter())
    panel.grid(visible=True, which="major", alpha=0.3)
    told = f"ratio {of['sizes'][-1]['cpu_ratio']:.2f}\nexponent at the end {of['exponent_at_the_end']:.2f}"
    panel.text(0.03, 0.96, told, transform=panel.transAxes, va="top", fontsize=8, color=BLUE)


def _short(value: float, _position: int) -> str:
    """1000 as "1 k", 6000000 as "6 M"."""
    for unit, suffix in ((1_000_000, " M"), (1_000, " k")):
        if value >= unit:
            return f"{value / unit:g}{suffix}"
    return f"{value:g}"


def main() -> None:
    """Measure, and write the plots and `growth.json` and `growth.md`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few turns, no large sizes: to see that it runs")
    parser.add_argument("--only", default="", help=f"some of {', '.join(AXES)}, with commas between")
    parser.add_argument("--output", type=Path, default=FOLDER, help="the folder for what is written")
    arguments = parser.parse_args()
    only = [name for name in arguments.only.split(",") if name]
    if unknown := set(only) - set(AXES):
        parser.error(f"--only: {', '.join(sorted(unknown))} is none of {', '.join(AXES)}")
    results = measure(Terminal(), only=only, quick=arguments.quick)
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / "growth.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    plots(results, arguments.output)
    text = markdown(results)
    (arguments.output / "growth.md").write_text(text, "utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
