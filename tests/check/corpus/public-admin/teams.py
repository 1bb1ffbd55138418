import os
import boto3
from pycommon.decorators import required_env_vars
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation


@required_env_vars({"TEAMS_TABLE": [DynamoDBOperation.SCAN]})
def handler(event, context):
    return boto3.resource("dynamodb").Table(os.environ["TEAMS_TABLE"]).scan().get("Items", [])
