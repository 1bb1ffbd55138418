schema = {"type": "object", "properties": {"title": {"type": "string"}}}

rules = {
    "validators": {
        "/notes/add": {"add_note": schema},
    },
    "api_validators": {},
}
