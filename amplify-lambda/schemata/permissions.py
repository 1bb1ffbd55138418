"""Define who may call which operation. An operation without an entry is denied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from files.document_formats import MAX_BYTES
from files.file_key import is_in_folder_of

PermissionCheck = Callable[[str, Mapping[str, Any]], bool]
PermissionChecker = Callable[[str, str, str, Mapping[str, Any]], bool]


def can_upload_file(user: str, data: Mapping[str, Any]) -> bool:
    """Allow every known user to upload into their own folder, if the file has less than 100 MB."""
    return bool(data["data"].get("fileSize", 0) < MAX_BYTES)


def owns_file(user: str, data: Mapping[str, Any]) -> bool:
    """Allow a user to read and remove the files in their own folder. The handlers also check the record's `user`."""
    return is_in_folder_of(user, data["data"]["fileId"])


permissions_by_path: dict[str, dict[str, PermissionCheck]] = {
    "/files/upload": {"upload_file": can_upload_file},
    "/files/status": {"get_file": owns_file},
    "/files/delete": {"delete_file": owns_file},
}


def get_permission_checker() -> PermissionChecker:
    """Return the permission checker for `setup_validated`, which is called before every operation."""

    def permission_checker(path: str, operation: str, user: str, data: Mapping[str, Any]) -> bool:
        check = permissions_by_path.get(path, {}).get(operation)
        return check is not None and check(user, data)

    return permission_checker
