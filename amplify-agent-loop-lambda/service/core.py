"""Route requests: one Lambda handler, `route`, in front of all operations that `@api_tool` describes.

`service/core_by_hand.py` shows the same router, written without the library's router.
"""

from __future__ import annotations

from pycommon.api.ops import set_permissions_by_state, set_route_data
from pycommon.api.router import route
from pycommon.authz import add_api_access_types, setup_validated
from pycommon.const import APIAccessType
from schemata import permissions
from schemata.schema_validation_rules import rules
from service.routes import route_data

# Set the route data before importing the handlers, as in the guidelines. The library accepts either order.
set_route_data(route_data)

from service import (  # noqa: E402, F401 - importing a module registers its operations
    note_handlers,
    run_handlers,
    text_handlers,
    tool_handlers,
    wait_handlers,
    workflow_handlers,
)

__all__ = ["route"]

set_permissions_by_state(permissions)
setup_validated(rules, permissions.get_permission_checker)
add_api_access_types([APIAccessType.ASSISTANTS.value])
