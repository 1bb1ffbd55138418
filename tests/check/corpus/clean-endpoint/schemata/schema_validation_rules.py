charge_schema = {"type": "object", "properties": {"charge": {"type": "number"}}, "required": ["charge"]}

rules = {
    "validators": {
        "/accounts/charge": {"create_charge": charge_schema},
    },
    "api_validators": {
        "/accounts/charge": {"create_charge": charge_schema},
    },
}
