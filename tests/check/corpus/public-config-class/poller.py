import json
import urllib.request

import boto3
from config import Config
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, SNSOperation
from pycommon.decorators import required_env_vars, track_execution

config = Config.load()
sns = boto3.client("sns")


@required_env_vars(
    {
        "API_URL": [],
        "TOPIC_ARN": [SNSOperation.PUBLISH],
        "USAGE_METRICS_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
    }
)
@track_execution
def handler(event, context):
    with urllib.request.urlopen(config.api_url, timeout=5) as answer:
        report = json.load(answer)
    sns.publish(TopicArn=config.topic_arn, Message=json.dumps(report))
