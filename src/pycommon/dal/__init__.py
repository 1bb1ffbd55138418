"""Access AWS: clients for the library's own calls, and the operations that services declare.

Everything is in `providers.aws`:

- `clients`: `client(service)` returns the client of a service, and describes the errors of AWS calls.
- `json_protocol`: the library's own client for DynamoDB, SQS and Parameter Store, which needs no botocore.
- `attribute_values`: convert Python values to DynamoDB attribute values and back.
- `resource_perms`: an enum for each service with the operations that `@required_env_vars` declares.
"""
