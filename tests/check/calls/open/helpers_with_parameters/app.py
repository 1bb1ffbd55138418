from aws import env, publish, read_json, secret


def handler(event, context):
    config = read_json(env("CONFIG_BUCKET"), "config.json")
    password = secret(env("DATABASE_SECRET"))
    publish(env("ALERTS_TOPIC"), "started")
    if not config:
        publish(env("PAGER_TOPIC"), "no configuration")
    return password is not None
