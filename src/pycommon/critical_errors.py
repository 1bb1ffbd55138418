"""Report errors that need an operator's attention to the queue named by `CRITICAL_ERRORS_SQS_QUEUE_NAME`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pycommon.dal.providers.aws.clients import client, describe_error
from pycommon.dal.providers.aws.resource_perms import SQSOperation
from pycommon.encoders import dumps
from pycommon.env import process_environment
from pycommon.env.declaration import declare_for_library
from pycommon.env.variable_resolver import resolver
from pycommon.exceptions import DeclarationError, EnvVarError
from pycommon.execution_environment import per_execution_environment
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["log_critical_error", "report_unhandled_error"]

_QUEUE_VARIABLE = "CRITICAL_ERRORS_SQS_QUEUE_NAME"

_logger = getLogger(__name__)

declare_for_library(__name__, {_QUEUE_VARIABLE: (SQSOperation.GET_QUEUE_URL, SQSOperation.SEND_MESSAGE)})


def log_critical_error(  # noqa: PLR0913 - the fields of a report, all passed by name
    *,
    function_name: str,
    error_type: str,
    error_message: str,
    current_user: str | None = None,
    severity: str = "HIGH",
    context: Mapping[str, Any] | None = None,
) -> bool:
    """Send a report to the critical-errors queue, and return whether the queue accepted it. Never raise an error.

    Operators read `error_message` and `context`. Do not put credentials, request bodies or values of variables in these
    two arguments.

    Example:
        >>> log_critical_error(function_name="close_day", error_type="LedgerMismatch", error_message="totals differ")
    """
    name = resolver().value(_QUEUE_VARIABLE)
    if name is None:
        _logger.error("A critical error of %s is not reported: %s is not set", function_name, _QUEUE_VARIABLE)
        return False
    report = {
        "functionName": function_name,
        "errorType": error_type,
        "errorMessage": error_message,
        "currentUser": current_user,
        "severity": severity,
        "serviceName": process_environment.get("SERVICE_NAME"),
        "stage": process_environment.get("STAGE"),
        "lambdaFunction": process_environment.get("AWS_LAMBDA_FUNCTION_NAME"),
        "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "context": dict(context or {}),
    }
    try:
        client("sqs").send_message(QueueUrl=_queue_url(name), MessageBody=dumps(report))
    except Exception as error:  # noqa: BLE001 - a failed report must not hide the error that it reports
        _logger.error(
            "A critical error of %s could not be reported to %s: %s", function_name, name, describe_error(error)
        )
        return False
    return True


@per_execution_environment
def _queue_url(name: str) -> str:
    return str(client("sqs").get_queue_url(QueueName=name)["QueueUrl"])


def report_unhandled_error(operation: str, error: Exception, user: str | None, request_id: str | None) -> None:
    """Log an unhandled error of a handler with its traceback, and report the error to the critical-errors queue.

    If a variable is missing or a declaration is wrong, only log the error. Such an error needs a fix of the deployment.
    The critical-errors queue is for errors of the code.
    """
    _logger.error("%s failed (request %s)", operation, request_id, exc_info=error)
    if not isinstance(error, EnvVarError | DeclarationError):
        log_critical_error(
            function_name=operation,
            error_type=type(error).__name__,
            error_message="unhandled error in a handler; the log has the traceback",
            current_user=user,
            context={"requestId": request_id},
        )
