import os

from pycommon.decorators import required_env_vars


@required_env_vars({"CHANNEL": []})
def day(event, context):
    return os.environ["CHANNEL"]


@required_env_vars({"CHANNEL": []})
def night(event, context):
    return os.environ["CHANNEL"].upper()
