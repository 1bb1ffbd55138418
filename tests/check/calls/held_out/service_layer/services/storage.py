import os

import boto3


class Storage:
    def __init__(self, bucket, prefix=""):
        self._bucket = boto3.resource("s3").Bucket(bucket)
        self._prefix = prefix

    @property
    def client(self):
        return self._bucket.meta.client

    def names(self):
        return [each.key for each in self._bucket.objects.filter(Prefix=self._prefix)]  # aws: s3:ListBucket DOCUMENTS_BUCKET

    def url_for(self, key):
        return self.client.generate_presigned_url(  # aws: s3:GetObject DOCUMENTS_BUCKET
            "get_object", Params={"Bucket": self._bucket.name, "Key": key}
        )

    def archive(self, key):
        source = {"Bucket": self._bucket.name, "Key": key}
        archive = boto3.resource("s3").Bucket(os.environ["COLD_BUCKET"])
        archive.copy(source, key)  # aws: s3:GetObject DOCUMENTS_BUCKET; s3:PutObject COLD_BUCKET
        self._bucket.Object(key).delete()  # aws: s3:DeleteObject DOCUMENTS_BUCKET
