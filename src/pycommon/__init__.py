"""PyCommon governs AWS Lambda functions: what they declare, who may call them, and who pays for each execution.

The packages; the docstring of each has a map of its modules:

- `env`: declare, resolve, record and observe environment variables.
- `authz`: the checks in front of a handler behind HTTP (`@validated`).
- `metrics`: the usage record of each execution, with its payer and its cost.
- `api`: operations behind one endpoint: `@api_tool`, the router, and the checks of each call.
- `interfaces`: the operations as OpenAPI, as tools for models, and as an MCP endpoint.
- `dal`: AWS clients, and the AWS operations that functions declare.
- `testing`: events, tokens and execution environments for tests of services.

The modules of this folder serve all packages. `decorators` has `@required_env_vars` and `@track_execution`.
`execution_environment` creates objects once per execution environment. `init_loading` imports modules in Lambda's init
phase. `background` writes records in the background. `proxy_response` decides what an HTTP response of a handler is.
`critical_errors` reports errors to operators. `encoders`, `exceptions`, `logger` and `const` are what their names say.
`expiring_cache`, `parameters` and `tls` support the others.
"""
