import os

import boto3
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars
from signup.services import SignupService


@required_env_vars({"USERS_TABLE": [DynamoDBOperation.PUT_ITEM], "WELCOME_TOPIC_ARN": []})
def main(event, context):
    service = SignupService(
        users=boto3.resource("dynamodb").Table(os.environ["USERS_TABLE"]),
        sns=boto3.client("sns"),
        topic=os.environ["WELCOME_TOPIC_ARN"],
    )
    service.register(event["mail"])
    return {"registered": event["mail"]}
