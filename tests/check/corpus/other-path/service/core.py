from pycommon.authz import setup_validated, validated
from schemata.permissions import get_permission_checker
from schemata.schema_validation_rules import rules

setup_validated(rules, get_permission_checker)


@validated("rename_card")
def rename(event, context, user, name, data):
    return {"title": data["data"]["title"], "by": user}
