"""Define who may call which operation. An operation without an entry is denied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

PermissionCheck = Callable[[str, Mapping[str, Any]], bool]
PermissionChecker = Callable[[str, str, str, Mapping[str, Any]], bool]


def can_record_visit(user: str, data: Mapping[str, Any]) -> bool:
    """Allow a visit only to the visitor."""
    return bool(data["data"].get("visitor", user) == user)


permissions_by_path: dict[str, dict[str, PermissionCheck]] = {
    "/sample/visits": {"record_visit": can_record_visit},
}


def get_permission_checker() -> PermissionChecker:
    """Return the permission checker for `setup_validated`, which is called before every operation."""

    def permission_checker(path: str, operation: str, user: str, data: Mapping[str, Any]) -> bool:
        check = permissions_by_path.get(path, {}).get(operation)
        return check is not None and check(user, data)

    return permission_checker
