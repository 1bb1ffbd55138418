"""Call an operation with all checks, in the order below. The router, workflows and MCP use this module.

    rate limit -> arguments -> permission -> handler -> output -> usage record

When a check fails, the later checks and the handler do not run. The library always writes the usage record.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from pycommon.api.ops import registry
from pycommon.authz.permission_checkers import is_permitted
from pycommon.encoders import dumps
from pycommon.env import process_environment
from pycommon.exceptions import HTTPBadRequest, HTTPException, HTTPForbidden
from pycommon.metrics.execution_outcome import ExecutionOutcome
from pycommon.proxy_response import is_proxy_response, status_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pycommon.api.api_operation import Operation
    from pycommon.metrics.usage_tracker import Execution

__all__ = ["ENDPOINT", "CallContext", "OutputError", "call_operation"]

ENDPOINT = "agent_operation"
"""The endpoint in the usage record of an operation. The specification defines this value."""

_STAGES_THAT_CHECK_OUTPUT = frozenset({"local", "dev"})
_FAILED = "OperationFailure"


class OutputError(Exception):
    """The result of an operation does not fit its output schema.

    The library raises this error only in the stages local and dev.
    """


class CallContext(NamedTuple):
    """The caller of an operation, as `@validated` identified the caller.

    `lambda_context` is Lambda's context object.
    """

    user: str
    name: str
    account_id: str
    access_token: str
    api_key_id: str | None = None
    rate_limit: Mapping[str, Any] | None = None
    lambda_context: Any = None

    def __repr__(self) -> str:
        """Show the caller without the token."""
        return f"CallContext(user={self.user!r}, account_id={self.account_id!r}, api_key_id={self.api_key_id!r})"

    @classmethod
    def of(cls, user: str, name: str, data: Mapping[str, Any], lambda_context: Any = None) -> CallContext:
        """Create the context from the arguments of a handler under `@validated`."""
        return cls(
            user=user,
            name=name,
            account_id=data["account"],
            access_token=data["access_token"],
            api_key_id=data["api_key_id"],
            rate_limit=data["rate_limit"],
            lambda_context=lambda_context,
        )

    def arguments(self) -> dict[str, Any]:
        """Return the values about the caller that handlers can take. The keys are the names in `CALLER_ARGUMENTS`."""
        return {
            "current_user": self.user,
            "access_token": self.access_token,
            "account_id": self.account_id,
            "api_key_id": self.api_key_id,
            "rate_limit": self.rate_limit,
            "call_context": self,
        }

    @contextmanager
    def tracking(self, operation: str, endpoint: str = ENDPOINT) -> Iterator[Execution]:
        """Measure the code in the `with` block as an execution that this caller pays for.

        See `UsageTracker.tracking`.
        """
        from pycommon.metrics.usage_tracker import get_usage_tracker

        with get_usage_tracker().tracking(
            user=self.user,
            operation=operation,
            endpoint=endpoint,
            account=self.account_id,
            api_accessed=self.api_key_id is not None,
            context=self.lambda_context,
        ) as execution:
            execution.api_key_id = self.api_key_id
            yield execution


def call_operation(operation: Operation, instance: Any, caller: CallContext, **further: Any) -> Any:
    """Call `operation` with the arguments in `instance` for `caller`, and return its result.

    Args:
        operation: an operation whose function takes arguments. The function must not take a Lambda event.
        instance: the arguments from the client, as a JSON object.
        caller: the caller of the operation.
        further: further arguments for the handler, which the service passes. The client cannot set them.

    Raises:
        HTTPTooManyRequests, HTTPServiceUnavailable: the caller has reached the rate limit, or the costs cannot be read.
            See `Budget.check`.
        HTTPBadRequest: the arguments do not fit the schema. `details` has each fault.
        HTTPForbidden: the permission checker did not return True.
        OutputError: the result does not fit the output schema (stages local and dev).
        Exception: any error of the handler.
    """
    with caller.tracking(operation.entry["handler"].__name__) as execution:
        execution.result = {"statusCode": 500}
        try:
            result = _checked_call(operation, instance, caller, further)
        except HTTPException as error:
            execution.result = {"statusCode": error.status}
            raise
        execution.result = _recorded_result(result)
        execution.error_type = None if ExecutionOutcome.of(execution.result).success else _FAILED
        return result


def _checked_call(operation: Operation, instance: Any, caller: CallContext, further: Mapping[str, Any]) -> Any:
    _check_budget(caller)
    if operation.arguments is None:
        raise TypeError(
            f"{operation.defined_at} takes a Lambda event: it is a separate endpoint, which routers do not call"
        )
    filled = operation.arguments.prepared(instance) if isinstance(instance, dict) else instance
    faults = operation.argument_faults(filled)
    if faults or not isinstance(filled, dict):
        faults = faults or [{"pointer": "/data", "rule": "type", "message": 'must be of type "object"'}]
        first = f"{faults[0]['pointer']} {faults[0]['message']}"
        raise HTTPBadRequest(f"The arguments do not fit the schema: {first}", details=faults)
    _check_permission(operation, filled, caller)
    result = operation.entry["handler"](**{**operation.arguments.bind(filled, caller.arguments()), **further})
    _check_output(operation, result)
    return result


def _recorded_result(result: Any) -> dict[str, Any]:
    """Return the part of `result` that the usage record needs: the status code, and `success` if the result has it."""
    recorded = {"statusCode": status_of(result) or 200}
    if isinstance(result, dict) and "success" in result:
        recorded["success"] = result["success"]
    return recorded


def _check_budget(caller: CallContext) -> None:
    from pycommon.authz.accounts import parse_rate_limit
    from pycommon.authz.identity import budget

    budget().check(caller.user, parse_rate_limit(caller.rate_limit))


def _check_permission(operation: Operation, instance: Mapping[str, Any], caller: CallContext) -> None:
    checker = registry.permission_of(operation)
    if checker is None:
        return
    checker_data = {**caller.arguments(), "account": caller.account_id, "data": instance}

    def of_operation(_path: str, _operation: str, user: str, data: Mapping[str, Any]) -> Any:
        return checker(user, data)

    if not is_permitted(of_operation, operation.path, operation.name, caller.user, checker_data):
        raise HTTPForbidden("You are not permitted to do this")


def _check_output(operation: Operation, result: Any) -> None:
    if process_environment.get("STAGE") not in _STAGES_THAT_CHECK_OUTPUT or not operation.entry["output"]:
        return
    if is_proxy_response(result):
        return  # a proxy response is not validated
    import orjson

    faults = operation.output_faults(orjson.loads(dumps(result)))
    if faults:
        described = "; ".join(f"{fault['pointer'].removeprefix('/data') or '/'} {fault['message']}" for fault in faults)
        raise OutputError(f"the result of {operation.defined_at} does not fit its output schema: {described}")
