import json
import os
from pathlib import Path

from pycommon.decorators import required_env_vars

NAMES = json.loads(Path("names.json").read_text())


@required_env_vars(NAMES)
def run(event, context):
    return os.environ["REGIONS"].split(",")
