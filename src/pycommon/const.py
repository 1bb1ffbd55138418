"""Define the constants that the library and services share."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["ACCESS_TYPE_FULL", "GENERAL_ACCOUNT", "SYSTEM_USER", "APIAccessType"]


class APIAccessType(StrEnum):
    """The access types of API keys. The item of a key stores them in `accessTypes`.

    A key with `FULL_ACCESS` may call every service. A service accepts further access types with
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
"""The account that pays for a user without a default account."""

SYSTEM_USER = "system"
"""The user in the usage record of an execution that no user caused."""
