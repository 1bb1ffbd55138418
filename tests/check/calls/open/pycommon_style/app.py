import os

from pycommon.dal.providers.aws.clients import client
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, S3Operation
from pycommon.decorators import required_env_vars, track_execution


@required_env_vars({"FILES_TABLE": [DynamoDBOperation.GET_ITEM], "FILES_BUCKET": [S3Operation.GET_OBJECT]})
@track_execution
def handler(event, context):
    dynamodb = client("dynamodb")
    item = dynamodb.get_item(TableName=_table(), Key={"id": {"S": event["id"]}})["Item"]  # aws: dynamodb:GetItem FILES_TABLE
    return _read(bucket=os.environ["FILES_BUCKET"], key=item["key"]["S"])


def _table() -> str:
    return os.environ["FILES_TABLE"]


def _read(*, bucket: str, key: str) -> bytes:
    return client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()  # aws: s3:GetObject FILES_BUCKET
