"""Access AWS: create clients for the library's own calls, and list the AWS operations that services declare.

Everything is in `providers.aws`:

- `clients`: return the client of a service (`client(service)`), and describe the errors of AWS calls.
- `json_protocol`: call DynamoDB, SQS and Parameter Store with the library's own clients, which do not need botocore.
- `attribute_values`: convert Python values to DynamoDB attribute values and back.
- `resource_perms`: define an enum for each AWS service, with the operations that `@required_env_vars` declares.
"""
