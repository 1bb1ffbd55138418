"""Who may do what, beyond owning it: workflows, runs and notes are looked up under their caller in any case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

PermissionCheck = Callable[[str, Mapping[str, Any]], bool]
PermissionChecker = Callable[[str, str, str, Mapping[str, Any]], bool]


def is_signed_in(_user: str, data: Mapping[str, Any]) -> bool:
    """A person with a token. An API key lies in some program's configuration: it may work, and not throw away."""
    return data["api_key_id"] is None


# Path of the operation -> the last part of that path -> checker. What is not listed is open to all who may call at all.
permissions_by_state_type: dict[str, dict[str, PermissionCheck]] = {
    "/vu-agent/delete-workflow": {"delete-workflow": is_signed_in},
    "/vu-agent/delete-note": {"delete-note": is_signed_in},
}


def get_permission_checker() -> PermissionChecker:
    """What `setup_validated` asks for. The router's operations have their checkers above; anything else is denied."""

    def permission_checker(_path: str, _operation: str, _user: str, _data: Mapping[str, Any]) -> bool:
        return False

    return permission_checker
