schema = {"type": "object", "properties": {"title": {"type": "string"}}}

rules = {
    "validators": {
        "/lists/rename": {"rename_list": schema},
    },
    "api_validators": {},
}
