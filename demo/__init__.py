"""The tour of `make demo`: call the services on the local AWS, and check each response.

- `__main__`: has the command, and the steps in order.
- `checks`: checks the sample service, its usage items, its declarations and its grants. The module also has `Tour`.
- `document_checks`: checks documents, costs and limits. `agent_checks`: checks the router, workflows and MCP.
- `aws_lookups`: reads functions, tables, policies and logs. `tour_report`: prints the results.
"""
