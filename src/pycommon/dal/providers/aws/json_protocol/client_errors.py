"""What a call may raise, by the names and in the shapes that botocore's errors have.

Where the process has loaded botocore, each is an instance of botocore's error of that name too: who catches
`botocore.exceptions.ClientError` around a call catches it, whoever made the call.
"""

from __future__ import annotations

import functools
import sys
from typing import Any, cast

__all__ = [
    "AWSError",
    "ClientError",
    "ConnectTimeoutError",
    "ConnectionClosedError",
    "EndpointConnectionError",
    "Exceptions",
    "HTTPClientError",
    "NoCredentialsError",
    "ParamValidationError",
    "ReadTimeoutError",
    "SSLError",
    "UnusableResponseError",
    "client_error",
    "connection_error",
]


class AWSError(Exception):
    """Base of what calls raise."""

    def __init__(self, message: str) -> None:
        Exception.__init__(self, message)  # not super(): that may be botocore's, which takes something else


class NoCredentialsError(AWSError):
    """The environment has no credentials to sign with."""


class ParamValidationError(AWSError):
    """The parameters of a call are no JSON. Those that are JSON are the service's to judge."""


class HTTPClientError(AWSError):
    """No usable answer came. Whether the call was carried out is not known."""


class EndpointConnectionError(HTTPClientError):
    """No connection: the name is unknown, or nobody listens."""


class ConnectTimeoutError(HTTPClientError):
    """No connection in time."""


class ReadTimeoutError(HTTPClientError):
    """A connection, and no answer in time."""


class ConnectionClosedError(HTTPClientError):
    """The connection ended before the answer did."""


class SSLError(HTTPClientError):
    """No secure connection: a certificate that is not trusted, or no common version of TLS."""


class UnusableResponseError(HTTPClientError):
    """The answer is no HTTP, no JSON, larger than any of these services gives, or its checksum is wrong."""


class ClientError(AWSError):
    """The service refused the call or failed in it.

    Attributes:
        response: `{"Error": {"Code", "Message"}, "ResponseMetadata": {"HTTPStatusCode", "RequestId", ...}, ...}`, with
            what else the error holds, such as the `Item` of a condition that failed.
        operation_name: e.g. "PutItem".
    """

    def __init__(self, response: dict[str, Any], operation_name: str) -> None:
        error = response.get("Error", {})
        Exception.__init__(self, f"{operation_name} was answered with {error.get('Code')}: {error.get('Message')}")
        self.response = response
        self.operation_name = operation_name

    def __reduce__(self) -> tuple[Any, ...]:
        return ClientError, (self.response, self.operation_name)  # the classes of codes are in no module


class Exceptions:
    """The errors of a client by their codes, as in `except client.exceptions.ResourceNotFoundException`."""

    def __getattr__(self, code: str) -> type[ClientError]:
        """The class of the errors with `code`; for "ClientError" that of all."""
        if not code.isidentifier() or code.startswith("_"):
            raise AttributeError(code)
        return ClientError if code == "ClientError" else _class_of(code)


def client_error(code: str, response: dict[str, Any], operation: str) -> ClientError:
    """The error of a call of `operation` that the service answered with `code`."""
    kind = _class_of(code) if code.isidentifier() else ClientError
    return cast("ClientError", _also_of_botocore(kind, "ClientError")(response, operation))


def connection_error(kind: type[HTTPClientError], message: str) -> HTTPClientError:
    """An error of `kind`, which is a class of this module."""
    return cast("HTTPClientError", _also_of_botocore(kind, kind.__name__)(message))


@functools.lru_cache(maxsize=256)  # bounded: codes come from the network
def _class_of(code: str) -> type[ClientError]:
    return type(code, (ClientError,), {"__module__": __name__})


def _also_of_botocore(kind: Any, name: str) -> Any:
    """The class `kind`, which where botocore is loaded is a class of its error called `name` too."""
    botocore = sys.modules.get("botocore.exceptions")
    return kind if botocore is None else _of_both(kind, getattr(botocore, name, botocore.HTTPClientError))


@functools.lru_cache(maxsize=256)  # as above
def _of_both(kind: Any, of_botocore: Any) -> Any:
    return type(kind.__name__, (kind, of_botocore), {"__module__": __name__})
