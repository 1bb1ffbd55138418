import os

from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution


@required_env_vars(
    {"USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM], "PARTNER_ACCESS_KEY_ID": []},
)
@track_execution
def sync(event, context):
    return os.environ["PARTNER_ACCESS_KEY_ID"][:4]
