"""`pycommon openapi`, `tools`, `mcp` and `local docs`: show what a service offers to callers.

- `interface_commands`: declares the commands.
- `described_service`: builds the OpenAPI document and the tools of a service folder. `description_process` imports the
  modules of the service in a separate process. `service_http_events` reads the HTTP events of the service's
  serverless.yml.
- `mcp_stdio`: passes MCP messages from stdin to an endpoint. `mcp_callers` sends the messages, as a local user or with
  a token.
- `docs_server`: serves the page of `pycommon local docs`. The files of the page are in `page/`.
"""
