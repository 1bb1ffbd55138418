"""Implement the endpoint on Powertools for AWS Lambda with `by_hand`, in two variants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import by_hand
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.exceptions import BadRequestError, UnauthorizedError
from fastjsonschema import JsonSchemaValueException

if TYPE_CHECKING:
    from collections.abc import Callable


def endpoint(account_of: by_hand.AccountOf) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """Return the Lambda handler. `account_of` returns the payer of a user."""
    app = APIGatewayRestResolver()

    @app.post("/sample/visits")
    def record_visit() -> dict[str, Any]:
        """Answer POST /sample/visits."""
        event = app.current_event
        try:
            caller = by_hand.identify(event.headers.get("Authorization"), account_of)
        except by_hand.RefusedError as error:
            raise UnauthorizedError("The token is not valid") from error
        try:
            data = by_hand.check_data(event.json_body["data"])
        except (ValueError, KeyError, TypeError, JsonSchemaValueException) as error:
            raise BadRequestError("The body does not fit the schema") from error
        with by_hand.metered(caller, "record_visit", event.path, app.lambda_context):
            return {"success": True, "user": caller.user, "message": data["message"]}

    return app.resolve
