import os

from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution


@required_env_vars(
    {
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "NOTICE_CHANNEL": [],
    }
)
@track_execution
def notify(event, context):
    return os.environ["NOTICE_CHANNEL"]
