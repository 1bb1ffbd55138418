import os

from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution


@required_env_vars(
    {
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "ARCHIVE_TABLE": [],
    }
)
@track_execution
def name(event, context):
    return {"archive": os.environ["ARCHIVE_TABLE"]}
