"""`pycommon openapi`, `tools`, `mcp` and `local docs`: what a service offers to callers.

- `interface_commands`: the commands.
- `described_service`: the OpenAPI document and the tools of a service folder. `description_process` imports the modules
  of the service in a process of its own. `service_http_events` reads the HTTP events of its serverless.yml.
- `mcp_stdio`: passes MCP messages from stdin to an endpoint. `mcp_callers` sends them, as a local user or with a token.
- `docs_server`: the page of `pycommon local docs`; its files are in `page/`.
"""
