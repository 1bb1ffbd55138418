import json

from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars, track_execution
from pycommon.logger import getLogger

logger = getLogger("letters")


@required_env_vars({"USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM]})
@track_execution
def take(event, context):
    for record in event["Records"]:
        try:
            logger.info("letter %s", json.loads(record["body"])["id"])
        except Exception as e:
            logger.error("Failed to process message: %s", str(e))
    return {"statusCode": 200}
