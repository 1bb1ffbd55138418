import os

import boto3
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, SQSOperation
from pycommon.decorators import required_env_vars, track_execution


@required_env_vars(
    {
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "JOBS_QUEUE_URL": [SQSOperation.SEND_MESSAGE],
    }
)
@track_execution
def feed(event, context):
    boto3.client("sqs").send_message(QueueUrl=os.environ["JOBS_QUEUE_URL"], MessageBody="go")
