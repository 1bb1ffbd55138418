"""Describe a service to clients and agents: as an OpenAPI document, as tool schemas, and as an MCP endpoint.

All interfaces are generated from the registry of `@api_tool` and the rules of `setup_validated`.

| module | contents |
|---|---|
| `openapi`, `openapi_responses` | the OpenAPI document |
| `tools`, `tool_schema` | the tool schemas for OpenAI, Anthropic and MCP |
| `mcp`, `asgi` | the Lambda handler of the MCP endpoint |
| `visibility` | the operations that a caller sees |
| `guarded_endpoints` | the endpoints under `@validated` |
| `operation_names` | the names of operations within the limits of an interface |
| `format_notes` | notes about the parts of an operation that an interface cannot express |
| `schema_dialect`, `schema_keywords`, `schema_references` | JSON Schema: older drafts, subschemas, references |

To add an interface, write a module in this package that takes the operations of the registry and returns the result
with its notes. Use `tools.py` as the example. Then add a command to `cli/src/pycommon_cli/interfaces`, tests to
`tests/interfaces`, and a section to docs/interfaces.md.
"""
