import os

import boto3
from pycommon.authz import setup_validated, validated
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars
from schemata.permissions import get_permission_checker
from schemata.schema_validation_rules import rules

setup_validated(rules, get_permission_checker)


@required_env_vars({"CHARGES_TABLE": [DynamoDBOperation.PUT_ITEM]})
@validated("create_charge")
def charge(event, context, user, name, data):
    table = boto3.resource("dynamodb").Table(os.environ["CHARGES_TABLE"])
    table.put_item(Item={"id": user, "charge": data["data"]["charge"]})
    return {"success": True}
