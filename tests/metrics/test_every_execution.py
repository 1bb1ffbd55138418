"""No execution is lost or counted twice, in spite of throttling, lost responses, outages and killed processes.

Real HTTP to the local DynamoDB through a proxy that injects the faults; execution environments are processes that are
killed as soon as the last invocation has returned, so that nothing may be left to do afterwards.

`PYCOMMON_EXECUTIONS=10000` runs the whole size; the default is smaller. `--log-level=INFO -rP` prints the numbers.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from pycommon.decorators import track_execution
from pycommon.metrics import get_usage_tracker
from pycommon.metrics.unrecorded_usage import NOT_RECORDED
from pycommon.testing import LambdaContext, fresh_execution_environment
from pycommon_cli.main import app
from tests.metrics import metered_function
from tests.metrics.faulty_dynamodb import LATE_BY_S, Fault, FaultyDynamoDB, always, at_random

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conftest import Aws

USAGE = "USAGE_METRICS_DYNAMO_TABLE"
ROOT = Path(__file__).resolve().parents[2]
EXECUTIONS = int(os.environ.get("PYCOMMON_EXECUTIONS", "600"))
THREADS = 16
SEED = 20261123

_logger = logging.getLogger(__name__)


class ExecutionEnvironment:
    """A process that runs metered functions on 16 threads until it is killed.

    Args:
        variables: its environment variables.
        log: takes what it writes to stdout.
        timeout_s: the time that each invocation has.
    """

    def __init__(self, variables: dict[str, str], log: Path, timeout_s: float = 30.0) -> None:
        self._acknowledged, acknowledge = os.pipe()
        command = [sys.executable, metered_function.__file__, str(acknowledge), str(THREADS), str(timeout_s)]
        modules = os.pathsep.join(map(str, [ROOT, ROOT / "src"]))
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": modules, **variables}
        with log.open("ab") as stdout:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=stdout, env=environment, pass_fds=[acknowledge]
            )
        os.close(acknowledge)

    def invoke(self, request_ids: Sequence[str]) -> None:
        """Run all of them, and return when the last one has run."""
        assert self._process.stdin is not None
        self._process.stdin.write("".join(f"{each}\n" for each in request_ids).encode())
        self._process.stdin.flush()
        with os.fdopen(os.dup(self._acknowledged), "rb", buffering=0) as answers:
            done = b""
            while done.count(b"\n") < len(request_ids):
                read = answers.read(65536)
                assert read, "the process ended by itself"
                done += read
        assert sorted(done.decode().split()) == sorted(request_ids)

    def kill(self) -> None:
        """Kill the process at once, as Lambda does."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        assert self._process.stdin is not None
        self._process.stdin.close()
        os.close(self._acknowledged)


@contextmanager
def execution_environment(variables: dict[str, str], log: Path, **more: Any) -> Iterator[ExecutionEnvironment]:
    environment = ExecutionEnvironment(variables, log, **more)
    try:
        yield environment
    finally:
        environment.kill()


def run_and_kill(
    aws: Aws, dynamodb: FaultyDynamoDB, log: Path, executions: int, kills: int = 10, **more: Any
) -> list[str]:
    """Run executions in several processes, kill each after its last response, and return their request ids."""
    request_ids = [str(uuid.uuid4()) for _ in range(executions)]
    variables = {**aws.variables, "AWS_ENDPOINT_URL_DYNAMODB": dynamodb.endpoint}
    for part in range(kills):
        with execution_environment(variables, log, **more) as environment:
            environment.invoke(request_ids[part::kills])
    return request_ids


def recover(aws: Aws, log: Path) -> str:
    """Run `pycommon usage recover` on the captured stdout with the table's endpoint, and return its summary."""
    with fresh_execution_environment(dict(aws.variables)):
        ran = CliRunner().invoke(app, ["usage", "recover", str(log), "--stage", "dev", "--table", aws.variables[USAGE]])
    assert ran.exit_code == 0, ran.output
    return ran.stdout.strip()


def lines(log: Path) -> int:
    return log.read_text().count(NOT_RECORDED) if log.exists() else 0


def assert_each_once(aws: Aws, request_ids: Sequence[str]) -> None:
    items = aws.items(USAGE)
    assert Counter(item["request_id"] for item in items) == Counter(request_ids)
    assert {(item["account"], item["user"]) for item in items} == {(metered_function.ACCOUNT, metered_function.USER)}


def test_a_twentieth_is_throttled_a_hundredth_loses_its_answer_and_the_process_is_killed(
    aws: Aws, tmp_path: Path
) -> None:
    log, began = tmp_path / "log", time.perf_counter()
    with FaultyDynamoDB(aws.client.endpoint, "PutItem", at_random(SEED, throttled=0.05, lost=0.01)) as dynamodb:
        request_ids = run_and_kill(aws, dynamodb, log, EXECUTIONS)
    faults = {fault.name: count for fault, count in dynamodb.met.items()}
    _logger.info("%d executions in %.1f s: %s, %d lines", EXECUTIONS, time.perf_counter() - began, faults, lines(log))
    assert all(dynamodb.met[fault] > 0 for fault in Fault if fault is not Fault.LATE)
    if lines(log):  # three throttled attempts in a row are rare, and allowed
        recover(aws, log)
    assert_each_once(aws, request_ids)


@pytest.mark.parametrize("timeout_s", [12.5, 0.5], ids=["time for retries", "little time"])
def test_faults_so_many_that_lines_are_left_and_recovered_twice(aws: Aws, tmp_path: Path, timeout_s: float) -> None:
    log, executions = tmp_path / "log", min(EXECUTIONS, 5 * THREADS)
    plan = at_random(SEED, throttled=0.85, lost=0.10)
    with FaultyDynamoDB(aws.client.endpoint, "PutItem", plan) as dynamodb:
        request_ids = run_and_kill(aws, dynamodb, log, executions, kills=2, timeout_s=timeout_s)
    left = lines(log)
    assert left > 0
    first = recover(aws, log)
    assert_each_once(aws, request_ids)
    assert sum(int(word) for word in first.split() if word.isdigit()) == left
    assert recover(aws, log) in {f"{left} were there already.", "1 was there already."}
    assert_each_once(aws, request_ids)


def test_the_table_is_down_altogether_and_back(aws: Aws, tmp_path: Path) -> None:
    log = tmp_path / "log"
    request_ids = [str(uuid.uuid4()) for _ in range(64)]
    with socket.socket() as unserved:  # bound and not listening: connections are refused
        unserved.bind(("127.0.0.1", 0))
        variables = {**aws.variables, "AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{unserved.getsockname()[1]}"}
        with execution_environment(variables, log, timeout_s=12.5) as environment:
            environment.invoke(request_ids)
    assert lines(log) == len(request_ids)
    assert aws.items(USAGE) == []
    assert recover(aws, log) == "64 restored."
    assert_each_once(aws, request_ids)
    assert recover(aws, log) == "64 were there already."


@pytest.mark.usefixtures("cold_start")
def test_executions_of_one_account_at_the_same_instant(
    aws: Aws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tracker, instant = get_usage_tracker(), datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
    begun = [tracker.start_tracking("jane", "op", "/op", context=LambdaContext()) for _ in range(THREADS)]
    start = threading.Barrier(THREADS)

    def record(number: int) -> None:
        execution = begun[number]._replace(timestamp=instant, started_at=instant)
        metrics = tracker.end_tracking(execution, None, {"account": "acc-1", "username": "jane"})
        start.wait()
        tracker.record_metrics(metrics)
        tracker.record_metrics(metrics)  # as if the first answer had been lost

    log, plan = tmp_path / "log", at_random(SEED, throttled=0.05, lost=0.05)
    with (
        FaultyDynamoDB(aws.client.endpoint, "PutItem", plan) as dynamodb,
        fresh_execution_environment({"AWS_ENDPOINT_URL_DYNAMODB": dynamodb.endpoint}),
        ThreadPoolExecutor(THREADS) as pool,
    ):
        list(pool.map(record, range(THREADS)))
    log.write_text(capsys.readouterr().out)
    recover(aws, log)
    items = aws.items(USAGE)
    assert Counter(item["request_id"] for item in items) == Counter(each.request_id for each in begun)
    assert sorted(item["timestamp"] for item in items) == [f"2026-01-15T10:30:00.{n:06}Z" for n in range(THREADS)]


@pytest.mark.usefixtures("cold_start")
@pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.LATE])
def test_with_little_time_left_the_answer_comes_first(
    aws: Aws, tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: Fault
) -> None:
    @track_execution(account="acc-1", user="jane")
    def work(_event: Any, _context: Any) -> str:
        return "done"

    log = tmp_path / "log"
    with FaultyDynamoDB(aws.client.endpoint, "PutItem", always(fault)) as dynamodb:
        with fresh_execution_environment({"AWS_ENDPOINT_URL_DYNAMODB": dynamodb.endpoint}):
            context = LambdaContext(timeout_s=1.2)
            assert work({}, context) == "done"
            assert context.get_remaining_time_in_millis() > 0
            log.write_text(capsys.readouterr().out)
            assert lines(log) == 1
        if fault is Fault.LATE:
            time.sleep(2 * LATE_BY_S)  # the write is applied now
    assert recover(aws, log) in {"1 restored.", "1 was there already."}
    assert [item["request_id"] for item in aws.items(USAGE)] == [context.aws_request_id]
