import os

import boto3

session = boto3.Session()
sns = session.resource("sns")
s3 = session.resource("s3")
dynamodb = session.resource("dynamodb")


class Gateway:
    def __getattr__(self, name):
        return dynamodb.Table(os.environ[f"{name.upper()}_TABLE"])


def handler(event, context):
    topic = sns.Topic(os.environ["NEWS_TOPIC"])
    topic.publish(Message="hi")  # aws: sns:Publish NEWS_TOPIC
    bucket = s3.Bucket(os.environ["BACKUPS"])
    newest = max(bucket.objects.limit(10), key=lambda each: each.last_modified)  # aws: s3:ListBucket BACKUPS
    newest.Object().download_file("/tmp/x")  # aws: s3:GetObject BACKUPS
    bucket.object_versions.filter(Prefix="x").delete()  # aws: s3:ListBucketVersions BACKUPS; s3:DeleteObject BACKUPS; s3:DeleteObjectVersion BACKUPS
    bucket.put_object(Key="y", Body=b"")  # aws: s3:PutObject BACKUPS
    bucket.delete_objects(Delete={"Objects": [{"Key": "z"}]})  # aws: s3:DeleteObject BACKUPS
    version = s3.ObjectVersion(bucket.name, "y", "1")
    version.delete()  # aws: s3:DeleteObject BACKUPS; s3:DeleteObjectVersion BACKUPS
    Gateway().pets.get_item(Key={"id": 1})  # aws: dynamodb:GetItem PETS_TABLE
    dynamodb.batch_get_item(RequestItems={os.environ["PETS_TABLE"]: {"Keys": []}})  # aws: dynamodb:BatchGetItem PETS_TABLE
    dynamodb.meta.client.describe_table(TableName=os.environ["PETS_TABLE"])  # aws: dynamodb:DescribeTable PETS_TABLE
