schema = {"type": "object", "properties": {"title": {"type": "string"}}}

rules = {
    "validators": {
        "/pages/rename": {"rename_page": schema},
    },
    "api_validators": {},
}
