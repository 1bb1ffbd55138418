"""Route requests of one endpoint to the operations that `@api_tool` describes. The service needs only one import.

from pycommon.api.router import route      # the Lambda handler, e.g. of `POST /vu-agent/{proxy+}`
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pycommon.api.operation_pipeline import CallContext, call_operation
from pycommon.api.ops import registry
from pycommon.api.query_arguments import arguments_of_query
from pycommon.authz.guard import validated
from pycommon.authz.http_request import recognise
from pycommon.exceptions import HTTPException, HTTPMethodNotAllowed, HTTPNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pycommon.api.api_operation import Operation
    from pycommon.authz.http_request import Request

__all__ = ["common_handler", "route"]

_IN_QUERY = frozenset({"GET", "DELETE"})
_PARAMETER = re.compile(r"\{([^{}+]+)\+?\}")  # a part {name} or {name+} in a route of API Gateway


@validated("route", False)  # noqa: FBT003 - the specification's call
def route(event: Any, context: Any, current_user: str, name: str, data: dict[str, Any]) -> Any:
    """Call the operation at the path of the request. This is the Lambda handler of a router service.

    The arguments are the member `data` of the body, or the query for GET and DELETE. If the path has no operation, the
    response is 404. If the operation has another method, the response is 405.

    Source: Pattern 2 of the specification.
    """
    request = recognise(event)
    caller = CallContext.of(current_user, name, data, context)
    operation = _find(request, event, caller)
    in_query = request.method in _IN_QUERY
    instance = arguments_of_query(event, operation.entry["parameters"]) if in_query else data.get("data")
    return call_operation(operation, instance, caller)


def common_handler(
    operation: Callable[..., Any], func_schema: Mapping[str, Any] | None = None, **optional_params: Any
) -> Callable[[Any, Any, str, str, dict[str, Any]], Any]:
    """Return a handler `(event, context, current_user, name, data)` that checks, meters and calls one operation.

    Services with their own router use this function.

    Args:
        operation: the function under `@api_tool`, for example `route_data[path]["handler"]`.
        func_schema: an argument that existing services pass. The function ignores it.
        optional_params: further arguments for the function.

    Raises:
        HTTPNotFound: when the handler is called, if `operation` is not under `@api_tool`.
    """
    del func_schema

    def handler(_event: Any, context: Any, current_user: str, name: str, data: dict[str, Any]) -> Any:
        described = getattr(operation, "__pycommon_operation__", None)
        if described is None:
            raise HTTPNotFound("There is no such operation")
        caller = CallContext.of(current_user, name, data, context)
        return call_operation(described, data.get("data"), caller, **optional_params)

    return handler


def _find(request: Request, event: Mapping[str, Any], caller: CallContext) -> Operation:
    found = next((each for each in map(registry.at, (*request.paths, *_below_base_path(event))) if each), None)
    if found is not None and found.method == request.method and found.arguments is not None:
        return found
    error: HTTPException = HTTPNotFound("There is no such operation")
    if found is not None and found.arguments is not None:
        error = HTTPMethodNotAllowed(
            f"The operation accepts only the method {found.method}", headers={"Allow": found.method}
        )
    _meter_refusal(error, caller)
    raise error


def _below_base_path(event: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the path without the base path of a custom domain.

    API Gateway leaves the base path in the event's path. The route and its parameters do not have the base path:
    `/vu-agent/{proxy+}` and `{"proxy": "create-workflow"}`.
    """
    template = event.get("resource") or str(event.get("routeKey") or "").partition(" ")[2]
    matched = event.get("pathParameters")
    if not isinstance(template, str) or not isinstance(matched, dict):
        return ()
    return (_PARAMETER.sub(lambda name: str(matched.get(name[1], name[0])), template),)


def _meter_refusal(error: HTTPException, caller: CallContext) -> None:
    """Write a usage record for a request without an operation.

    The request is also an execution, and its caller is known.
    """
    with caller.tracking(route.__name__) as execution:
        execution.result = {"statusCode": error.status}
        execution.error_type = type(error).__name__
