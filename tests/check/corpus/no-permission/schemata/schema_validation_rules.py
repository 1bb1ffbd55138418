schema = {"type": "object", "properties": {"title": {"type": "string"}}}

rules = {
    "validators": {
        "/boards/rename": {"rename_board": schema},
    },
    "api_validators": {},
}
