import os

import boto3
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars

NEEDS = {
    "COUNTER_TABLE": [DynamoDBOperation.UPDATE_ITEM, DynamoDBOperation.SCAN],
}
table = boto3.resource("dynamodb").Table(os.environ["COUNTER_TABLE"])


@required_env_vars(NEEDS)
def lambda_handler(event, context):
    answer = table.update_item(
        Key={"id": event["id"]},
        UpdateExpression="SET hits = hits + :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    return answer["Attributes"]["hits"]
