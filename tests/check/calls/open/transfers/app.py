import io
import os
import tempfile

import boto3

session = boto3.session.Session()
s3 = session.client("s3")
INPUT, OUTPUT = os.environ["INPUT_BUCKET"], os.environ["OUTPUT_BUCKET"]


def handler(event, _):
    key = event["Records"][0]["s3"]["object"]["key"]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "in")
        s3.download_file(INPUT, key, path)  # aws: s3:GetObject INPUT_BUCKET
        s3.upload_file(path, OUTPUT, key, ExtraArgs={"ContentType": "text/plain"})  # aws: s3:PutObject OUTPUT_BUCKET
    buffer = io.BytesIO()
    s3.download_fileobj(Bucket=INPUT, Key=key, Fileobj=buffer)  # aws: s3:GetObject INPUT_BUCKET
    s3.upload_fileobj(buffer, OUTPUT, "copy/" + key)  # aws: s3:PutObject OUTPUT_BUCKET
    s3.copy({"Bucket": INPUT, "Key": key}, OUTPUT, key)  # aws: s3:GetObject INPUT_BUCKET; s3:PutObject OUTPUT_BUCKET
    s3.get_waiter("object_exists").wait(Bucket=OUTPUT, Key=key)  # aws: s3:GetObject OUTPUT_BUCKET
