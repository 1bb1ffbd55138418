import os

import boto3

s3 = boto3.client("s3")
B = os.environ["VERSIONED_BUCKET"]


def handler(event, context):
    s3.get_object(Bucket=B, Key="k", VersionId=event["version"])  # aws: s3:GetObjectVersion VERSIONED_BUCKET
    s3.put_object(Bucket=B, Key="k", Body=b"", Tagging="a=b")  # aws: s3:PutObject VERSIONED_BUCKET; s3:PutObjectTagging VERSIONED_BUCKET
    s3.get_object_tagging(Bucket=B, Key="k")  # aws: s3:GetObjectTagging VERSIONED_BUCKET
    s3.list_object_versions(Bucket=B)  # aws: s3:ListBucketVersions VERSIONED_BUCKET
    s3.head_bucket(Bucket=B)  # aws: s3:ListBucket VERSIONED_BUCKET
    s3.get_bucket_location(Bucket=B)  # aws: s3:GetBucketLocation VERSIONED_BUCKET
    upload = s3.create_multipart_upload(Bucket=B, Key="big")  # aws: s3:PutObject VERSIONED_BUCKET
    s3.upload_part(Bucket=B, Key="big", UploadId=upload["UploadId"], PartNumber=1, Body=b"")  # aws: s3:PutObject VERSIONED_BUCKET
    s3.abort_multipart_upload(Bucket=B, Key="big", UploadId=upload["UploadId"])  # aws: s3:AbortMultipartUpload VERSIONED_BUCKET
    s3.put_bucket_notification_configuration(Bucket=B, NotificationConfiguration={})  # aws: s3:PutBucketNotification VERSIONED_BUCKET
