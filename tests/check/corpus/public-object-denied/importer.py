import csv
import io
import os

import boto3
from pycommon.dal.providers.aws.resource_perms import S3Operation
from pycommon.decorators import required_env_vars


@required_env_vars({"S3_BUCKET": [S3Operation.GET_OBJECT]})
def run(event, context):
    obj = boto3.resource("s3").Object(os.environ["S3_BUCKET"], event["key"])
    text = obj.get()["Body"].read().decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    print(f"{len(rows)} rows")
    return rows
