import os

from pycommon.decorators import required_env_vars


@required_env_vars({"SIZES": []})
def resize(event, context):
    sizes = os.environ["SIZES"].split(",")
    return {"count": len(sizes) * len(event["Records"])}
