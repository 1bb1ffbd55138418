import json
import os

import boto3
from pycommon.dal.providers.aws.resource_perms import SQSOperation
from pycommon.decorators import required_env_vars

queue = boto3.resource("sqs").Queue(os.environ["ORDERS_QUEUE"])


@required_env_vars({"ORDERS_QUEUE": [SQSOperation.SEND_MESSAGE]})
def order(event, context):
    queue.send_message(MessageBody=json.dumps(event))
