import json
import os

import boto3
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, S3Operation
from pycommon.decorators import required_env_vars, track_execution
from pycommon.logger import getLogger

logger = getLogger("chunker")


@required_env_vars(
    {
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "FILES_DYNAMO_TABLE": [DynamoDBOperation.UPDATE_ITEM],
        "INPUT_BUCKET": [S3Operation.GET_OBJECT],
    }
)
@track_execution
def process_document(event, context):
    s3 = boto3.client("s3")
    files = boto3.resource("dynamodb").Table(os.environ["FILES_DYNAMO_TABLE"])
    failed = []
    for record in event["Records"]:
        try:
            key = json.loads(record["body"])["key"]
            s3.get_object(Bucket=os.environ["INPUT_BUCKET"], Key=key)
            files.update_item(Key={"id": key}, UpdateExpression="SET done = :d", ExpressionAttributeValues={":d": True})
        except Exception:
            logger.exception("A message could not be processed")
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
