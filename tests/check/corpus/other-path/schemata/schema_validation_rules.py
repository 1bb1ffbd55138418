schema = {"type": "object", "properties": {"title": {"type": "string"}}}

rules = {
    "validators": {
        "/card/rename": {"rename_card": schema},
    },
    "api_validators": {},
}
