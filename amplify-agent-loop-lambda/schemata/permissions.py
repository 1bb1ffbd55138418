"""Define who may call which operation. In addition, callers reach only their own workflows and notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

PermissionCheck = Callable[[str, Mapping[str, Any]], bool]
PermissionChecker = Callable[[str, str, str, Mapping[str, Any]], bool]


def is_signed_in(_user: str, data: Mapping[str, Any]) -> bool:
    """Allow a user with a token. Deny an API key, because programs have API keys, and a program may not delete."""
    return data["api_key_id"] is None


# Path of the operation -> last part of that path -> checker. Every caller may call the operations that are not listed.
permissions_by_state_type: dict[str, dict[str, PermissionCheck]] = {
    "/vu-agent/delete-workflow": {"delete-workflow": is_signed_in},
    "/vu-agent/delete-note": {"delete-note": is_signed_in},
}


def get_permission_checker() -> PermissionChecker:
    """Return a checker for `setup_validated` that denies everything. The router uses the checkers above."""

    def permission_checker(_path: str, _operation: str, _user: str, _data: Mapping[str, Any]) -> bool:
        return False

    return permission_checker
