"""Implement the endpoint on Chalice, with `by_hand`."""

from __future__ import annotations

from typing import Any

import by_hand
from chalice import BadRequestError, Chalice, UnauthorizedError
from fastjsonschema import JsonSchemaValueException

app = Chalice(app_name="bench")


@app.route("/sample/visits", methods=["POST"])
def record_visit() -> dict[str, Any]:
    """Answer POST /sample/visits."""
    request = app.current_request
    try:
        caller = by_hand.identify(request.headers.get("authorization"))
    except by_hand.RefusedError as error:
        raise UnauthorizedError("The token is not valid") from error
    try:
        data = by_hand.check_data(request.json_body["data"])
    except (KeyError, TypeError, JsonSchemaValueException) as error:
        raise BadRequestError("The body does not fit the schema") from error
    with by_hand.metered(caller, "record_visit", request.path, app.lambda_context):
        return {"success": True, "user": caller.user, "message": data["message"]}


handler = app
"""The Lambda handler."""
