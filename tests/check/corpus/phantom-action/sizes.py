import os

import boto3
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, S3Operation
from pycommon.decorators import required_env_vars, track_execution


@required_env_vars(
    {
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "FILES_BUCKET": [S3Operation.HEAD_OBJECT],
    }
)
@track_execution
def size(event, context):
    return boto3.client("s3").head_object(Bucket=os.environ["FILES_BUCKET"], Key="index")["ContentLength"]
