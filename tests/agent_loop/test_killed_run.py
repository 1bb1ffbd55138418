"""Kill a Lambda in the middle of a run: another Lambda continues the run, and executes no step twice.

Real processes and SIGKILL. The counter in the table tells how often a step took effect.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from pycommon.testing import rest_api_event
from tests.agent_loop.conftest import FOLDER
from tests.agent_loop.test_runs import counter, pass_the_lease
from tests.agent_loop.test_workflows import COUNT

if TYPE_CHECKING:
    from pycommon.testing import TokenIssuer
    from tests.agent_loop.conftest import Client
    from tests.conftest import Aws

ROOT = Path(__file__).resolve().parents[2]
WORKER = Path(__file__).with_name("worker.py")
HELD = "held"
LOOK: dict[str, Any] = {"id": "look", "operation": "look"}
COUNT_AND_HOLD: dict[str, Any] = {"id": "held", "operation": "countAndHold", "arguments": {"key": "visits"}}


class Worker:
    """A process that answers requests of one user, until it is killed."""

    def __init__(self, variables: dict[str, str], token: str, *arguments: str) -> None:
        modules = os.pathsep.join(map(str, [FOLDER, ROOT / "src"]))
        self._token = token
        self._process = subprocess.Popen(
            [sys.executable, WORKER, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], **variables, "PYTHONPATH": modules, "LOG_LEVEL": "CRITICAL"},
            text=True,
        )

    def post(self, path: str, data: Any, timeout_s: float = 20.0) -> Any:
        """Return the response, or `held` if the request waits in an operation."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        event = rest_api_event("POST", f"/vu-agent/{path}", {"data": data}, token=self._token)
        self._process.stdin.write(json.dumps({"event": event, "timeout_s": timeout_s}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Kill the process at once, as Lambda does after the timeout."""
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def token(issuer: TokenIssuer) -> str:
    return issuer.token("jane")


def run_until_killed(variables: dict[str, str], token: str, *steps: dict[str, Any], timeout_s: float = 20.0) -> None:
    """Start a run of `steps` in a process, and kill the process while it waits."""
    with Worker(variables, token) as worker:
        created = worker.post("create-workflow", {"workflowName": "five steps", "steps": list(steps)})
        assert worker.post("run-workflow", {"workflowId": created["workflowId"]}, timeout_s) == HELD


def the_run(jane: Client) -> dict[str, Any]:
    """Return the run that a client has started."""
    runs = jane("GET", "list-runs")["runs"]
    return next(run for run in runs if "." not in run["runId"])


def test_a_run_of_five_steps_outlives_its_lambda(
    jane: Client, aws: Aws, cold_agent_loop: dict[str, str], token: str
) -> None:
    run_until_killed(cold_agent_loop, token, COUNT, COUNT, COUNT, LOOK, COUNT, timeout_s=7.0)
    run_id = the_run(jane)["runId"]
    assert [step["state"] for step in jane.steps(run_id)] == [*["succeeded"] * 3, "running", "pending"]
    assert counter(aws) == 3
    with Worker(cold_agent_loop, token, "go") as worker:
        early = worker.post("resume-workflow", {"runId": run_id})
        # The lease has not expired yet.
        assert early["error"] == "Another execution is running this run at the moment"
        time.sleep(9)
        assert the_run(jane)["state"] == "interrupted"
        done = worker.post("resume-workflow", {"runId": run_id})
    assert (done["state"], done["stepsDone"]) == ("succeeded", 5)
    assert [step["attempt"] for step in jane.steps(run_id)] == [1, 1, 1, 2, 1]
    assert counter(aws) == 4


@pytest.mark.parametrize(("decision", "count"), [("done", 3), ("repeat", 4)])
def test_a_step_of_which_nobody_knows_is_left_to_its_owner(
    jane: Client, aws: Aws, cold_agent_loop: dict[str, str], token: str, decision: str, count: int
) -> None:
    run_until_killed(cold_agent_loop, token, COUNT, COUNT_AND_HOLD, COUNT)
    pass_the_lease(aws)
    run_id = the_run(jane)["runId"]
    with Worker(cold_agent_loop, token, "go") as worker:
        for _ in range(2):  # asking changes nothing
            asked = worker.post("resume-workflow", {"runId": run_id})
            assert (asked["success"], asked["state"], asked["stoppedAt"]) == (False, "uncertain", "held")
            assert "may have taken effect" in asked["error"]
            assert counter(aws) == 2
        done = worker.post("resume-workflow", {"runId": run_id, "uncertainStep": decision})
    assert (done["state"], counter(aws)) == ("succeeded", count)
    assert jane.steps(run_id)[1].get("assumedDone", False) is (decision == "done")


def test_a_nested_run_goes_on_where_it_was(jane: Client, aws: Aws, cold_agent_loop: dict[str, str], token: str) -> None:
    with Worker(cold_agent_loop, token) as worker:
        inner = worker.post("create-workflow", {"workflowName": "inner", "steps": [COUNT, LOOK, COUNT]})
        step = {"operation": "runWorkflow", "arguments": {"workflowId": inner["workflowId"]}}
        outer = worker.post("create-workflow", {"workflowName": "outer", "steps": [COUNT, step, COUNT]})
        assert worker.post("run-workflow", {"workflowId": outer["workflowId"]}) == HELD
    pass_the_lease(aws)
    with Worker(cold_agent_loop, token, "go") as worker:
        done = worker.post("resume-workflow", {"runId": the_run(jane)["runId"]})
    assert (done["state"], counter(aws)) == ("succeeded", 4)
    assert len(jane("GET", "list-runs")["runs"]) == 2


def test_an_uncertain_step_is_never_repeated_unasked(
    jane: Client, aws: Aws, cold_agent_loop: dict[str, str], token: str
) -> None:
    run_until_killed(cold_agent_loop, token, COUNT_AND_HOLD)
    run_id = the_run(jane)["runId"]
    for _ in range(3):
        pass_the_lease(aws)
        with Worker(cold_agent_loop, token) as worker:
            assert worker.post("resume-workflow", {"runId": run_id})["state"] == "uncertain"
    assert counter(aws) == 1
