"""Define the Lambda handlers and the operations behind them.

`core` is the router, `core_by_hand` the same router without the library's one, and `mcp_handler` the MCP endpoint. Each
`*_handlers` module defines operations with `@api_tool`. `operation_schemas` has the schema parts that they share.
"""
