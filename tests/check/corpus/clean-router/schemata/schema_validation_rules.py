rules = {"validators": {}, "api_validators": {}}
