"""Read the credentials of the function's role from the environment, where Lambda puts them."""

from __future__ import annotations

from pycommon.dal.providers.aws.json_protocol.client_errors import NoCredentialsError
from pycommon.env import process_environment

__all__ = ["Credentials", "credentials"]


class Credentials:
    """An AWS access key. The repr of this object does not show the secret.

    Attributes:
        access_key: the id of the access key.
        secret_key: the secret access key, which signs requests.
        token: the session token of a role's temporary key, or None for the access key of an IAM user.
    """

    __slots__ = ("access_key", "secret_key", "token")

    def __init__(self, access_key: str, secret_key: str, token: str | None) -> None:
        self.access_key = access_key
        self.secret_key = secret_key
        self.token = token


def credentials() -> Credentials:
    """Return the current credentials.

    Clients call this function for each AWS call, because Lambda may rotate credentials.

    Raises:
        NoCredentialsError: a variable is missing, or contains characters that a header cannot contain.
    """
    return Credentials(
        _required("AWS_ACCESS_KEY_ID"),
        _required("AWS_SECRET_ACCESS_KEY"),
        _optional("AWS_SECURITY_TOKEN") or _optional("AWS_SESSION_TOKEN"),  # botocore has the same order
    )


def _required(name: str) -> str:
    value = _optional(name)
    if value is None:
        raise NoCredentialsError(
            f"AWS calls cannot be signed: {name} is not set, but was set when the client was created."
        )
    return value


def _optional(name: str) -> str | None:
    value = process_environment.get(name)
    if value is not None and not (value.isascii() and value.isprintable()):
        raise NoCredentialsError(
            f"AWS calls cannot be signed: {name} contains characters that are not printable ASCII."
        )
    return value
