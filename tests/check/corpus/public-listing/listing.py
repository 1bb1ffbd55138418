import os

import boto3
from pycommon.dal.providers.aws.resource_perms import S3Operation
from pycommon.decorators import required_env_vars

BUCKET_NAME = os.environ["BUCKET_NAME"]
s3_client = boto3.client("s3")
paginator = s3_client.get_paginator("list_objects_v2")


@required_env_vars({"BUCKET_NAME": [S3Operation.LIST_BUCKET, S3Operation.GET_OBJECT]})
def handler(event, context):
    sizes = {}
    for page in paginator.paginate(Bucket=BUCKET_NAME, Prefix=event.get("prefix", "")):
        for entry in page.get("Contents", []):
            sizes[entry["Key"]] = entry["Size"]
    first = next(iter(sizes), None)
    if first:
        s3_client.download_file(BUCKET_NAME, first, "/tmp/first")
    return sizes
