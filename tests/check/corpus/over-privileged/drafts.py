import os

from pycommon.dal.providers.aws.clients import client
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution


@required_env_vars(
    {
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "DRAFTS_TABLE": [DynamoDBOperation.PUT_ITEM],
    }
)
@track_execution
def save(event, context):
    client("dynamodb").put_item(TableName=os.environ["DRAFTS_TABLE"], Item={"id": {"S": "last"}})
