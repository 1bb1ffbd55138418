"""Run many operations behind one endpoint (Pattern 2 of the specification).

Describing operations, at import:

- `ops`: `@api_tool` describes a function as an operation, and the registry holds all operations.
- `api_operation`: one operation; checks its description against the function.
- `handler_arguments`: map the properties of the JSON Schema to the parameters of the function.

The way of a request through the modules, in order:

1. `router`: `route`, a Lambda handler under `@validated`, finds the operation by path and method.
2. `query_arguments`: for GET and DELETE, read the arguments from the query.
3. `operation_pipeline`: `call_operation` checks limit, arguments and permission, calls the handler, checks the output,
and
   writes the usage record. Workflows and MCP call it too.

`critical_logging` is the public name of `pycommon.critical_errors`.
"""
