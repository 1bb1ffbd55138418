"""Functions in processes of their own, in front of a local AWS whose calls are counted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pytest

from benchmarks.counting_proxy import CountingProxy, counting_proxy
from pycommon.authz.api_keys import stored_form
from pycommon.testing import rest_api_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pycommon.testing import TokenIssuer
    from tests.conftest import Aws

PROGRAM = Path(__file__).with_name("function.py")
KEY = "amp-v1-" + "s" * 43
SDK_FILES = {"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED"}
"""Variables of the suite that no deployed function has."""


class Function:
    """The process of `tests/speed/function.py`, below `command` where there is one."""

    def __init__(self, environment: Mapping[str, str], *command: str) -> None:
        self._process = subprocess.Popen(
            [*command, sys.executable, "-W", "error", str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(environment),
            text=True,
        )

    def do(self, command: str, **arguments: Any) -> Any:
        """What the function says to a command."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": command, **arguments}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the function ended with {self._process.wait()} while it was to {command}; see its stderr"
        return json.loads(line)

    def ok(self, handler: str, event: Any, times: int = 1) -> None:
        """Have the event answered so often, with 200 each time."""
        assert self.do("answer", handler=handler, event=event, times=times) == {"200": times}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:  # closes the pipes, which ends it, and waits
            pass


@pytest.fixture
def counting_aws(aws: Aws) -> Iterator[CountingProxy]:
    """A proxy in front of the local AWS."""
    with counting_proxy(aws.variables["AWS_ENDPOINT_URL"]) as counting:
        yield counting


@pytest.fixture
def environment(aws: Aws, issuer: TokenIssuer, tmp_path: Path) -> dict[str, str]:
    """The variables of a deployed function, and nothing else."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(tmp_path),
        "PYTHONHASHSEED": "0",
        **{name: value for name, value in aws.variables.items() if name not in SDK_FILES},
        **issuer.environment(),
        "AWS_LAMBDA_FUNCTION_NAME": "speed",
        "STAGE": "prod",
        "VARIABLE_0": "plain",
        "ACCOUNT_CACHE_SECONDS": "300",
    }


@pytest.fixture
def jwt_event(issuer: TokenIssuer) -> dict[str, Any]:
    """A request with a JWT."""
    return event("/speed/it-0", issuer.token("jane"))


@pytest.fixture
def routed_event(issuer: TokenIssuer) -> dict[str, Any]:
    """A request to an operation behind the router."""
    return event("/tools/it-0", issuer.token("jane"))


@pytest.fixture
def key_event(aws: Aws) -> dict[str, Any]:
    """A request with an API key, which is in the table."""
    item = {
        "api_owner_id": "jane/ownerKey/1",
        "owner": "jane",
        "apiKey": stored_form(KEY),
        "active": True,
        "accessTypes": ["full_access"],
        "account": {"id": "account-of-jane"},
    }
    aws.put("API_KEYS_DYNAMODB_TABLE", item)
    return event("/speed/it-0", KEY)


def event(path: str, token: str) -> dict[str, Any]:
    return rest_api_event("POST", path, {"data": {"thingId": "thing-1", "amount": 3}}, token=token)


@pytest.fixture
def grown(environment: dict[str, str]) -> Iterator[Callable[[int], Function]]:
    """`grown(size)` is a function with so many operations in its rules and behind its router, and variables."""
    started: list[Function] = []

    def start(size: int) -> Function:
        variables = {f"VARIABLE_{number}": "plain" for number in range(size)}
        started.append(Function({**environment, **variables, "GROWN": str(size)}))
        return started[-1]

    yield start
    for function in started:
        function.__exit__()
