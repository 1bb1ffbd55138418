"""Run the agent loop in this process: its modules, its tables, and a client."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from pycommon.api.ops import registry
from pycommon.testing import LambdaContext, fresh_execution_environment, rest_api_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from pycommon.api.api_operation import Operation
    from pycommon.testing import TokenIssuer
    from tests.conftest import Aws

FOLDER = Path(__file__).resolve().parents[2] / "amplify-agent-loop-lambda"
TABLES = ("WORKFLOW_TEMPLATES_TABLE", "WORKFLOW_RUNS_TABLE", "AGENT_NOTES_TABLE")
_PACKAGES = ("service", "schemata")  # other service folders have packages of these names too

# A service folder is the root of its Lambda package. Only this service has `workflows`.
sys.path.append(str(FOLDER))


@dataclass(frozen=True)
class Service:
    """The modules of the service folder, and the operations that they describe."""

    core: ModuleType
    core_by_hand: ModuleType
    operations: dict[str, Operation]


@dataclass
class Client:
    """A client with a token. Each call may use a context with less time, or another router."""

    route: Callable[[Any, Any], dict[str, Any]]
    token: str
    timeout_s: float = 30.0
    statuses: list[int] = field(default_factory=list)

    def __call__(self, method: str, path: str, data: Any = None, *, timeout_s: float | None = None) -> dict[str, Any]:
        """Return the body of the response. Its status is the last of `statuses`. The path may have a query."""
        parts = urlsplit(f"/vu-agent/{path}")
        event = rest_api_event(method, parts.path, None if data is None else {"data": data}, token=self.token)
        event["queryStringParameters"] = dict(parse_qsl(parts.query)) or None
        answer = self.route(event, LambdaContext(timeout_s=timeout_s or self.timeout_s))
        self.statuses.append(answer["statusCode"])
        body: dict[str, Any] = json.loads(answer["body"])
        return body

    @property
    def status(self) -> int:
        """The status of the last response."""
        return self.statuses[-1]

    def create(self, *steps: dict[str, Any], name: str = "a workflow") -> str:
        """Create a workflow, and return its id."""
        created = self("POST", "create-workflow", {"workflowName": name, "steps": list(steps)})
        assert self.status == 200, created
        return str(created["workflowId"])

    def run(self, workflow_id: str, **more: Any) -> dict[str, Any]:
        """Run a workflow."""
        return self("POST", "run-workflow", {"workflowId": workflow_id}, **more)

    def resume(self, run_id: str, **data: Any) -> dict[str, Any]:
        """Resume a run."""
        return self("POST", "resume-workflow", {"runId": run_id, **data})

    def steps(self, run_id: str) -> list[dict[str, Any]]:
        """Return the steps of a run with their results."""
        return list(self("GET", f"get-run?runId={run_id}")["steps"])


@pytest.fixture(scope="session")
def service() -> Service:
    """Import the service as Lambda does, and remove its modules and operations afterwards."""
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in _PACKAGES}
    operations, registry._by_path = registry._by_path, {}
    sys.path.insert(0, str(FOLDER))
    try:
        core, by_hand = (importlib.import_module(f"service.{name}") for name in ("core", "core_by_hand"))
        return Service(core, by_hand, registry._by_path)
    finally:
        sys.path.remove(str(FOLDER))
        registry._by_path = operations
        for name in [name for name in sys.modules if name.partition(".")[0] in _PACKAGES]:
            del sys.modules[name]
        sys.modules.update(kept)


@pytest.fixture(autouse=True)
def _its_operations_alone(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_by_path", dict(service.operations))
    monkeypatch.setattr(registry, "_permissions", service.core.permissions)


@pytest.fixture
def tables(aws: Aws) -> dict[str, str]:
    """Create the service's tables for this test, and return the variables with their names."""
    names = {variable: f"{aws.variables['SERVICE_NAME']}-{variable.lower()}" for variable in TABLES}
    aws.variables.update(names)  # type: ignore[attr-defined]  # a dict, read-only by its annotation
    for variable in TABLES:
        aws.create_table(variable, "owner", "id")
    return names


@pytest.fixture
def cold_agent_loop(tables: dict[str, str], cold_start: dict[str, str]) -> Iterator[dict[str, str]]:
    """A cold start of the service in stage `local`, which validates each result against its schema."""
    variables = {**cold_start, **tables, "STAGE": "local"}
    with fresh_execution_environment(variables):
        yield variables


@pytest.fixture
def jane(service: Service, cold_agent_loop: dict[str, str], issuer: TokenIssuer) -> Client:
    """A user of the router."""
    return Client(service.core.route, issuer.token("jane"))


@pytest.fixture
def eve(service: Service, cold_agent_loop: dict[str, str], issuer: TokenIssuer) -> Client:
    """Another user of the router."""
    return Client(service.core.route, issuer.token("eve"))
