from pycommon.authz import setup_validated, validated

ADD = {
    "type": "object",
    "properties": {"wish": {"type": "string", "maxLength": 80}},
    "required": ["wish"],
}
rules = {
    "validators": {
        "/wishes/add": {"addwish": ADD}
    },
    "api_validators": {},
}


def owns_list(user, data):
    return data["data"]["wish"] != "" and "@" in user


permissions_by_state_type = {"/wishes/add": {"add_wish": owns_list}}


def get_permission_checker():
    def permission_checker(path, operation, user, data):
        return permissions_by_state_type[path][operation](user, data)
    return permission_checker


setup_validated(rules, get_permission_checker)


@validated("add_wish")
def add_wish(event, context, user, name, data):
    return {"added": data["data"]["wish"]}
