"""The init phase of an execution environment, measured on processes that really start."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from decimal import Decimal

import pytest

from pycommon.metrics.init_phase import InitPhase
from pycommon.testing import fresh_execution_environment

IN_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "files-dev-charge"}

# A function whose module takes 300 ms to import, and whose environment may then wait for its first event.
PROGRAM = """
import json, sys, time
time.sleep(0.3)
from pycommon.decorators import track_execution
from pycommon.metrics import record_usage_with
class Printed:
    def put(self, metrics):
        print(json.dumps([str(metrics.init_duration_ms), metrics.billed_duration_ms, str(metrics.duration_ms)]))
@track_execution
def handler(event, context):
    time.sleep(0.05)
time.sleep(float(sys.argv[1]))
record_usage_with(Printed())
handler({}, None)
"""


@pytest.mark.parametrize("waits_s", [0.0, 1.5])
def test_it_is_what_the_process_took_until_its_function_was_there(waits_s: float) -> None:
    began = time.monotonic()
    command = [sys.executable, "-c", PROGRAM, str(waits_s)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=IN_LAMBDA)
    took_ms = (time.monotonic() - began) * 1000
    init, billed, duration = json.loads(ran.stdout)
    assert 300 <= Decimal(init) <= took_ms - waits_s * 1000 - 50 + 20  # the kernel's clock ticks every 10 ms
    assert billed == int((Decimal(init) + Decimal(duration)).to_integral_value("ROUND_CEILING"))


def duration(variables: dict[str, str], began: float, first: float, *, defined: bool = True) -> Decimal | None:
    with fresh_execution_environment(variables):
        phase = InitPhase(began)
        if defined:
            phase.note_definition()
        return phase.duration_ms(first)


def test_in_milliseconds_with_two_digits() -> None:
    now = time.monotonic()
    assert duration(IN_LAMBDA, now - 1.23456, now) == Decimal("1234.56")


def test_it_ends_after_ten_seconds_as_lambda_ends_it() -> None:
    now = time.monotonic()
    assert duration(IN_LAMBDA, now - 60, now) == Decimal(10_000)


def test_it_is_never_less_than_nothing() -> None:
    now = time.monotonic()
    assert duration(IN_LAMBDA, now + 5, now) == 0


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {**IN_LAMBDA, "AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency"},
        {**IN_LAMBDA, "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"},
    ],
)
def test_where_the_first_execution_does_not_pay_for_it_there_is_none(variables: dict[str, str]) -> None:
    now = time.monotonic()
    assert duration(variables, now - 1, now) is None
