import os

import boto3
from boto3.dynamodb.conditions import Key
from pycommon.authz import setup_validated, validated
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars

from .guard import checker_of_files, rules

setup_validated(rules, checker_of_files)


@required_env_vars({"FILES_TABLE": [DynamoDBOperation.GET_ITEM]})
@validated("list_files")
def list_files(event, context, user, name, data):
    table = boto3.resource("dynamodb").Table(os.environ["FILES_TABLE"])
    owner = table.get_item(Key={"id": user}).get("Item")
    if owner is None:
        return []
    return table.query(KeyConditionExpression=Key("id").eq(user))["Items"]
