import os
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial

import boto3

s3 = boto3.client("s3")
lambda_client = boto3.client("lambda")


def fetch(bucket, key):
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()  # aws: s3:GetObject SOURCE_BUCKET


def store(bucket, body):
    s3.put_object(Bucket=bucket, Key="all", Body=body)  # aws: s3:PutObject TARGET_BUCKET


def warm(name):
    lambda_client.invoke(FunctionName=name, InvocationType="Event")  # aws: lambda:InvokeFunction WARM_FUNCTION


def handler(event, context):
    with ThreadPoolExecutor(max_workers=8) as pool:
        futures = [pool.submit(fetch, os.environ["SOURCE_BUCKET"], key) for key in event["keys"]]
        bodies = [future.result() for future in as_completed(futures)]
    list(map(partial(store, os.environ["TARGET_BUCKET"]), bodies))
    thread = threading.Thread(target=warm, args=(os.environ["WARM_FUNCTION"],))
    thread.start()
    thread.join()
