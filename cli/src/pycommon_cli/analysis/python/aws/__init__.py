"""Handle the AWS SDK: the objects that code makes of it, and the operations and IAM actions of their calls.

In the order of reading:

- `sdk`: `Sdk`, which the interpreter asks for attributes and calls.
- `sdk_values`: the objects of boto3: clients, resources, paginators, responses.
- `sdk_clients`, `sdk_resources`: what the methods of clients, resources and collections call.
- `managed_transfers`, `powertools_calls`: `upload_file` and similar methods; functions of Powertools that call AWS.
- `service_models`, `boto3_resource_models`: the data files of botocore and boto3.
- `aws_call_effects`: records a call.
- `authorized_actions`, `iam_names`: the IAM actions of a call, and the variable that names the resource.

A new way to make a client or a call begins in `sdk` (`call_external`, `call_method`). A function of another library
that calls AWS is an entry in a table like the one of `powertools_calls`. An IAM action that does not have the name of
its operation is an entry in `iam_names`, or in the operation enums of the library.
"""
