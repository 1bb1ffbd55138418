import os
import tempfile

import boto3
from pycommon.dal.providers.aws.resource_perms import S3Operation
from pycommon.decorators import required_env_vars


class Storage:
    def __init__(self, bucket):
        self.bucket = bucket
        self.client = boto3.client("s3")

    def fetch(self, key, path):
        self.client.download_file(self.bucket, key, path)

    def store(self, path, key):
        self.client.upload_file(path, self.bucket, key)


@required_env_vars({"PDF_BUCKET": [S3Operation.GET_OBJECT]})
def handler(event, context):
    storage = Storage(os.environ["PDF_BUCKET"])
    with tempfile.NamedTemporaryFile() as file:
        storage.fetch(event["key"], file.name)
        storage.store(file.name, event["key"] + ".pdf")
