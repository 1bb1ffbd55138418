"""Define the errors of AWS calls, with the names and the form of botocore's errors.

If the process has loaded botocore, each error is also an instance of botocore's error of the same name. Therefore
`except botocore.exceptions.ClientError` also catches the errors of the library's own clients.
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
    """Base class of all errors of AWS calls."""

    def __init__(self, message: str) -> None:
        Exception.__init__(self, message)  # super() may be botocore's class, which has other arguments


class NoCredentialsError(AWSError):
    """The environment has no credentials."""


class ParamValidationError(AWSError):
    """The parameters of a call have no JSON form. The service does all other checks of parameters."""


class HTTPClientError(AWSError):
    """The call got no usable response. Nobody knows whether the service ran the operation."""


class EndpointConnectionError(HTTPClientError):
    """There is no connection, because the host name is unknown or the port is closed."""


class ConnectTimeoutError(HTTPClientError):
    """The client could not connect within the time limit."""


class ReadTimeoutError(HTTPClientError):
    """The response did not arrive within the time limit."""


class ConnectionClosedError(HTTPClientError):
    """The connection ended before the response was complete."""


class SSLError(HTTPClientError):
    """There is no TLS connection, because the certificate is not trusted or there is no common TLS version."""


class UnusableResponseError(HTTPClientError):
    """The response is not valid HTTP or JSON, is too large, or has a wrong checksum."""


class ClientError(AWSError):
    """The service returned an error.

    Attributes:
        response: the response of the service: `{"Error": {"Code", "Message"}, "ResponseMetadata": {"HTTPStatusCode",
            "RequestId", ...}, ...}`, and further members of the error, e.g. the `Item` of a failed condition.
        operation_name: the name of the operation, e.g. "PutItem".
    """

    def __init__(self, response: dict[str, Any], operation_name: str) -> None:
        error = response.get("Error", {})
        Exception.__init__(self, f"{operation_name} failed with {error.get('Code')}: {error.get('Message')}")
        self.response = response
        self.operation_name = operation_name

    def __reduce__(self) -> tuple[Any, ...]:
        return ClientError, (self.response, self.operation_name)  # pickle cannot import the class of a code


class Exceptions:
    """The error classes of a client by code, for `except client.exceptions.ResourceNotFoundException`."""

    def __getattr__(self, code: str) -> type[ClientError]:
        """Return the class of errors with `code`.

        For the code "ClientError", return the base class of all these classes.
        """
        if not code.isidentifier() or code.startswith("_"):
            raise AttributeError(code)
        return ClientError if code == "ClientError" else _class_of(code)


def client_error(code: str, response: dict[str, Any], operation: str) -> ClientError:
    """Return the error with `code` for a call of `operation`."""
    kind = _class_of(code) if code.isidentifier() else ClientError
    return cast("ClientError", _also_in_botocore(kind, "ClientError")(response, operation))


def connection_error(kind: type[HTTPClientError], message: str) -> HTTPClientError:
    """Return an error of `kind`, which is a class of this module."""
    return cast("HTTPClientError", _also_in_botocore(kind, kind.__name__)(message))


@functools.lru_cache(maxsize=256)  # limited, because codes come from the network
def _class_of(code: str) -> type[ClientError]:
    return type(code, (ClientError,), {"__module__": __name__})


def _also_in_botocore(kind: Any, name: str) -> Any:
    """Return `kind`, or if botocore is loaded, a subclass of `kind` and of botocore's error called `name`."""
    botocore = sys.modules.get("botocore.exceptions")
    return kind if botocore is None else _of_both(kind, getattr(botocore, name, botocore.HTTPClientError))


@functools.lru_cache(maxsize=256)  # as above
def _of_both(kind: Any, of_botocore: Any) -> Any:
    return type(kind.__name__, (kind, of_botocore), {"__module__": __name__})
