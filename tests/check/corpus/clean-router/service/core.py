from pycommon.api.ops import set_route_data
from pycommon.authz import setup_validated, validated
from schemata.permissions import get_permission_checker
from schemata.schema_validation_rules import rules
from service.routes import route_data

set_route_data(route_data)

from service.workflow_handlers import *

setup_validated(rules, get_permission_checker)


@validated("route", False)
def route(event, context, current_user, name, data):
    found = route_data.get(event.get("path", ""))
    if not found:
        return {"success": False, "error": "Invalid path"}
    return found["handler"](current_user, data["data"]["workflowName"])
