import os
import boto3
from pycommon.dal.providers.aws.resource_perms import S3Operation
from pycommon.decorators import required_env_vars

s3_client = boto3.client('s3')

@required_env_vars({'CLEAN_BUCKET': [S3Operation.PUT_OBJECT]})
def lambda_handler(event, context):
    for rec in event['Records']:
        s3_client.put_object(
            Bucket=os.environ['CLEAN_BUCKET'],
            Key=rec['s3']['object']['key'],
            Body=b'',
        )
