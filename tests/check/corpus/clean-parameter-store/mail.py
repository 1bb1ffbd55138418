import os

from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution


@required_env_vars({"USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM], "SENDER_ADDRESS": []})
@track_execution
def send(event, context):
    return {"from": os.environ["SENDER_ADDRESS"]}
