import json
import os

import boto3

from pycommon.decorators import required_env_vars
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, SQSOperation

ddb = boto3.resource('dynamodb')
sqs = boto3.client('sqs')


def all_subscribers():
    table = ddb.Table(os.environ['SUBSCRIBERS'])
    page = table.scan()
    yield from page['Items']
    while 'LastEvaluatedKey' in page:
        page = table.scan(ExclusiveStartKey=page['LastEvaluatedKey'])
        yield from page['Items']


@required_env_vars({'SUBSCRIBERS': [DynamoDBOperation.SCAN], 'OUTBOX': [SQSOperation.SEND_MESSAGE]})
def lambda_handler(event, context):
    sent = 0
    for person in all_subscribers():
        sqs.send_message(QueueUrl=os.environ['OUTBOX'], MessageBody=json.dumps({'to': person['mail']}))
        sent += 1
    return {'sent': sent}
