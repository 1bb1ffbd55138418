"""Define the Lambda handlers and the operations behind them.

`core` is the router. `core_by_hand` is the same router, written without the library's router. `mcp_handler` is the MCP
endpoint. Each `*_handlers` module defines operations with `@api_tool`. `operation_schemas` has the schema parts that
several operations share.
"""
