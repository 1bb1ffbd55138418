import os

from pycommon.decorators import required_env_vars

WORDS = {"de": {"yes": "ja"}}


@required_env_vars(
    "TARGET_LANGUAGE",
    "FALLBACK_LANGUAGE",
)
def handler(event, context):
    return WORDS[os.environ["TARGET_LANGUAGE"]].get(event["word"])
