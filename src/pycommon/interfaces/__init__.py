"""Describe a service to clients and agents: as an OpenAPI document, as tool schemas, and as an MCP endpoint.

All interfaces are generated from the registry of `@api_tool` and the rules of `setup_validated`.

| module | contents |
|---|---|
| `openapi`, `openapi_responses` | the OpenAPI document |
| `tools`, `tool_schema` | tool schemas for OpenAI, Anthropic and MCP |
| `mcp`, `asgi` | the Lambda handler of the MCP endpoint |
| `visibility` | which operations a caller sees |
| `guarded_endpoints` | the endpoints under `@validated` |
| `operation_names` | names of operations within the limits of an interface |
| `format_notes` | notes about what an interface cannot express |
| `schema_dialect`, `schema_keywords`, `schema_references` | JSON Schema: older drafts, subschemas, references |

To add an interface: a module here that takes the operations of the registry and returns the result with its notes (use
`tools.py` as the example), the command in `cli/src/pycommon_cli/interfaces`, tests in `tests/interfaces`, and a section
in docs/interfaces.md.
"""
