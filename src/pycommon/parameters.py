"""What a function can be called with: read from its code object where that tells all, else by `inspect`.

`import inspect` takes 5 ms, with `ast`, `dis` and `tokenize` below it. Every function under a decorator of this library
is looked at while its module is imported, and nearly all are plain ones, whose code object says what `inspect` would.
"""

from __future__ import annotations

import sys
from enum import Enum, auto
from types import FunctionType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

__all__ = ["FunctionParameter", "ParameterKind", "code_of", "is_async", "parameters"]

# Flags of a code object, https://docs.python.org/3/library/inspect.html#inspect-module-co-flags
_VARARGS = 0x04
_VARKEYWORDS = 0x08
_COROUTINE = 0x80


class ParameterKind(Enum):
    """How an argument reaches a parameter, by the names that `inspect.Parameter` has for it."""

    POSITIONAL_ONLY = auto()
    POSITIONAL_OR_KEYWORD = auto()
    VAR_POSITIONAL = auto()
    KEYWORD_ONLY = auto()
    VAR_KEYWORD = auto()


class FunctionParameter(NamedTuple):
    """One parameter; `required` is whether a call must give it: it has no default, and is neither `*` nor `**`."""

    name: str
    kind: ParameterKind
    required: bool


def parameters(function: Callable[..., Any]) -> tuple[FunctionParameter, ...]:
    """The parameters of `function`, of what it wraps where it is a wrapper, as `inspect.signature` tells them.

    Raises:
        ValueError: nothing is known of them, as with some built-in functions.
        TypeError: it is not callable.

    Example:
        >>> [parameter.name for parameter in parameters(lambda event, context=None: None) if parameter.required]
        ['event']
    """
    plain = _plain_function(function)
    return _by_inspect(function) if plain is None else _by_code(plain)


def is_async(function: Callable[..., Any]) -> bool:
    """Whether calling `function`, or what it wraps, gives a coroutine."""
    plain = _plain_function(function)
    if plain is not None and "inspect" not in sys.modules:  # who has marked a function as async has imported it
        return bool(plain.__code__.co_flags & _COROUTINE)
    import inspect

    return inspect.iscoroutinefunction(inspect.unwrap(function))


def code_of(function: Callable[..., Any]) -> CodeType | None:
    """The code of `function`, or of what it wraps; None for what is not written in Python."""
    plain = _plain_function(function)
    if plain is not None:
        return plain.__code__
    import inspect

    return getattr(inspect.unwrap(function), "__code__", None)


def _plain_function(function: Any) -> FunctionType | None:
    """The function below all wrappers; None where one of them is no plain function, or has a signature of its own."""
    seen = 0
    while isinstance(function, FunctionType) and "__signature__" not in vars(function):
        if "__wrapped__" not in vars(function):
            return function
        function = vars(function)["__wrapped__"]
        seen += 1
        if seen > sys.getrecursionlimit():  # it wraps itself; `inspect` says so
            return None
    return None


def _by_code(function: FunctionType) -> tuple[FunctionParameter, ...]:
    code = function.__code__
    by_position, by_keyword = code.co_argcount, code.co_kwonlyargcount
    first_default = by_position - len(function.__defaults__ or ())
    with_default = function.__kwdefaults__ or {}
    names = code.co_varnames  # by position, by keyword, `*`, `**`, and then what is no parameter
    found = [
        FunctionParameter(
            name,
            ParameterKind.POSITIONAL_ONLY if index < code.co_posonlyargcount else ParameterKind.POSITIONAL_OR_KEYWORD,
            index < first_default,
        )
        for index, name in enumerate(names[:by_position])
    ]
    starred = iter(names[by_position + by_keyword :])
    if code.co_flags & _VARARGS:
        found.append(FunctionParameter(next(starred), ParameterKind.VAR_POSITIONAL, required=False))
    found += [
        FunctionParameter(name, ParameterKind.KEYWORD_ONLY, name not in with_default)
        for name in names[by_position : by_position + by_keyword]
    ]
    if code.co_flags & _VARKEYWORDS:
        found.append(FunctionParameter(next(starred), ParameterKind.VAR_KEYWORD, required=False))
    return tuple(found)


def _by_inspect(function: Callable[..., Any]) -> tuple[FunctionParameter, ...]:
    import inspect

    starred = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return tuple(
        FunctionParameter(
            each.name,
            ParameterKind[each.kind.name],
            each.default is inspect.Parameter.empty and each.kind not in starred,
        )
        for each in inspect.signature(function).parameters.values()
    )
