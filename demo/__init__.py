"""The tour of `make demo`: call the services on the local AWS, and check each response.

- `__main__`: the steps in order, and the command.
- `checks`: the sample service, its usage items, its declarations and its grants. It also has `Tour`.
- `document_checks`: documents, costs and limits. `agent_checks`: the router, workflows and MCP.
- `aws_lookups`: reads functions, tables, policies and logs. `tour_report`: prints.
"""
