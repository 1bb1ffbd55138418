from pycommon.authz import setup_validated, validated

rules = {"validators": {"/intake": {"take": {"type": "object"}}}, "api_validators": {}}


def may_take(user, data):
    return user.startswith("clerk-")


PERMISSIONS = {"/intake": {"take": may_take}}


def get_permission_checker():
    def check(path, operation, user, data):
        return PERMISSIONS[path][operation](user, data)

    return check


setup_validated(rules, get_permission_checker)


@validated("take")
def take(event, context, user, name, data):
    return {"taken": len(data["data"])}
