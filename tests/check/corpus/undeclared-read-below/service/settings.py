import os


def setting(name):
    return os.environ[name]


def minutes():
    return int(setting("TOKEN_MINUTES"))


def suffix():
    return "." + os.environ["TOKEN_SUFFIX"]
