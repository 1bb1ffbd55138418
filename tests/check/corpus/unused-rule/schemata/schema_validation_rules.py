schema = {"type": "object", "properties": {"title": {"type": "string"}}}

rules = {
    "validators": {
        "/tags/rename": {"rename_tag": schema},
        "/tags/drop": {"drop_tag": schema},
    },
    "api_validators": {},
}
