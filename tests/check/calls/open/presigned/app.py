import os
from functools import lru_cache

import boto3
from botocore.config import Config


@lru_cache(maxsize=None)
def signer():
    return boto3.client("s3", config=Config(signature_version="s3v4"))


def link(method, key, **extra):
    params = {"Bucket": os.environ["SHARE_BUCKET"], "Key": key}
    params.update(extra)
    return signer().generate_presigned_url(ClientMethod=method, Params=params, ExpiresIn=300)  # aws: s3:GetObject SHARE_BUCKET; s3:PutObject SHARE_BUCKET


def handler(event, context):
    key = event["key"]
    if event["action"] == "download":
        return {"url": link("get_object", key)}
    if event["action"] == "upload":
        return {"url": link("put_object", key, ContentType="text/plain")}
    return signer().generate_presigned_post(os.environ["FORM_BUCKET"], key, ExpiresIn=600)  # aws: s3:PutObject FORM_BUCKET
