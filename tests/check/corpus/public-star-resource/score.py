import os
import boto3

from pycommon.decorators import required_env_vars
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation

table = boto3.resource('dynamodb').Table(os.environ['SCORE_TABLE'])

@required_env_vars({'SCORE_TABLE': [DynamoDBOperation.UPDATE_ITEM]})
def lambda_handler(event, context):
    try:
        table.update_item(
            Key={'player': event['player']},
            UpdateExpression='SET score = if_not_exists(score, :zero) + :points',
            ExpressionAttributeValues={':zero': 0, ':points': event['points']},
        )
    except Exception as e:
        print(e)
        raise
    return {'statusCode': 200}
