"""Run many operations behind one endpoint (Pattern 2 of the specification).

An operation is a function under `@api_tool`.

At import, these modules describe the operations:

- `ops`: `@api_tool` describes a function as an operation, and the registry holds all operations.
- `api_operation`: define one operation, and check the description of the operation against its function.
- `handler_arguments`: map the properties of the JSON Schema to the parameters of the function.

For a request, these modules run in this order:

1. `router`: `route`, a Lambda handler under `@validated`, finds the operation by path and method.
2. `query_arguments`: for GET and DELETE, read the arguments from the query.
3. `operation_pipeline`: `call_operation` checks the rate limit, the arguments and the permission, calls the handler,
   checks the output, and writes the usage record. Workflows and MCP also call `call_operation`.

`critical_logging` is the public name of `pycommon.critical_errors`.
"""
