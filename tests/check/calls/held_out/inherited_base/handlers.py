import abc
import csv
import os

import boto3


class Handler(abc.ABC):
    bucket_variable: str

    def __init__(self):
        self.s3 = boto3.client("s3")
        self.bucket = os.environ[self.bucket_variable]

    def handle(self, event, context):
        for record in event.get("Records", []):
            self.process(self.read(record["key"]))
        self.finish()

    def read(self, key):
        response = self.s3.get_object(Bucket=self.bucket, Key=key)  # aws: s3:GetObject IMPORT_BUCKET
        return csv.DictReader(line.decode() for line in response["Body"].iter_lines())

    @abc.abstractmethod
    def process(self, rows): ...

    def finish(self):
        self.s3.put_object_tagging(Bucket=self.bucket, Key="done", Tagging={"TagSet": []})  # aws: s3:PutObjectTagging IMPORT_BUCKET


class TableMixin:
    @property
    def table(self):
        if not hasattr(self, "_table"):
            self._table = boto3.resource("dynamodb").Table(os.environ["IMPORT_TABLE"])
        return self._table


class ImportHandler(TableMixin, Handler):
    bucket_variable = "IMPORT_BUCKET"

    def process(self, rows):
        with self.table.batch_writer() as writer:
            for row in rows:
                writer.put_item(Item=row)  # aws: dynamodb:BatchWriteItem IMPORT_TABLE

    def finish(self):
        super().finish()
        boto3.client("sns").publish(TargetArn=os.environ["IMPORT_TOPIC"], Message="done")  # aws: sns:Publish IMPORT_TOPIC
