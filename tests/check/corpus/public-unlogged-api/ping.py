import json
from datetime import datetime, timezone

from pycommon.authz import setup_validated, validated


def permission_checker(user, type, op, data):
    def check(user, data):
        return op == "ping" and not user.startswith("guest")

    return check


setup_validated({"validators": {"/ping": {"ping": {}}}, "api_validators": {"/ping": {"ping": {}}}}, permission_checker)


@validated("ping")
def ping(event, context, user, name, data):
    now = datetime.now(timezone.utc).isoformat()
    return {"statusCode": 200, "body": json.dumps({"now": now})}
