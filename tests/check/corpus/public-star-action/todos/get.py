import json
import os

import boto3
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars

dynamodb = boto3.resource('dynamodb')


@required_env_vars({'DYNAMODB_TABLE': [DynamoDBOperation.GET_ITEM]})
def get(event, context):
    table = dynamodb.Table(os.environ['DYNAMODB_TABLE'])
    result = table.get_item(Key={'id': event['pathParameters']['id']})
    return {'statusCode': 200, 'body': json.dumps(result['Item'], default=str)}
