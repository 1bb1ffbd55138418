from os import getenv

from pycommon.decorators import required_env_vars

GREETING = getenv("GREETING", "Hi")
PUNCTUATION = getenv("PUNCTUATION", ".")


@required_env_vars("GREETING")
def greet(event, context):
    return f"{GREETING}, {event['name']}{PUNCTUATION}"
