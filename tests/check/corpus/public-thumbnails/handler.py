import io
import os
from urllib.parse import unquote_plus

import boto3

from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, S3Operation
from pycommon.decorators import required_env_vars, track_execution

s3 = boto3.client('s3')
size = int(os.environ['THUMBNAIL_SIZE'])


@required_env_vars({
    'USAGE_METRICS_DYNAMO_TABLE': [DynamoDBOperation.PUT_ITEM],
    'DEST_BUCKET': [S3Operation.PUT_OBJECT],
    'THUMBNAIL_SIZE': [],
})
@track_execution
def resize(event, context):
    for record in event['Records']:
        key = unquote_plus(record['s3']['object']['key'])
        buffer = io.BytesIO(b'0' * size)
        s3.put_object(Bucket=os.environ['DEST_BUCKET'], Key=key, Body=buffer)
    return {'resized': len(event['Records'])}
