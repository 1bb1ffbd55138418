"""How many instructions of the processor a warm request takes, held against those of the least that a record takes.

Counted by valgrind, so that neither a busy machine nor a slow one has a say. What a process needs before its first
request drops out, as the difference of two runs. The measure that it is held against, `PlainPutItem`, runs in the same
way: what differs between machines and versions of Python differs for both.

    apt-get install valgrind
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from typing import Any

import pytest

from tests.speed.conftest import PROGRAM

pytestmark = pytest.mark.heavy

WARM, FEW, MANY = 5, 20, 120
"""Requests in the two runs, after as many as make a function warm."""

AT_MOST = 2.0
"""Times the instructions of `PlainPutItem`.

Measured were 1.483 to 1.502 in eight runs (1.53 million for a request, 1.03 million for the plain write; Python 3.11);
with botocore in the place of the library's own client 5.84. The margin is for other versions of Python.
"""

VALGRIND = shutil.which("valgrind")


@pytest.mark.skipif(VALGRIND is None, reason="valgrind is not there to count instructions: apt-get install valgrind")
def test_a_warm_request_takes_little_more_than_a_plain_write_of_its_record(
    environment: dict[str, str], jwt_event: dict[str, Any]
) -> None:
    # The notes of who uses which variable are written beside the first request, on threads of their own.
    alone = {name: value for name, value in environment.items() if name != "ENV_VARS_TRACKING_TABLE"}
    request = {"do": "answer", "handler": "guarded", "event": jwt_event}
    _run([sys.executable], alone, [{**request, "times": 2}, {"do": "put_plainly", "times": 2}])  # writes byte code

    guarded = _instructions_of_each(alone, request)
    plain = _instructions_of_each(alone, {"do": "put_plainly"})
    assert guarded < AT_MOST * plain, f"{guarded:,.0f} instructions, {guarded / plain:.2f} times the plain {plain:,.0f}"


def _instructions_of_each(environment: dict[str, str], command: dict[str, Any]) -> float:
    few, many = (_instructions(environment, {**command, "times": times}) for times in (FEW, MANY))
    return (many - few) / (MANY - FEW)


def _instructions(environment: dict[str, str], command: dict[str, Any]) -> int:
    assert VALGRIND is not None
    callgrind = [VALGRIND, "--tool=callgrind", "--callgrind-out-file=/dev/null", sys.executable]
    told = _run(callgrind, environment, [{**command, "times": WARM}, {"do": "freeze"}, command])
    collected = re.search(r"Collected : (\d+)", told)
    assert collected, told[-2000:]
    return int(collected[1])


def _run(python: list[str], environment: dict[str, str], commands: list[dict[str, Any]]) -> str:
    """What the function writes to stderr while it does `commands`; each is to come to something."""
    lines = "".join(f"{json.dumps(command)}\n" for command in commands)
    ran = subprocess.run(
        [*python, "-W", "error", str(PROGRAM)],
        input=lines,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert len(ran.stdout.splitlines()) == len(commands)
    assert all(set(json.loads(line) or {"200"}) == {"200"} for line in ran.stdout.splitlines()), ran.stdout
    return ran.stderr
