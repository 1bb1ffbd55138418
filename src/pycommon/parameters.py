"""Read the parameters of a function from its code object, or with `inspect` if the code object is not enough.

`import inspect` takes 5 ms, because `inspect` imports `ast`, `dis` and `tokenize`. The library's decorators read the
parameters of each function during the import of its module. The code object of a plain function holds the same data as
`inspect`.
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
    """The kind of a parameter. The kinds have the same names as in `inspect.Parameter`."""

    POSITIONAL_ONLY = auto()
    POSITIONAL_OR_KEYWORD = auto()
    VAR_POSITIONAL = auto()
    KEYWORD_ONLY = auto()
    VAR_KEYWORD = auto()


class FunctionParameter(NamedTuple):
    """One parameter of a function. A call must pass a `required` parameter, because the parameter has no default."""

    name: str
    kind: ParameterKind
    required: bool


def parameters(function: Callable[..., Any]) -> tuple[FunctionParameter, ...]:
    """Return the parameters of `function`, or of the function that it wraps, like `inspect.signature`.

    Raises:
        ValueError: the function has no signature, like some built-in functions.
        TypeError: `function` is not callable.

    Example:
        >>> [parameter.name for parameter in parameters(lambda event, context=None: None) if parameter.required]
        ['event']
    """
    plain = _plain_function(function)
    return _by_inspect(function) if plain is None else _by_code(plain)


def is_async(function: Callable[..., Any]) -> bool:
    """Return whether `function`, or the function that it wraps, is a coroutine function."""
    plain = _plain_function(function)
    if plain is not None and "inspect" not in sys.modules:  # only `inspect` can mark a function as async
        return bool(plain.__code__.co_flags & _COROUTINE)
    import inspect

    return inspect.iscoroutinefunction(inspect.unwrap(function))


def code_of(function: Callable[..., Any]) -> CodeType | None:
    """Return the code object of `function` or of the function that it wraps, or None if there is no Python code."""
    plain = _plain_function(function)
    if plain is not None:
        return plain.__code__
    import inspect

    return getattr(inspect.unwrap(function), "__code__", None)


def _plain_function(function: Any) -> FunctionType | None:
    """Return the function below all wrappers, or None if a wrapper is not a plain function or sets `__signature__`."""
    seen = 0
    while isinstance(function, FunctionType) and "__signature__" not in vars(function):
        if "__wrapped__" not in vars(function):
            return function
        function = vars(function)["__wrapped__"]
        seen += 1
        if seen > sys.getrecursionlimit():  # the function wraps itself; `inspect` raises the error
            return None
    return None


def _by_code(function: FunctionType) -> tuple[FunctionParameter, ...]:
    code = function.__code__
    by_position, by_keyword = code.co_argcount, code.co_kwonlyargcount
    first_default = by_position - len(function.__defaults__ or ())
    with_default = function.__kwdefaults__ or {}
    names = code.co_varnames  # the order: by position, by keyword, `*`, `**`, then local variables
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
