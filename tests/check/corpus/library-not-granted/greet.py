from pycommon.authz import setup_validated, validated

rules = {"validators": {"/greetings": {"greet": {}}}, "api_validators": {}}


def get_permission_checker():
    def checker(path, operation, user, data):
        return path == "/greetings" and operation == "greet" and user.endswith("@example.com")

    return checker


setup_validated(rules, get_permission_checker)


@validated("greet")
def greet(event, context, user, name, data):
    return {"hello": name}
