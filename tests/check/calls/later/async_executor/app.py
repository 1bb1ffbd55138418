import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import boto3

table = boto3.resource("dynamodb").Table(os.environ["METRICS_TABLE"])
s3 = boto3.client("s3")


def fetch_all(keys):
    with ThreadPoolExecutor() as executor:
        return list(executor.map(lambda key: s3.get_object(Bucket=os.environ["RAW_BUCKET"], Key=key), keys))  # aws: s3:GetObject RAW_BUCKET


async def work(event):
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(table.put_item, Item={"id": 1})  # aws: dynamodb:PutItem METRICS_TABLE
    await loop.run_in_executor(None, partial(table.update_item, Key={"id": 1}, UpdateExpression="x"))  # aws: dynamodb:UpdateItem METRICS_TABLE
    return fetch_all(event["keys"])


def handler(event, context):
    return asyncio.get_event_loop().run_until_complete(work(event))
