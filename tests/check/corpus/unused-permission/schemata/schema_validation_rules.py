schema = {"type": "object", "properties": {"title": {"type": "string"}}}

rules = {
    "validators": {
        "/teams/rename": {"rename_team": schema},
    },
    "api_validators": {},
}
