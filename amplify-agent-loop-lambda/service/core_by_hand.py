"""Route the same operations with a router that is written by hand: Pattern 2 of the guidelines, step by step.

This router is deployed under a different path than the router in `service/core.py`, so that both routers can be called
and compared. README.md lists the features that only the library's router has.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from pycommon.api.handler_arguments import CALLER_ARGUMENTS, argument_name
from pycommon.api.ops import set_route_data
from pycommon.authz import setup_validated, validated
from pycommon.exceptions import HTTPException
from pycommon.logger import getLogger
from pycommon.metrics import get_usage_tracker
from schemata.permissions import get_permission_checker
from schemata.schema_validation_rules import rules
from service.routes import route_data

# Set route data BEFORE importing handlers
set_route_data(route_data)

# Import handlers (they register themselves)
from service.note_handlers import *  # noqa: E402, F403 - as the guidelines import them
from service.text_handlers import *  # noqa: E402, F403
from service.workflow_handlers import *  # noqa: E402, F403

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Handler = Callable[[Any, Any, str, str, dict[str, Any]], Any]

setup_validated(rules, get_permission_checker)

logger = getLogger("agent-loop-by-hand")

PREFIX, OPERATIONS = "/vu-agent-by-hand/", "/vu-agent/"


def common_handler(operation: Callable[..., Any], func_schema: Mapping[str, Any], **optional_params: Any) -> Handler:
    """Handles validation and tracking for routed operations."""

    def handler(event: Any, context: Any, current_user: str, name: str, data: dict[str, Any]) -> Any:
        tracker = get_usage_tracker()
        tracking_context = None
        claims = {"account": data["account"], "username": current_user, "api_key_id": data["api_key_id"]}
        status, error_type = 500, None
        try:
            # Validate against the schema from @api_tool
            jsonschema_rs.validate({"type": "object", "properties": {"data": func_schema}, "required": ["data"]}, data)
            # Start tracking
            tracking_context = tracker.start_tracking(
                user=current_user,
                operation=operation.__name__,
                endpoint="agent_operation",
                api_accessed=data["api_accessed"],
                context=context,
            )
            # Execute operation
            result = operation(**arguments(operation, func_schema, current_user, data), **optional_params)
            success = result.get("success", True) if isinstance(result, dict) else True
            status, error_type = (200, None) if success else (500, "OperationFailure")
        except jsonschema_rs.ValidationError as error:
            result = {"success": False, "error": error.message}
        except HTTPException as error:
            status, error_type, result = error.status, type(error).__name__, {"success": False, "error": error.message}
        except Exception as error:
            logger.exception("%s failed", operation.__name__)
            # The guidelines respond with str(error). That text can reveal names of tables, roles and files to callers.
            error_type, result = type(error).__name__, {"success": False, "error": "Internal server error"}
        # End tracking
        if tracking_context is not None:
            metrics = tracker.end_tracking(
                tracking_context=tracking_context, result={"statusCode": status}, claims=claims, error_type=error_type
            )
            tracker.record_metrics(metrics)
        return result

    return handler


def arguments(
    operation: Callable[..., Any], func_schema: Mapping[str, Any], current_user: str, data: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the handler's arguments, from the body and the caller. The guidelines leave this part open."""
    sent = {argument_name(name): data["data"][name] for name in func_schema["properties"] if name in data["data"]}
    caller = {"current_user": current_user, "account_id": data["account"], "access_token": data["access_token"]}
    named = inspect.signature(operation).parameters
    return {**sent, **{name: value for name, value in caller.items() if name in named}}


@validated("route", False)  # noqa: FBT003 - authentication only
def route(event: Any, context: Any, current_user: str, name: str, data: dict[str, Any]) -> Any:
    """Router endpoint - dispatches to handlers based on path."""
    target_path = OPERATIONS + event.get("path", "").removeprefix(PREFIX)
    route_info = route_data.get(target_path)

    if not route_info or not _takes_post(route_info):
        return {"success": False, "error": "Invalid path"}

    handler_func = route_info["handler"]
    func_schema = route_info["parameters"]  # From @api_tool

    return common_handler(handler_func, func_schema)(event, context, current_user, name, data)


def _takes_post(route_info: Mapping[str, Any]) -> bool:
    """Return whether this router can call an operation: by POST, with arguments that this router supplies."""
    others = CALLER_ARGUMENTS - {"current_user", "account_id", "access_token"}
    return route_info["method"] == "POST" and not others & inspect.signature(route_info["handler"]).parameters.keys()
