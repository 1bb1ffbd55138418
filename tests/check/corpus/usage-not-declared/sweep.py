import os

from pycommon.decorators import required_env_vars, track_execution


@required_env_vars({"KEEP_DAYS": []})
@track_execution
def sweep(event, context):
    return {"days": int(os.environ["KEEP_DAYS"])}
