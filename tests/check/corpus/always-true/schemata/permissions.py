def anybody(user, data):
    return True


permissions_by_state_type = {
    "/plans/rename": {"rename_plan": anybody},
}


def get_permission_checker():
    def permission_checker(path, operation, user, data):
        permission = permissions_by_state_type.get(path, {}).get(operation)
        return permission is not None and permission(user, data)

    return permission_checker
