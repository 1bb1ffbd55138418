import os

from pycommon.authz import setup_validated, validated
from pycommon.decorators import required_env_vars
from schemata.permissions import get_permission_checker
from schemata.schema_validation_rules import rules

setup_validated(rules, get_permission_checker)


@validated("rename_chart")
@required_env_vars({"OAUTH_AUDIENCE": []})
def rename(event, context, user, name, data):
    return {"title": data["data"]["title"], "for": os.environ["OAUTH_AUDIENCE"]}
