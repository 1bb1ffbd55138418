"""Call a service's permission checker, which may have two forms. Deny the call if the result is not True."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pycommon.exceptions import DeclarationError
from pycommon.logger import getLogger
from pycommon.parameters import ParameterKind, parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["PermissionChecker", "adapt_permission_checker", "is_permitted"]

_LEGACY_ARGUMENTS = "4"

_logger = getLogger(__name__)

if TYPE_CHECKING:
    PermissionChecker = Callable[[str, str, str, Mapping[str, Any]], Any]
    """`checker(path, operation, user, data)`: True permits the call."""


def adapt_permission_checker(get_permission_checker: Callable[..., Any]) -> PermissionChecker:
    """Return a checker with the same signature for both forms of `get_permission_checker`.

    The number of parameters of `get_permission_checker` distinguishes the forms:

    - `get_permission_checker()` returns `checker(path, operation, user, data)`;
    - `get_permission_checker(user, type, op, data)` returns `checker(user, data)`.

    Raises:
        DeclarationError: `get_permission_checker` has another number of parameters.
    """
    if not callable(get_permission_checker):
        raise DeclarationError("setup_validated: get_permission_checker must be a function; pass it, do not call it")
    required = _required_parameters(get_permission_checker)
    if required == "0":

        def modern(path: str, operation: str, user: str, data: Mapping[str, Any]) -> Any:
            return get_permission_checker()(path, operation, user, data)

        return modern
    if required == _LEGACY_ARGUMENTS:

        def legacy(path: str, operation: str, user: str, data: Mapping[str, Any]) -> Any:
            checker = get_permission_checker(user, path, operation, data)
            return checker(user, data) if callable(checker) else False

        return legacy
    raise DeclarationError(
        "setup_validated: get_permission_checker must take nothing and return checker(path, operation, user, data), "
        f"or take (user, type, op, data) and return checker(user, data); it takes {required}"
    )


def is_permitted(checker: PermissionChecker, path: str, operation: str, user: str, data: Mapping[str, Any]) -> bool:
    """Return whether `checker` returns True. Any other result denies the call, and an exception denies the call too."""
    try:
        permitted = checker(path, operation, user, data)
    except Exception:
        _logger.exception("The permission checker of %s %s raised; denied", path, operation)
        return False
    if permitted is True:
        return True
    if permitted is not False and permitted is not None:
        _logger.error(
            "The permission checker of %s %s returned %s, not a bool; denied", path, operation, type(permitted).__name__
        )
    return False


def _required_parameters(function: Callable[..., Any]) -> str:
    """Return the number of required positional arguments, or a description of a function without such a number."""
    try:
        required = [parameter for parameter in parameters(function) if parameter.required]
    except ValueError:  # some built-in types have no signature
        return "unknown arguments"
    if any(parameter.kind is ParameterKind.KEYWORD_ONLY for parameter in required):
        return "arguments by keyword"
    return str(len(required))
