"""`@validated`: the order of the checks in front of a handler.

    event -> token -> identity -> limit -> body -> schema -> permission -> handler -> answer, and the usage record

A later step never runs when an earlier one refused. An execution is metered as soon as it is known who pays for it.
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
from pycommon.background import settle
from pycommon.env.resolved_variables import Provision
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

    The caller is identified by a JWT or an API key, the body is held against the operation's schema, the permission
    checker asked, the result encoded, errors turned into answers, and the execution metered.

    Args:
        operation: the name under which rules and permissions are looked up, beside the path of the request.
        validate_body: False leaves out schema, permission and metering: for a router whose operations do that.

    Raises:
        DeclarationError: when decorating, for a name that is no text, a function that is async or cannot take five
            arguments, or a broken schema of the operation.

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
            return guard.answer(event, context)

        wrapper.__pycommon_guard__ = guard  # type: ignore[attr-defined]
        return wrapper

    return decorate


class Guard:
    """The checks in front of one handler. Holds nothing of a request, so that requests at once never meet.

    Attributes:
        handler: the function behind the checks.
        operation: its name in rules and permissions.
        validates_body: whether schema, permission and metering are the guard's, and not left to a router's operations.
    """

    def __init__(self, handler: Callable[..., Any], operation: str, *, validate_body: bool = True) -> None:
        _check_handler(handler, operation)
        self.handler = handler
        self.operation = operation
        self.validates_body = validate_body
        if validate_body:
            expect_operation(handler.__module__, operation)

    def answer(self, event: Any, context: Any) -> dict[str, Any]:
        """The answer to the request in `event`. Never raises an Exception."""
        execution = _Execution(self.operation, context)
        try:
            return self._answer_or_refusal(event, context, execution)
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the caller gets the one error body
            execution.failed(error, 500)
            self._report(error, execution)
            return responses.error_answer(500, _INTERNAL_ERROR, execution.request, execution.request_id)
        finally:
            if not execution.handed_over:
                execution.record()
            settle()

    def refuse(self, error: EnvVarError, event: Any, context: Any = None) -> dict[str, Any]:
        """The answer where a declared variable is missing, in front of all checks."""
        _logger.error("%s refused: %s", self.operation, error)
        try:
            request = recognise(event)
        except HTTPException:
            request = None
        return responses.error_answer(500, _INTERNAL_ERROR, request, _request_id(context))

    def _answer_or_refusal(self, event: Any, context: Any, execution: _Execution) -> dict[str, Any]:
        try:
            return self._guarded(event, context, execution)
        except HTTPException as error:
            execution.failed(error, error.status)
            return responses.from_exception(error, execution.request, execution.request_id)  # may raise for odd details

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
        answer = responses.answer_result(result, request)
        execution.succeeded(result, answer["statusCode"])
        return answer

    def _setup(self) -> Setup:
        setup = setup_for(self.handler.__module__)
        if setup is None:
            raise DeclarationError(
                f"@validated({self.operation!r}) on {self.handler.__module__}.{self.handler.__qualname__}: "
                "setup_validated(rules, get_permission_checker) was never called; call it once in the module"
            )
        return setup

    def _accept_body(self, request: Request, caller: Caller, setup: Setup) -> tuple[dict[str, Any], str]:
        """The data for the handler, and the path whose rules applied."""
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
        from pycommon.api.critical_logging import report_unhandled_error

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
        return  # some built-in functions have no signature: nothing can be said
    by_position = [
        each for each in taken if each.kind in {ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL_OR_KEYWORD}
    ]
    surplus = [each.name for each in taken if each.required and each not in by_position[:_HANDLER_ARGUMENTS]]
    if surplus:
        raise DeclarationError(f"{expected}; {name} needs {', '.join(surplus)} as well")
    if len(by_position) < _HANDLER_ARGUMENTS and not any(each.kind is ParameterKind.VAR_POSITIONAL for each in taken):
        raise DeclarationError(f"{expected}; {name} takes {len(by_position)}")


class _Execution:
    """What becomes known of one execution while it goes on, and the record of its usage."""

    def __init__(self, operation: str, context: Any) -> None:
        from pycommon.metrics.usage_tracker import get_usage_tracker

        self._tracker = get_usage_tracker()
        self._begun: TrackingContext = self._tracker.start_tracking("", operation, "", context=context)
        self._result: dict[str, Any] = {}
        self._error_type: str | None = None
        self.request_id = _request_id(context)
        self.request: Request | None = None
        self.caller: Caller | None = None
        self.endpoint: str | None = None
        self.handed_over = False

    def hand_over(self) -> AbstractContextManager[None]:
        """Leave the metering to the operation that a router calls within."""
        self.handed_over = True
        return self._tracker.handing_over(self._begun)

    def succeeded(self, result: Any, status: int) -> None:
        success = result.get("success", True) if isinstance(result, dict) else True
        self._result = {"statusCode": status, "success": success}

    def failed(self, error: Exception, status: int) -> None:
        self._result = {"statusCode": status}
        self._error_type = type(error).__name__

    def record(self) -> None:
        """Write the usage record, once it is known who pays. Never raises."""
        if self.caller is None or self.request is None:
            return
        try:
            self._record(self.caller, self.endpoint or self.request.path)
        except Exception:
            _logger.exception("The usage of request %s could not be recorded", self.request_id)

    def _record(self, caller: Caller, endpoint: str) -> None:
        begun = self._begun._replace(endpoint=endpoint, user=caller.user, api_accessed=caller.api_key_id is not None)
        claims = {"account": caller.account.id, "username": caller.user, "api_key_id": caller.api_key_id}
        self._tracker.record_metrics(self._tracker.end_tracking(begun, self._result, claims, self._error_type))


def _identify(token: str) -> Caller:
    from pycommon.authz.authentication_settings import ALWAYS_NEEDED, LIBRARY_DECLARATION
    from pycommon.authz.identity import identify

    provision = current().part(LIBRARY_DECLARATION, Provision)
    if time.monotonic() >= provision.until:
        provision.renew(LIBRARY_DECLARATION, ALWAYS_NEEDED)
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
    """The body with what is known of the caller; a member of the body never takes the place of that."""
    return {**body, **caller.claims(), "path": path}


def _request_id(context: Any) -> str | None:
    value = getattr(context, "aws_request_id", None)
    return value if isinstance(value, str) else None
