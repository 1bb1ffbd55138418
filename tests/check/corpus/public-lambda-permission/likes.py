from pycommon.authz import setup_validated, validated

rules = {"validators": {"/likes/add": {"like": {"type": "object"}}}, "api_validators": {}}

permissions_by_state_type = {
    "/likes/add": {
        "like": lambda user, data: True,
    },
}


def get_permission_checker():
    def permission_checker(path, operation, user, data):
        permission = permissions_by_state_type.get(path, {}).get(operation)
        return permission(user, data) if permission else False

    return permission_checker


setup_validated(rules, get_permission_checker)


@validated(operation="like")
def like(event, context, user, name, data):
    return {"liked": True}
