import os

import boto3
from pycommon.dal.providers.aws.resource_perms import S3Operation
from pycommon.decorators import required_env_vars

s3 = boto3.resource("s3")


@required_env_vars({"GALLERY_BUCKET": [S3Operation.LIST_BUCKET]})
def index(event, context):
    bucket = s3.Bucket(os.environ["GALLERY_BUCKET"])
    return [summary.key for summary in bucket.objects.filter(Prefix="public/")]
