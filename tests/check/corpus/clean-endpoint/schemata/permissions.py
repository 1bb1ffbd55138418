def can_create_charge(user, data):
    return data["data"]["charge"] < 1000


permissions_by_state_type = {
    "/accounts/charge": {"create_charge": can_create_charge},
}


def get_permission_checker():
    def permission_checker(path, operation, user, data):
        check = permissions_by_state_type.get(path, {}).get(operation)
        return bool(check and check(user, data))

    return permission_checker
