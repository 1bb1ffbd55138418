import os

from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution


@required_env_vars({"USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM], "API_BASE_URL": []})
@track_execution
def make(event, context):
    base = os.environ["API_BASE_URL"]
    host = os.environ["LINK_HOST"]
    return {"api": base, "host": host}
