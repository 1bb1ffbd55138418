def get_permission_checker():
    def permission_checker(path, operation, user, data):
        return False

    return permission_checker
