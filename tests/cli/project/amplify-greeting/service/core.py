import importlib.util
import json

from service.words import GREETING


def greet(event, context):
    """Say what the tests want to know of a request and of the environment in which the function runs."""
    print(f"greeting asked for by {context.function_name}")  # noqa: T201 (this is how a function logs)
    sees = {name: importlib.util.find_spec(name) is not None for name in ("boto3", "cryptography", "ministack")}
    headers = {name.lower() for name in event["headers"]}
    answer = {"greeting": GREETING, "sees": sees, "authorized": "authorization" in headers, "body": event["body"]}
    return {"statusCode": 418 if event["body"] == "teapot" else 200, "body": json.dumps(answer)}
