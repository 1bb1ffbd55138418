from pycommon.authz import setup_validated, validated
from pycommon.decorators import track_execution
from schemata.permissions import get_permission_checker
from schemata.schema_validation_rules import rules

setup_validated(rules, get_permission_checker)


@validated("rename_page")
@track_execution
def rename(event, context, user, name, data):
    return {"title": data["data"]["title"], "by": user}
