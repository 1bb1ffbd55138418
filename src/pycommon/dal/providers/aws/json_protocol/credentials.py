"""The credentials of the function's role, where Lambda puts them: in the environment."""

from __future__ import annotations

from pycommon.dal.providers.aws.json_protocol.client_errors import NoCredentialsError
from pycommon.env import process_environment

__all__ = ["Credentials", "credentials"]


class Credentials:
    """An access key. Says nothing of itself when it is printed.

    Attributes:
        access_key: the key's id.
        secret_key: what signatures are made with.
        token: belongs to the temporary key of a role; None with a key of a user.
    """

    __slots__ = ("access_key", "secret_key", "token")

    def __init__(self, access_key: str, secret_key: str, token: str | None) -> None:
        self.access_key = access_key
        self.secret_key = secret_key
        self.token = token


def credentials() -> Credentials:
    """The credentials as they are now: read for each call, so that a rotation is seen.

    Raises:
        NoCredentialsError: a variable is missing, or holds what no header can.
    """
    return Credentials(
        _required("AWS_ACCESS_KEY_ID"),
        _required("AWS_SECRET_ACCESS_KEY"),
        _optional("AWS_SECURITY_TOKEN") or _optional("AWS_SESSION_TOKEN"),  # in botocore's order
    )


def _required(name: str) -> str:
    value = _optional(name)
    if value is None:
        raise NoCredentialsError(f"AWS calls cannot be signed: {name} is not set, and was when the client was made.")
    return value


def _optional(name: str) -> str | None:
    value = process_environment.get(name)
    if value is not None and not (value.isascii() and value.isprintable()):
        raise NoCredentialsError(f"AWS calls cannot be signed: {name} holds characters that are not printable ASCII.")
    return value
