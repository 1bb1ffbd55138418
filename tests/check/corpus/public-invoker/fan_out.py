import json
import os
from concurrent.futures import ThreadPoolExecutor

import boto3
from pycommon.dal.providers.aws.resource_perms import LambdaOperation
from pycommon.decorators import required_env_vars

lambda_client = boto3.client("lambda")


def invoke_worker(part):
    return lambda_client.invoke(
        FunctionName=os.environ["WORKER_FUNCTION"],
        InvocationType="Event",
        Payload=json.dumps(part).encode(),
    )


@required_env_vars({"WORKER_FUNCTION": [LambdaOperation.INVOKE_FUNCTION]})
def start(event, context):
    with ThreadPoolExecutor(4) as pool:
        return len(list(pool.map(invoke_worker, event["parts"])))
