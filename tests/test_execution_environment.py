"""Test that objects are created once per execution environment, by the first caller."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pycommon.execution_environment import ExecutionEnvironment, current, per_execution_environment, renew
from pycommon.testing import fresh_execution_environment

THREADS = 16


def test_a_part_is_made_once_though_all_ask_at_the_same_time() -> None:
    environment = ExecutionEnvironment()
    start, second, made = threading.Barrier(THREADS), threading.Event(), []

    def make() -> object:
        made.append(object())
        if len(made) > 1:
            second.set()
        second.wait(0.05)  # enough time for another thread to start a second make, if that were possible
        return made[0]

    def ask(_: int) -> object:
        start.wait()
        return environment.part("key", make)

    with ThreadPoolExecutor(THREADS) as pool:
        assert set(pool.map(ask, range(THREADS))) == {made[0]}
    assert len(made) == 1


def test_a_slow_part_does_not_hold_up_the_others() -> None:
    environment = ExecutionEnvironment()
    begun, let_go = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        assert let_go.wait(5)
        return "slow"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(environment.part, "slow", slow)
        assert begun.wait(5)
        assert environment.part("quick", lambda: "quick") == "quick"
        let_go.set()
        assert waiting.result() == "slow"


def test_a_part_may_be_made_of_another_one() -> None:
    environment = ExecutionEnvironment()
    assert environment.part("outer", lambda: environment.part("inner", lambda: "in") + "+out") == "in+out"


def test_a_failed_make_keeps_nothing() -> None:
    environment = ExecutionEnvironment()
    with pytest.raises(LookupError):
        environment.part("key", lambda: {}["missing"])
    assert environment.part("key", lambda: "second try") == "second try"


def test_none_is_a_part_like_any_other() -> None:
    environment = ExecutionEnvironment()
    assert environment.part("key", lambda: None) is None
    assert environment.part("key", lambda: "never made") is None


def test_a_function_gives_the_same_object_for_the_same_arguments_until_the_environment_ends() -> None:
    @per_execution_environment
    def made(name: str) -> list[str]:
        """Return a new list."""
        return [name]

    first = made("a")
    assert made("a") is first
    assert made("b") is not first
    assert made.__doc__ == "Return a new list."
    assert renew() is current()
    assert made("a") is not first


def test_a_test_begins_cold_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT", "as it was")
    monkeypatch.setenv("TAKEN_AWAY", "for a while")
    monkeypatch.delenv("ADDED", raising=False)
    before = current()
    with fresh_execution_environment({"KEPT": "changed", "TAKEN_AWAY": None, "ADDED": "new"}):
        assert current() is not before
        assert (os.environ["KEPT"], os.environ.get("TAKEN_AWAY"), os.environ["ADDED"]) == ("changed", None, "new")
        os.environ["PUBLISHED_MEANWHILE"] = "by the resolver"
    assert (os.environ["KEPT"], os.environ["TAKEN_AWAY"]) == ("as it was", "for a while")
    assert not {"ADDED", "PUBLISHED_MEANWHILE"} & set(os.environ)


def test_all_is_put_back_after_a_failure_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADDED", raising=False)
    with pytest.raises(LookupError), fresh_execution_environment({"ADDED": "new"}):
        raise LookupError
    assert "ADDED" not in os.environ
