import os

from pycommon.decorators import required_env_vars


def connection_string():
    return "postgres://app:{}@{}/app".format(os.environ["DB_PASSWORD"], os.environ["DB_HOST"])


@required_env_vars({"DB_HOST": [], "DB_PASSWORD": []})
def handler(event, context):
    return len(connection_string())
