from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution
from service import settings


@required_env_vars({"USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM], "TOKEN_MINUTES": []})
@track_execution
def rotate(event, context):
    return {"minutes": settings.minutes(), "suffix": settings.suffix()}
