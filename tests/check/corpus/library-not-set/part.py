from pycommon.authz import setup_validated, validated

rules = {"validators": {"/farewells": {"part": {}}}, "api_validators": {}}


def may_part(user, data):
    return user != "anonymous"


permissions = {"/farewells": {"part": may_part}}


def get_permission_checker():
    return lambda path, operation, user, data: permissions[path][operation](user, data)


setup_validated(rules, get_permission_checker)


@validated("part")
def part(event, context, user, name, data):
    return {"bye": name}
