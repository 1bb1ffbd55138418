schema = {"type": "object", "properties": {"title": {"type": "string"}}}

rules = {
    "validators": {
        "/plans/rename": {"rename_plan": schema},
    },
    "api_validators": {},
}
