"""Handle the AWS SDK: the SDK's objects in the code, and the operations and IAM actions of their calls.

In the order of reading:

- `sdk`: has the class `Sdk`. The interpreter asks it for the attributes and calls of SDK objects.
- `sdk_values`: defines the objects of boto3: clients, resources, paginators, responses.
- `sdk_clients`, `sdk_resources`: find the operations that the methods of clients, resources and collections call.
- `managed_transfers`: handles `upload_file` and similar methods.
- `powertools_calls`: handles the functions of Powertools that call AWS.
- `service_models`, `boto3_resource_models`: read the data files of botocore and boto3.
- `aws_call_effects`: records a call.
- `authorized_actions`, `iam_names`: find the IAM actions of a call, and the variable that names the resource.

A new way to make a client or a call begins in `sdk` (`call_external`, `call_method`). A function of another library
that calls AWS needs an entry in a table like the table of `powertools_calls`. If an IAM action does not have the name
of its operation, add an entry to `iam_names`, or to the operation enums of the library.
"""
