"""Test the resolution of variables with a fake Parameter Store and a fake clock."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from pycommon.env.parameter_store import Fetched
from pycommon.env.variable_resolver import ValueSource, VariableResolver
from pycommon.exceptions import EnvVarError
from pycommon.testing import fresh_execution_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

REFRESH_S = 300.0
RETRY_S = 30.0
FOREVER = float("inf")


@dataclass
class Store:
    """A Parameter Store with parameters by path. It records the reads; `down` simulates an outage."""

    parameters: dict[str, str] = field(default_factory=dict)
    asked: list[list[str]] = field(default_factory=list)
    down: bool = False

    def __call__(self, paths: list[str]) -> Fetched:
        self.asked.append(paths)
        if self.down:
            return Fetched(reasons=dict.fromkeys(paths, "Parameter Store did not answer (EndpointConnectionError)"))
        found = {path: self.parameters[path] for path in paths if path in self.parameters}
        return Fetched(found, {path: f"no parameter {path}" for path in paths if path not in found})


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def resolver(store: Store, clock: Clock) -> Iterator[VariableResolver]:
    with fresh_execution_environment({"STAGE": "dev", "SERVICE_NAME": "files", "HERE": "by deployment", "EMPTY": ""}):
        yield VariableResolver(store, clock, REFRESH_S)


def test_the_lambda_environment_comes_first_and_lasts(resolver: VariableResolver, store: Store) -> None:
    store.parameters["/amplify/dev/files/HERE"] = "by parameter"
    assert resolver.resolve(["HERE"]) == FOREVER
    assert (os.environ["HERE"], store.asked) == ("by deployment", [])
    origin = resolver.origin("HERE")
    assert origin is not None
    assert (origin.source, origin.parameter_path) == (ValueSource.LAMBDA_ENVIRONMENT, None)


@pytest.mark.parametrize("name", ["THERE", "EMPTY"])
def test_then_comes_parameter_store(resolver: VariableResolver, store: Store, clock: Clock, name: str) -> None:
    path = f"/amplify/dev/files/{name}"
    store.parameters[path] = "by parameter"
    assert resolver.resolve([name]) == clock.now + REFRESH_S
    assert os.environ[name] == "by parameter"
    origin = resolver.origin(name)
    assert origin is not None
    assert (origin.source, origin.parameter_path) == (ValueSource.PARAMETER_STORE, path)


def test_all_that_is_missing_is_asked_for_at_once(resolver: VariableResolver, store: Store) -> None:
    names = [f"V{n}" for n in range(12)]
    store.parameters.update({f"/amplify/dev/files/{name}": name for name in names})
    resolver.resolve(["HERE", *names])
    assert store.asked == [[f"/amplify/dev/files/{name}" for name in names]]


def test_an_error_names_all_that_is_nowhere_and_where_it_was_looked_for(
    resolver: VariableResolver, store: Store
) -> None:
    store.parameters["/amplify/dev/files/THERE"] = "found"
    with pytest.raises(EnvVarError) as caught:
        resolver.resolve(["HERE", "THERE", "NOWHERE_2", "NOWHERE_1"])
    assert caught.value.missing == ("NOWHERE_1", "NOWHERE_2")
    places = ("not in the Lambda environment", "no parameter /amplify/dev/files/NOWHERE_1")
    assert caught.value.tried["NOWHERE_1"] == places
    assert "2 declared variable(s) not found" in str(caught.value)
    assert "serverless.yml" in str(caught.value)


@pytest.mark.parametrize("unset", ["STAGE", "SERVICE_NAME"])
def test_without_stage_or_service_there_is_no_path_to_ask_for(
    resolver: VariableResolver, store: Store, unset: str
) -> None:
    with (
        fresh_execution_environment({unset: None}),
        pytest.raises(EnvVarError, match="Parameter Store not read, because STAGE or SERVICE_NAME is not set"),
    ):
        resolver.resolve(["THERE"])
    assert store.asked == []


def test_a_parameter_is_fresh_for_a_while_and_then_read_again(
    resolver: VariableResolver, store: Store, clock: Clock
) -> None:
    path = "/amplify/dev/files/THERE"
    store.parameters[path] = "old"
    resolver.resolve(["THERE"])
    store.parameters[path] = "new"
    clock.now += REFRESH_S - 0.001
    resolver.resolve(["THERE"])
    assert (os.environ["THERE"], len(store.asked)) == ("old", 1)
    clock.now += 0.001
    assert resolver.resolve(["THERE"]) == clock.now + REFRESH_S
    assert (os.environ["THERE"], len(store.asked)) == ("new", 2)


@pytest.mark.parametrize("trouble", ["outage", "deleted"])
def test_the_last_value_survives_trouble_and_is_tried_again_soon(
    resolver: VariableResolver, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    store.parameters["/amplify/dev/files/THERE"] = "last value"
    resolver.resolve(["THERE"])
    if trouble == "outage":
        store.down = True
    else:
        store.parameters.clear()
    clock.now += REFRESH_S
    with caplog.at_level(logging.WARNING):
        assert resolver.resolve(["THERE"]) == clock.now + RETRY_S
    assert os.environ["THERE"] == "last value"
    assert "THERE could not be refreshed; the last value is still used" in caplog.text
    assert "last value" not in caplog.text.replace("the last value is still used", "")
    store.down = False
    store.parameters["/amplify/dev/files/THERE"] = "after it"
    clock.now += RETRY_S
    resolver.resolve(["THERE"])
    assert os.environ["THERE"] == "after it"


def test_an_outage_before_the_first_value_is_an_error_that_says_so(resolver: VariableResolver, store: Store) -> None:
    store.down = True
    with pytest.raises(EnvVarError, match="Parameter Store did not answer"):
        resolver.resolve(["THERE"])
    store.down = False
    store.parameters["/amplify/dev/files/THERE"] = "found"
    resolver.resolve(["THERE"])  # a failure is not cached
    assert os.environ["THERE"] == "found"


def test_one_value_by_the_same_chain(resolver: VariableResolver, store: Store) -> None:
    store.parameters["/amplify/dev/files/THERE"] = "found"
    assert (resolver.value("HERE"), resolver.value("THERE"), resolver.value("NOWHERE")) == (
        "by deployment",
        "found",
        None,
    )
    with pytest.raises(EnvVarError, match="NOWHERE"):
        resolver.require("NOWHERE")


def test_nothing_to_resolve_holds_forever(resolver: VariableResolver, store: Store) -> None:
    assert (resolver.resolve([]), store.asked) == (FOREVER, [])
