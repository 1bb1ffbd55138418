"""Map the properties of an operation's JSON Schema to the parameters of its handler."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pycommon.exceptions import DeclarationError
from pycommon.parameters import FunctionParameter, ParameterKind, parameters

__all__ = ["CALLER_ARGUMENTS", "Arguments", "takes_an_event"]

CALLER_ARGUMENTS = frozenset({"current_user", "access_token", "account_id", "api_key_id", "rate_limit", "call_context"})
"""The parameters of handlers that get values about the caller.

A schema must not have properties with these names, because clients could then set the values.

`call_context` is the whole `CallContext`. Handlers need it to call other operations, or to read the remaining time.
"""

_EVENT = ["event", "context"]
_ACRONYM_END = r"([A-Z]+)([A-Z][a-z])"
_WORD_START = r"([a-z0-9])([A-Z])"
_BY_NAME = (ParameterKind.POSITIONAL_OR_KEYWORD, ParameterKind.KEYWORD_ONLY)


def takes_an_event(function: Callable[..., Any]) -> bool:
    """Return whether `function` takes a Lambda event instead of the arguments of a schema."""
    if hasattr(function, "__pycommon_guard__"):  # the function is under @validated
        return True
    return [parameter.name for parameter in parameters(function)[:2]] == _EVENT


class Arguments:
    """The mapping from an instance of the schema to the arguments of one handler.

    Raises:
        DeclarationError: the handler cannot be called with every instance that the schema allows.
    """

    def __init__(self, function: Callable[..., Any], schema: Mapping[str, Any], where: str) -> None:
        taken = parameters(function)
        self._schema = schema
        self._names = _names(schema, where)
        self._accepts_any = any(each.kind is ParameterKind.VAR_KEYWORD for each in taken)
        self._taken = frozenset(each.name for each in taken if each.kind in _BY_NAME)
        self._of_caller = self._taken & CALLER_ARGUMENTS
        _check_positional(taken, where)
        self._check_properties(where)
        self._check_parameters(taken, where)

    def bind(self, instance: Mapping[str, Any], caller: Mapping[str, Any]) -> dict[str, Any]:
        """Return the keyword arguments of the handler, from a valid `instance` and from the values of `caller`.

        The method leaves out properties that the schema does not describe, unless the handler takes `**kwargs`. Such a
        property never sets a named parameter of the handler.
        """
        values = {self._names[name]: value for name, value in instance.items() if name in self._names}
        if self._accepts_any:
            others = {argument_name(name): value for name, value in instance.items() if name not in self._names}
            values = {**{name: others[name] for name in others.keys() - CALLER_ARGUMENTS - self._taken}, **values}
        return {**values, **{name: caller[name] for name in self._of_caller}}

    def prepared(self, instance: Mapping[str, Any]) -> dict[str, Any]:
        """Return `instance` with default values and with ints. Nested objects and arrays change in the same way.

        A missing property gets the `default` of the schema. If the schema's type is "integer", a float such as 3.0
        becomes an int, because 3.0 is an integer in JSON Schema.
        """
        return _prepared_object(instance, self._schema)

    def _check_properties(self, where: str) -> None:
        for name, argument in self._names.items():
            if argument not in self._taken and not self._accepts_any:
                raise DeclarationError(
                    f"{where}: the schema has the property `{name}`, but the function has no parameter `{argument}`; "
                    "add the parameter, or remove the property"
                )

    def _check_parameters(self, taken: Iterable[FunctionParameter], where: str) -> None:
        required = frozenset(self._schema.get("required", ()))
        properties = self._schema.get("properties", {})
        always = {self._names[name] for name in self._names if name in required or _has_default(properties[name])}
        for parameter in taken:
            if parameter.required and parameter.name not in always | CALLER_ARGUMENTS:
                raise DeclarationError(
                    f"{where}: parameter `{parameter.name}` has no default, and the schema does not require it; make "
                    "the property required, or give the property or the parameter a default"
                )


def argument_name(name: str) -> str:
    """Return the name of a property as a Python parameter.

    Example:
        >>> argument_name("workflowName"), argument_name("HTTPStatus"), argument_name("maxItems2Show")
        ('workflow_name', 'http_status', 'max_items2_show')
    """
    words = re.sub(_WORD_START, r"\1_\2", re.sub(_ACRONYM_END, r"\1_\2", name))
    return words.replace("-", "_").lower()


def _names(schema: Mapping[str, Any], where: str) -> dict[str, str]:
    """Return the parameter name of each property. The dict is empty if the schema has no properties."""
    properties = schema.get("properties", {})
    names: dict[str, str] = {}
    taken: dict[str, str] = {}  # the reverse of `names`
    for name in properties if isinstance(properties, Mapping) else ():
        argument = argument_name(name)
        if argument in CALLER_ARGUMENTS:
            raise DeclarationError(
                f"{where}: the property `{name}` would set `{argument}`, which holds a value about the caller; clients "
                "must not set it. Rename the property"
            )
        if argument in taken:
            raise DeclarationError(
                f"{where}: the properties `{taken[argument]}` and `{name}` would both become `{argument}`; rename one"
            )
        names[name] = argument
        taken[argument] = name
    return names


def _check_positional(taken: Iterable[FunctionParameter], where: str) -> None:
    for parameter in taken:
        if parameter.kind is ParameterKind.POSITIONAL_ONLY:
            raise DeclarationError(
                f"{where}: the parameter `{parameter.name}` is positional-only; arguments are passed by name"
            )


def _has_default(schema: Any) -> bool:
    return isinstance(schema, Mapping) and "default" in schema


def _prepared_object(instance: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    prepared = dict(instance)
    properties = schema.get("properties")
    for name, described in properties.items() if isinstance(properties, Mapping) else ():
        if name not in prepared and _has_default(described):
            import copy

            prepared[name] = copy.deepcopy(described["default"])  # a handler may change its arguments
        if name in prepared:
            prepared[name] = _prepared(prepared[name], described)
    return prepared


def _prepared(value: Any, schema: Any) -> Any:
    if not isinstance(schema, Mapping):
        return value
    if isinstance(value, dict):
        return _prepared_object(value, schema)
    if isinstance(value, list) and isinstance(schema.get("items"), Mapping):
        return [_prepared(each, schema["items"]) for each in value]
    if isinstance(value, float) and value.is_integer() and schema.get("type") == "integer":
        return int(value)
    return value
