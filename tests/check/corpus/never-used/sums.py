import os

from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution


@required_env_vars(
    {
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "ROUNDING": [],
        "CURRENCY": [],
    }
)
@track_execution
def total(event, context):
    return round(event["sum"], int(os.environ["ROUNDING"]))
