from pycommon.authz import validated


@validated("rename_map")
def rename(event, context, user, name, data):
    return {"title": data["data"]["title"], "by": user}
