"""Create the library's AWS clients on first use: one client for each service and execution environment.

In a plain Lambda environment the library uses its own clients for DynamoDB, SQS and Parameter Store (`json_protocol`),
which add almost no time to a cold start. In other environments, and for other services, the library uses botocore's
clients. The library does not need boto3, and `import boto3` would take 150 ms more. Region, credentials and endpoint
come from the usual variables of the AWS SDKs (AWS_REGION, the credentials of the function's role, AWS_ENDPOINT_URL).
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
_SERVER_ERROR = 500
_NO_RESPONSE = frozenset(
    {"HTTPClientError", "ConnectionError"}
)  # botocore's base classes of time-outs and lost connections

_CONNECT_TIMEOUT_S = 1
_READ_TIMEOUT_S = 2
_ATTEMPTS = 3
_CONNECTIONS = 32  # two for each concurrent request; the client closes further connections after use
_USER_AGENT = "amplify-pycommon"


@per_execution_environment
def _session() -> botocore.session.Session:
    import botocore.session

    return botocore.session.get_session()


@per_execution_environment
def client(service: str) -> Any:
    """Return a client with botocore's interface for `service` (the name in boto3, e.g. "dynamodb").

    Time limits: 1 s to connect, 2 s to read, three attempts. A call to a table that does not respond takes about 7 s.
    Three such calls take less than the 29 s that API Gateway waits. Threads can share the client.
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
    """Return the AWS error code of an error, e.g. "AccessDeniedException", or the name of its class.

    The function checks the attributes of the error. A check of the error's class would import botocore.
    """
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        code = response.get("Error", {}).get("Code")
        if isinstance(code, str) and code:
            return code
    return type(error).__name__


def describe_error(error: BaseException) -> str:
    """Return a description of the error for a log line: the code, and for a denial also the message of AWS.

    The message of a denial names the action and the resource. Other messages of AWS may repeat values of the call, so
    the library does not log them.
    """
    code = error_code(error)
    if code not in ACCESS_DENIED:
        return code
    message = getattr(error, "response", {}).get("Error", {}).get("Message", "")
    return f"{code}: {message}"


def is_transient(error: BaseException) -> bool:
    """Return whether the call may succeed later: AWS throttled the call, the service failed, or there was no response.

    The function checks the attributes of the error, like `error_code`.
    """
    response = getattr(error, "response", None)
    if not isinstance(response, dict):
        return any(kind.__name__ in _NO_RESPONSE for kind in type(error).__mro__)
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return error_code(error) in _THROTTLED or (isinstance(status, int) and status >= _SERVER_ERROR)
