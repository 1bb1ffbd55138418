"""Test the parameters of functions against `inspect`."""

from __future__ import annotations

import functools
import inspect
import types
from typing import Any

import pytest

from pycommon import parameters as module
from pycommon.parameters import FunctionParameter, ParameterKind, code_of, is_async, parameters

STARRED = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}


class Callable:
    def method(self, event: Any, context: Any = None) -> None: ...

    def __call__(self, event: Any) -> None: ...

    @staticmethod
    def static(event: Any, *, context: Any) -> None: ...


def plain(event: Any, context: Any) -> None:
    local = other = event  # the names after the parameters in a code object
    del local, other


def everything(a: Any, b: Any, /, c: Any, d: Any = 1, *rest: Any, e: Any, f: Any = 2, **further: Any) -> None: ...


def wrapped(function: Any) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any: ...

    return wrapper


def signed() -> Any:
    def function(*args: Any) -> None: ...

    function.__signature__ = inspect.signature(plain)  # type: ignore[attr-defined]
    return function


FUNCTIONS = [
    plain,
    everything,
    lambda: None,
    lambda *, a, b=1: (a, b),
    lambda a=1, *, b: (a, b),
    lambda *args, **kwargs: (args, kwargs),
    lambda a, /: a,
    wrapped(plain),
    wrapped(wrapped(everything)),
    wrapped(signed()),
    signed(),
    Callable(),
    Callable,
    Callable().method,
    Callable.method,
    Callable.static,
    functools.partial(everything, 1, e=2),
    wrapped(functools.partial(plain, 1)),
    len,
]


def by_inspect(function: Any) -> list[FunctionParameter]:
    return [
        FunctionParameter(
            each.name,
            ParameterKind[each.kind.name],
            each.default is inspect.Parameter.empty and each.kind not in STARRED,
        )
        for each in inspect.signature(function).parameters.values()
    ]


@pytest.mark.parametrize("function", FUNCTIONS)  # an id with an address would differ between worker processes
def test_it_says_what_inspect_says(function: Any) -> None:
    assert list(parameters(function)) == by_inspect(function)


def test_plain_functions_and_their_wrappers_are_read_without_inspect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_by_inspect", None)
    for function in (plain, everything, wrapped(wrapped(plain)), lambda *args: args):
        assert parameters(function)


@pytest.mark.parametrize("function", [None, 7, "plain"])
def test_what_is_not_callable_is_a_type_error(function: Any) -> None:
    with pytest.raises(TypeError):
        parameters(function)


def test_a_function_that_wraps_itself_is_an_error() -> None:
    function = wrapped(plain)
    function.__wrapped__ = function
    with pytest.raises(ValueError, match="loop"):
        parameters(function)


def test_a_coroutine_function_is_seen_below_its_wrappers(monkeypatch: pytest.MonkeyPatch) -> None:
    async def coroutine() -> None: ...

    for _ in range(2):
        assert is_async(coroutine)
        assert is_async(wrapped(coroutine))
        assert not is_async(plain)
        assert not is_async(wrapped(plain))
        monkeypatch.delitem(module.sys.modules, "inspect", raising=False)


@pytest.mark.skipif(not hasattr(inspect, "markcoroutinefunction"), reason="Python 3.12 brought it")
def test_a_function_that_is_marked_as_one_counts() -> None:
    assert is_async(inspect.markcoroutinefunction(lambda: None))  # type: ignore[attr-defined]


def test_the_code_is_that_of_the_function_below() -> None:
    assert code_of(wrapped(plain)) is plain.__code__
    assert isinstance(code_of(Callable().method), types.CodeType)
    assert code_of(len) is None
