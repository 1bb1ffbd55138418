def is_member(user, data):
    return user in data["data"].get("members", ())


permissions_by_state_type = {
    "/teams/rename": {"rename_team": is_member},
    "/teams/drop": {"drop_team": is_member},
}


def get_permission_checker():
    def permission_checker(path, operation, user, data):
        permission = permissions_by_state_type.get(path, {}).get(operation)
        if not permission:
            return False
        return permission(user, data)

    return permission_checker
