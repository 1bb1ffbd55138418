import base64
import os
import time

import boto3

kms, logs = boto3.client("kms"), boto3.client("logs")


def handler(event, context):
    sealed = kms.encrypt(KeyId=os.environ["KEY_ARN"], Plaintext=b"x")["CiphertextBlob"]  # aws: kms:Encrypt KEY_ARN
    plain = kms.decrypt(CiphertextBlob=sealed, KeyId=os.environ["KEY_ARN"])["Plaintext"]  # aws: kms:Decrypt KEY_ARN
    group = os.environ["AUDIT_LOG_GROUP"]
    try:
        logs.create_log_stream(logGroupName=group, logStreamName="s")  # aws: logs:CreateLogStream AUDIT_LOG_GROUP
    except logs.exceptions.ResourceAlreadyExistsException:
        pass
    logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[{"timestamp": int(time.time()), "message": "m"}])  # aws: logs:PutLogEvents AUDIT_LOG_GROUP
    return base64.b64encode(plain).decode()
