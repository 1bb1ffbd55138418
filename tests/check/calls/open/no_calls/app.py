"""Things that look like calls of AWS and are none."""

import os

import boto3

s3 = boto3.client("s3")


class Cache:
    def __init__(self):
        self.items = {}

    def get_item(self, key):
        return self.items.get(key)

    def put_object(self, Bucket, Key):
        self.items[Key] = Bucket

    def query(self, sql):
        return []


def unused():
    s3.delete_bucket(Bucket=os.environ["BUCKET"])


def handler(event, context):
    cache = Cache()
    cache.put_object(Bucket=os.environ["BUCKET"], Key="a")
    cache.get_item("a")
    cache.query("SELECT 1")
    print(s3.meta.region_name, s3.exceptions.ClientError, s3.can_paginate("list_objects_v2"))
    if os.environ.get("DEBUG") == "1":
        s3.get_object(Bucket=os.environ["BUCKET"], Key="a")  # aws: s3:GetObject BUCKET
    event["connection"].publish(Topic="x")
    return cache
