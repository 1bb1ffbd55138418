"""Implement `@validated`: run the checks in front of a handler, in this order.

    event -> token -> identity -> rate limit -> body -> schema -> permission -> handler -> response -> usage record

When a check fails, the guard skips the later checks and the handler, and builds an error response. The guard writes a
usage record if the caller is known.
"""

from __future__ import annotations

import functools
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from pycommon.authz import responses
from pycommon.authz.bearer_token import bearer_token
from pycommon.authz.http_request import recognise
from pycommon.authz.permission_checkers import is_permitted
from pycommon.authz.setup import expect_operation, setup_for
from pycommon.background import wait_for_pending_writes
from pycommon.env.resolved_variables import ResolvedVariables
from pycommon.exceptions import (
    DeclarationError,
    EnvVarError,
    HTTPBadRequest,
    HTTPException,
    HTTPForbidden,
)
from pycommon.execution_environment import current
from pycommon.logger import getLogger
from pycommon.parameters import ParameterKind, is_async, parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from pycommon.authz.caller import Caller
    from pycommon.authz.http_request import Request
    from pycommon.authz.setup import Setup
    from pycommon.metrics.usage_record import TrackingContext

__all__ = ["Guard", "validated"]

_HANDLER_ARGUMENTS = 5
_INTERNAL_ERROR = "Internal server error"

_logger = getLogger(__name__)


def validated(operation: str, validate_body: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:  # noqa: FBT001, FBT002 - the specification's signature
    """Guard a handler `handler(event, context, user, name, data)` behind HTTP.

    The guard identifies the caller by a JWT or an API key, checks the rate limit, validates the body by the operation's
    schema, and asks the permission checker. The guard encodes the result as JSON, turns errors into responses, and
    writes a usage record of the execution.

    Args:
        operation: the name of the operation. The name and the path together select the schema and the permission.
        validate_body: False for a router. The guard then skips the schema, the permission and the usage record. Each
            operation behind the router does these steps itself.

    Raises:
        DeclarationError: at import: the name is not a text, the function is async or cannot take five arguments, or a
            schema of the operation is invalid.

    Source: "Pattern 1" and "Pattern 2" in the specification.

    Example:
        >>> @validated("create_charge")
        ... def charge(event, context, user, name, data):
        ...     return {"success": True, "chargedBy": user}
    """
    if not isinstance(operation, str) or not operation:
        raise DeclarationError(
            f'@validated({operation!r}): expected the operation\'s name, as in @validated("create_charge")'
        )

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        guard = Guard(handler, operation, validate_body=validate_body)

        @functools.wraps(handler)
        def wrapper(event: Any, context: Any = None) -> Any:
            return guard.respond(event, context)

        wrapper.__pycommon_guard__ = guard  # type: ignore[attr-defined]
        return wrapper

    return decorate


class Guard:
    """The guard that runs the checks in front of one handler.

    A guard holds no data of a request, so requests can run in parallel.

    Attributes:
        handler: the function behind the checks.
        operation: the name of the operation in rules and permissions.
        validates_body: whether the guard checks the schema and the permission, and writes a usage record. False for a
            router.
    """

    def __init__(self, handler: Callable[..., Any], operation: str, *, validate_body: bool = True) -> None:
        _check_handler(handler, operation)
        self.handler = handler
        self.operation = operation
        self.validates_body = validate_body
        if validate_body:
            expect_operation(handler.__module__, operation)

    def respond(self, event: Any, context: Any) -> dict[str, Any]:
        """Return the response to the request in `event`. Never raise an Exception."""
        execution = _Execution(self.operation, context)
        try:
            return self._response_or_refusal(event, context, execution)
        except Exception as error:  # noqa: BLE001 - the caller gets the error body for every error
            execution.failed(error, 500)
            self._report(error, execution)
            return responses.error_response(500, _INTERNAL_ERROR, execution.request, execution.request_id)
        finally:
            if not execution.handed_over:
                execution.record()
            wait_for_pending_writes()

    def respond_to_missing_variables(self, error: EnvVarError, event: Any, context: Any = None) -> dict[str, Any]:
        """Return the response when a declared variable is missing. The guard has not run any check at that time."""
        _logger.error("%s refused: %s", self.operation, error)
        try:
            request = recognise(event)
        except HTTPException:
            request = None
        return responses.error_response(500, _INTERNAL_ERROR, request, _request_id(context))

    def _response_or_refusal(self, event: Any, context: Any, execution: _Execution) -> dict[str, Any]:
        try:
            return self._guarded(event, context, execution)
        except HTTPException as error:
            execution.failed(error, error.status)
            # `response_for_exception` raises an error when `details` has no JSON form.
            return responses.response_for_exception(error, execution.request, execution.request_id)

    def _guarded(self, event: Any, context: Any, execution: _Execution) -> dict[str, Any]:
        execution.request = request = recognise(event)
        token = bearer_token(request)
        execution.caller = caller = _identify(token)
        _check_budget(caller)
        setup = self._setup()
        data, path = self._accept_body(request, caller, setup)
        execution.endpoint = path
        if self.validates_body and not is_permitted(setup.checker, path, self.operation, caller.user, data):
            raise HTTPForbidden("You are not permitted to do this")
        fourth = caller.name if setup.fourth_argument == "name" else path
        with nullcontext() if self.validates_body else execution.hand_over():
            result = self.handler(event, context, caller.user, fourth, data)
        response = responses.response_for_result(result, request)
        execution.succeeded(result, response["statusCode"])
        return response

    def _setup(self) -> Setup:
        setup = setup_for(self.handler.__module__)
        if setup is None:
            raise DeclarationError(
                f"@validated({self.operation!r}) on {self.handler.__module__}.{self.handler.__qualname__}: "
                "setup_validated(rules, get_permission_checker) was not called; call it once in the module"
            )
        return setup

    def _accept_body(self, request: Request, caller: Caller, setup: Setup) -> tuple[dict[str, Any], str]:
        """Validate the body. Return the data for the handler, and the path whose rules the body was validated by."""
        if not self.validates_body:
            return _data(_object(request.json()), caller, request.path), request.path
        kind = "api_validators" if caller.api_key_id is not None else "validators"
        body = _object(request.json())
        path = setup.path_of(kind, request.paths, self.operation)
        if path is None:
            _logger.error('%s has no schema in rules["%s"] under any of %s', self.operation, kind, request.paths)
            raise HTTPForbidden("The operation is not defined for this path")
        if "data" not in body:
            if not request.may_lack_body and not setup.accepts_any(kind, path, self.operation):
                raise HTTPBadRequest(
                    "The body must be a JSON object with the member `data`",
                    details=[{"pointer": "", "rule": "required", "message": 'lacks the required property "data"'}],
                )
            body["data"] = {}
        faults = setup.faults(kind, path, self.operation, body["data"])
        if faults:
            first = f"{faults[0]['pointer']} {faults[0]['message']}"
            raise HTTPBadRequest(f"The body does not fit the schema: {first}", details=faults)
        return _data(body, caller, path), path

    def _report(self, error: Exception, execution: _Execution) -> None:
        from pycommon.critical_errors import report_unhandled_error

        user = execution.caller.user if execution.caller else None
        report_unhandled_error(self.operation, error, user, execution.request_id)


def _check_handler(handler: Any, operation: str) -> None:
    expected = f'@validated("{operation}"): expected a function that takes (event, context, user, name, data)'
    if not callable(handler):
        raise DeclarationError(f"{expected}, found a {type(handler).__name__}")
    name = getattr(handler, "__qualname__", type(handler).__name__)
    if is_async(handler):
        raise DeclarationError(f"{expected}, and {name} is async; run its coroutine inside a plain function")
    try:
        taken = parameters(handler)
    except ValueError:
        return  # some built-in functions have no signature
    by_position = [
        each for each in taken if each.kind in {ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL_OR_KEYWORD}
    ]
    surplus = [each.name for each in taken if each.required and each not in by_position[:_HANDLER_ARGUMENTS]]
    if surplus:
        raise DeclarationError(f"{expected}; {name} needs {', '.join(surplus)} as well")
    if len(by_position) < _HANDLER_ARGUMENTS and not any(each.kind is ParameterKind.VAR_POSITIONAL for each in taken):
        raise DeclarationError(f"{expected}; {name} takes {len(by_position)}")


class _Execution:
    """One running execution: the object collects the data of the execution, and writes its usage record."""

    def __init__(self, operation: str, context: Any) -> None:
        from pycommon.metrics.usage_tracker import get_usage_tracker

        self._tracker = get_usage_tracker()
        self._started: TrackingContext = self._tracker.start_tracking("", operation, "", context=context)
        self._result: dict[str, Any] = {}
        self._error_type: str | None = None
        self.request_id = _request_id(context)
        self.request: Request | None = None
        self.caller: Caller | None = None
        self.endpoint: str | None = None
        self.handed_over = False

    def hand_over(self) -> AbstractContextManager[None]:
        """Leave the metering to the operation that a router calls in this block."""
        self.handed_over = True
        return self._tracker.handing_over(self._started)

    def succeeded(self, result: Any, status: int) -> None:
        success = result.get("success", True) if isinstance(result, dict) else True
        self._result = {"statusCode": status, "success": success}

    def failed(self, error: Exception, status: int) -> None:
        self._result = {"statusCode": status}
        self._error_type = type(error).__name__

    def record(self) -> None:
        """Write the usage record if the caller is known. Never raise an error."""
        if self.caller is None or self.request is None:
            return
        try:
            self._record(self.caller, self.endpoint or self.request.path)
        except Exception:
            _logger.exception("The usage of request %s could not be recorded", self.request_id)

    def _record(self, caller: Caller, endpoint: str) -> None:
        started = self._started._replace(
            endpoint=endpoint, user=caller.user, api_accessed=caller.api_key_id is not None
        )
        claims = {"account": caller.account.id, "username": caller.user, "api_key_id": caller.api_key_id}
        self._tracker.record_metrics(self._tracker.end_tracking(started, self._result, claims, self._error_type))


def _identify(token: str) -> Caller:
    from pycommon.authz.authentication_settings import ALWAYS_NEEDED, LIBRARY_DECLARATION
    from pycommon.authz.identity import identify

    resolved = current().part(LIBRARY_DECLARATION, ResolvedVariables)
    if time.monotonic() >= resolved.until:
        resolved.renew(LIBRARY_DECLARATION, ALWAYS_NEEDED)
    return identify(token)


def _check_budget(caller: Caller) -> None:
    from pycommon.authz.identity import budget

    budget().check(caller.user, caller.account.rate_limit)


def _object(body: Any) -> dict[str, Any]:
    if body is None:
        return {}
    if not isinstance(body, dict):
        raise HTTPBadRequest("The body must be a JSON object with the member `data`")
    return body


def _data(body: Mapping[str, Any], caller: Caller, path: str) -> dict[str, Any]:
    """Return the body with the values about the caller.

    A value about the caller replaces a member of the body with its name.
    """
    return {**body, **caller.claims(), "path": path}


def _request_id(context: Any) -> str | None:
    value = getattr(context, "aws_request_id", None)
    return value if isinstance(value, str) else None
