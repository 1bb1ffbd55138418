from __future__ import annotations

import boto3
import config
from config import Place, Topics


class Store:
    _s3 = boto3.client("s3", region_name=config.Config.region)

    def __init__(self, place: Place):
        self.place = place

    def keys(self):
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.place.bucket, Prefix=self.place.prefix)  # aws: s3:ListBucket REPORTS_BUCKET; s3:ListBucket IMAGES_BUCKET
        return [item["Key"] for page in pages for item in page["Contents"]]

    def touch(self, key):
        self._s3.copy_object(  # aws: s3:GetObject REPORTS_BUCKET; s3:PutObject REPORTS_BUCKET; s3:GetObject IMAGES_BUCKET; s3:PutObject IMAGES_BUCKET
            Bucket=self.place.bucket, Key=key, CopySource={"Bucket": self.place.bucket, "Key": key}
        )
        boto3.client("sns").publish(TopicArn=Topics.DONE.value, Message=key)  # aws: sns:Publish DONE_TOPIC

    def drop(self, key):
        self._s3.delete_object(Bucket=self.place.bucket, Key=key)  # aws: s3:DeleteObject REPORTS_BUCKET


stores = {
    "reports": Store(Place(config.Config.REPORTS)),
    "images": Store(Place(bucket=config.ENV["IMAGES_BUCKET"], prefix="img/")),
}
