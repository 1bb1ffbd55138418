import json
import os

import boto3
from pycommon.dal.providers.aws.resource_perms import SecretsManagerOperation
from pycommon.decorators import required_env_vars

_cache = {}


def get_secret():
    if "secret" not in _cache:
        client = boto3.session.Session().client(service_name="secretsmanager")
        _cache["secret"] = json.loads(client.get_secret_value(SecretId=os.environ["SECRET_ID"])["SecretString"])
    return _cache["secret"]


@required_env_vars({"SECRET_ID": [SecretsManagerOperation.GET_SECRET_VALUE]})
def lambda_handler(event, context):
    return {"user": get_secret()["user"]}
