"""Define the base class of the clients, which encodes, signs, sends and retries a call, and reads the response."""

from __future__ import annotations

import functools
import sys
import time
import urllib.parse
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from pycommon.dal.providers.aws.json_protocol.call_observers import report_call
from pycommon.dal.providers.aws.json_protocol.client_errors import (
    ClientError,
    Exceptions,
    HTTPClientError,
    client_error,
)
from pycommon.dal.providers.aws.json_protocol.clock import Clock
from pycommon.dal.providers.aws.json_protocol.connections import ConnectionPool
from pycommon.dal.providers.aws.json_protocol.credentials import credentials
from pycommon.dal.providers.aws.json_protocol.json_documents import encode
from pycommon.dal.providers.aws.json_protocol.retries import RetryQuota, StandardRetries
from pycommon.dal.providers.aws.json_protocol.service_responses import result_of
from pycommon.dal.providers.aws.json_protocol.signing import Signer
from pycommon.env import process_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pycommon.dal.providers.aws.json_protocol.client_configuration import AwsEndpoint

__all__ = ["Bounds", "JsonClient"]

_SAFE_IN_A_TRACE = "-=;:+&[]{}\"',"


class Bounds(NamedTuple):
    """The limits of a client: time, attempts and idle connections."""

    connect_timeout_s: float
    read_timeout_s: float
    attempts: int
    connections: int


class JsonClient:
    """A client of one service with the interface of botocore's client. Threads can share one client.

    Args:
        endpoint: the endpoint of the service.
        bounds: the limits of the client.
        botocore: a function that creates botocore's client of the service. `JsonClient` uses botocore's client for
            every method that `JsonClient` does not implement.
        user_agent: the name of the caller in the user-agent header.

    Attributes:
        exceptions: the error classes by code, for `except`.
    """

    exceptions: ClassVar[Exceptions] = Exceptions()
    _CONTENT_TYPE: ClassVar[str]
    _TARGET: ClassVar[str]
    _OPERATIONS: ClassVar[tuple[str, ...]]

    def __init__(
        self, endpoint: AwsEndpoint, bounds: Bounds, botocore: Callable[[], Any], user_agent: str = "pycommon"
    ) -> None:
        self._service = endpoint.service
        self._attempts = bounds.attempts
        self._botocore = botocore
        self._connections = ConnectionPool(
            endpoint,
            connect_timeout_s=bounds.connect_timeout_s,
            read_timeout_s=bounds.read_timeout_s,
            idle_at_most=bounds.connections,
        )
        self._signer = Signer(endpoint.service, endpoint.region)
        self._clock = Clock()
        self._quota = RetryQuota()
        self._headers = {"content-type": self._CONTENT_TYPE, "host": endpoint.authority}
        self._user_agent = _user_agent(user_agent)

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of botocore's client.

        After a read of `meta`, botocore also makes the calls of this client, because `meta` gives access to botocore's
        event hooks.
        """
        if name.startswith("_"):
            raise AttributeError(name)
        if name == "meta":
            vars(self).update({operation: self._of_botocore(operation) for operation in self._OPERATIONS})
        return self._of_botocore(name)

    def _of_botocore(self, name: str) -> Any:
        whole = self._botocore()
        found = getattr(whole, name)
        return _with_own_errors(found) if name in whole.meta.method_to_api_mapping else found

    def _call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Make a call. If the call fails and may succeed later, retry the call.

        Raises:
            ClientError: the service returned an error.
            HTTPClientError: there was no usable response.
            NoCredentialsError: the environment has no credentials.
            ParamValidationError: a parameter has no JSON form.
        """
        report_call(self._service, operation, parameters)
        body = encode(parameters)
        retries = StandardRetries(self._service, self._quota, self._attempts)
        while True:
            try:
                result = self._attempt(operation, body)
            except (ClientError, HTTPClientError) as error:
                pause = retries.pause_after(error, clock_corrected=self._clock.corrected_by(error))
                if pause is None:
                    _note_attempts(error, retries)
                    raise
                time.sleep(pause)
            else:
                retries.succeeded()
                result["ResponseMetadata"]["RetryAttempts"] = retries.attempt - 1
                return result

    def _attempt(self, operation: str, body: bytes) -> dict[str, Any]:
        headers = {**self._headers, "x-amz-target": f"{self._TARGET}.{operation}"}
        signed = self._signer.sign(headers, body, credentials(), self._clock.now())
        signed["user-agent"] = self._user_agent
        trace = process_environment.get("_X_AMZN_TRACE_ID")
        if trace is not None and process_environment.get("AWS_LAMBDA_FUNCTION_NAME") is not None:
            # With this header AWS detects functions and queues that call each other in a loop.
            signed["x-amzn-trace-id"] = urllib.parse.quote(trace, safe=_SAFE_IN_A_TRACE)
        return result_of(self._connections.post(signed, body), operation)


def _with_own_errors(call: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a call of botocore's client, so that its errors are the classes of `exceptions`."""
    from botocore.exceptions import ClientError as BotocoreError

    @functools.wraps(call)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return call(*args, **kwargs)
        except BotocoreError as error:
            name = type(error).__name__  # the code of the error, or its old code in some services
            code = name if name != "ClientError" else str(error.response.get("Error", {}).get("Code"))
            raise client_error(code, error.response, error.operation_name) from error

    return wrapper


def _note_attempts(error: ClientError | HTTPClientError, retries: StandardRetries) -> None:
    if isinstance(error, ClientError):
        metadata = error.response["ResponseMetadata"]
        metadata["RetryAttempts"] = retries.attempt - 1
        if retries.exhausted:
            metadata["MaxAttemptsReached"] = True


def _user_agent(name: str) -> str:
    python = ".".join(str(part) for part in sys.version_info[:3])
    runtime = process_environment.get("AWS_EXECUTION_ENV")
    return f"{name} lang/python#{python}" + (f" exec-env/{urllib.parse.quote(runtime)}" if runtime else "")
