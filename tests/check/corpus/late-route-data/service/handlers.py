from pycommon.api.ops import api_tool


@api_tool(path="/agent/ping", name="ping", description="Say that it is there.")
def ping(current_user):
    return {"success": True}
