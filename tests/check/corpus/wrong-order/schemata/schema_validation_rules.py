schema = {"type": "object", "properties": {"title": {"type": "string"}}}

rules = {
    "validators": {
        "/charts/rename": {"rename_chart": schema},
    },
    "api_validators": {},
}
