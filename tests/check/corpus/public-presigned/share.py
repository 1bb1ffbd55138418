import os

import boto3
from botocore.config import Config
from pycommon.dal.providers.aws.resource_perms import S3Operation
from pycommon.decorators import required_env_vars

s3 = boto3.client("s3", config=Config(signature_version="s3v4"))


def presign(key, expires=3600):
    return s3.generate_presigned_url(
        "get_object",
        Params={"Bucket": os.environ["SHARE_BUCKET"], "Key": key},
        ExpiresIn=expires,
    )


@required_env_vars({"SHARE_BUCKET": [S3Operation.PUT_OBJECT]})
def link(event, context):
    s3.put_object(Bucket=os.environ["SHARE_BUCKET"], Key=event["key"], Body=event["text"])
    return {"url": presign(event["key"])}
