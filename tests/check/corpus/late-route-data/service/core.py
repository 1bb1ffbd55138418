from pycommon.api.ops import set_route_data
from pycommon.authz import setup_validated, validated
from service.handlers import *
from service.routes import route_data

set_route_data(route_data)


def get_permission_checker():
    def permission_checker(path, operation, user, data):
        return False

    return permission_checker


setup_validated({"validators": {}, "api_validators": {}}, get_permission_checker)


@validated("route", False)
def route(event, context, current_user, name, data):
    return route_data[event["path"]]["handler"](current_user)
