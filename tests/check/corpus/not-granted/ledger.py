import os

import boto3
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution


@required_env_vars(
    {
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "LEDGER_TABLE": [DynamoDBOperation.PUT_ITEM, DynamoDBOperation.SCAN],
    }
)
@track_execution
def book(event, context):
    table = boto3.resource("dynamodb").Table(os.environ["LEDGER_TABLE"])
    total = sum(item["amount"] for item in table.scan()["Items"])
    table.put_item(Item={"id": "total", "amount": total})
