schema = {"type": "object", "properties": {"title": {"type": "string"}}}

rules = {
    "validators": {
        "/maps/rename": {"rename_map": schema},
    },
    "api_validators": {},
}
