"""Constants that callers and services share."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["ACCESS_TYPE_FULL", "GENERAL_ACCOUNT", "SYSTEM_USER", "APIAccessType"]


class APIAccessType(StrEnum):
    """What an API key may be used for; kept in the key's `accessTypes`.

    A key with `FULL_ACCESS` may call every operation. A service names what else opens its operations with
    `pycommon.authz.add_api_access_types([APIAccessType.CHAT.value])`.
    """

    FULL_ACCESS = "full_access"
    API_KEY = "api_key"
    ASSISTANTS = "assistants"
    CHAT = "chat"
    DUAL_EMBEDDING = "dual_embedding"
    FILE_UPLOAD = "file_upload"
    SHARE = "share"


ACCESS_TYPE_FULL = APIAccessType.FULL_ACCESS.value

GENERAL_ACCOUNT = "general_account"
"""Who pays for a user that has no default account."""

SYSTEM_USER = "system"
"""Who pays for an execution that no user caused."""
