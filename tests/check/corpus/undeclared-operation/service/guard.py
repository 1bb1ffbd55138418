rules = {"validators": {"/files/list": {"list_files": {"type": "object"}}}, "api_validators": {}}


def _own_files(user, data):
    return data["data"].get("owner", user) == user


PERMISSIONS = {"/files/list": {"list_files": _own_files}}


def checker_of_files():
    def check(path, operation, user, data):
        return PERMISSIONS[path][operation](user, data)

    return check
