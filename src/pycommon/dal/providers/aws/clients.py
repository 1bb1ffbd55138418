"""AWS clients of the library: one for each service in an execution environment, made on first use.

For the few calls that the library makes itself they are its own (`json_protocol`), which cost a cold start next to
nothing; botocore's where the environment asks for more than these know, and for every other service. `import boto3`
would cost 150 ms on top and add nothing that the library calls. Region, credentials and endpoint come from where every
AWS SDK takes them (AWS_REGION, the function's role, AWS_ENDPOINT_URL).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pycommon.execution_environment import per_execution_environment

if TYPE_CHECKING:
    import botocore.session

__all__ = ["ACCESS_DENIED", "client", "describe_error", "error_code", "is_transient"]

ACCESS_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})

_THROTTLED = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_FAULT_OF_THE_SERVICE = 500
_NO_ANSWER = frozenset({"HTTPClientError", "ConnectionError"})  # botocore's, and every time-out and reset below them

_CONNECT_TIMEOUT_S = 1
_READ_TIMEOUT_S = 2
_ATTEMPTS = 3
_CONNECTIONS = 32  # two for each request that an environment may serve at once; a connection beyond them is thrown away
_USER_AGENT = "amplify-pycommon"


@per_execution_environment
def _session() -> botocore.session.Session:
    import botocore.session

    return botocore.session.get_session()


@per_execution_environment
def client(service: str) -> Any:
    """The client for `service` (its name as in boto3, e.g. "dynamodb"), called as botocore's is.

    Bounded: 1 s to connect, 2 s to read, three attempts. A table that hangs costs a request about 7 s, and three of
    them less than the 29 s that API Gateway waits. Safe to share between threads (as botocore's clients are).
    """
    from pycommon.dal.providers.aws.json_protocol.client_configuration import own_endpoint

    endpoint = own_endpoint(service)
    if endpoint is None:
        return _botocore_client(service)
    from pycommon.dal.providers.aws.json_protocol.json_client import Bounds
    from pycommon.dal.providers.aws.json_protocol.service_operations import SERVICES

    bounds = Bounds(_CONNECT_TIMEOUT_S, _READ_TIMEOUT_S, _ATTEMPTS, _CONNECTIONS)
    return SERVICES[service](endpoint, bounds, lambda: _botocore_client(service), _USER_AGENT)


@per_execution_environment
def _botocore_client(service: str) -> Any:
    from botocore.config import Config

    config = Config(
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=_READ_TIMEOUT_S,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        tcp_keepalive=True,
        max_pool_connections=_CONNECTIONS,
        user_agent_extra=_USER_AGENT,
    )
    return _session().create_client(service, config=config)


def error_code(error: BaseException) -> str:
    """The AWS error code of what a client raised, e.g. "AccessDeniedException"; else the name of its class.

    Told by the shape of the error and not by its class, so that asking does not import botocore.
    """
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        code = response.get("Error", {}).get("Code")
        if isinstance(code, str) and code:
            return code
    return type(error).__name__


def describe_error(error: BaseException) -> str:
    """The error for a log line: its code, and for a denial AWS's own sentence, which names the action and the resource.

    Other messages of AWS may repeat what was sent, and stay out of the log.
    """
    code = error_code(error)
    if code not in ACCESS_DENIED:
        return code
    message = getattr(error, "response", {}).get("Error", {}).get("Message", "")
    return f"{code}: {message}"


def is_transient(error: BaseException) -> bool:
    """Whether the same call may well succeed a little later: throttled, no answer, or a fault of the service.

    Told by the shape of the error, as in `error_code`.
    """
    response = getattr(error, "response", None)
    if not isinstance(response, dict):
        return any(kind.__name__ in _NO_ANSWER for kind in type(error).__mro__)
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return error_code(error) in _THROTTLED or (isinstance(status, int) and status >= _FAULT_OF_THE_SERVICE)
