"""Who calls, is the body right, may they, have they budget left: the checks in front of a Lambda behind HTTP."""

from pycommon.authz.guard import validated
from pycommon.authz.setup import add_api_access_types, setup_validated

__all__ = ["add_api_access_types", "setup_validated", "validated"]
