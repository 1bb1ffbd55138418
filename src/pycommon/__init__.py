"""PyCommon governs AWS Lambda functions: what they declare, who may call them, and who pays for each execution.

The library has these packages. The docstring of each package lists the modules of that package:

- `env`: declare, resolve, record and observe environment variables.
- `authz`: run the checks in front of a handler that answers HTTP requests (`@validated`).
- `metrics`: write a usage record for each execution, with the payer and the cost of the execution.
- `api`: run many operations behind one endpoint, with `@api_tool`, a router, and the checks of each call.
- `interfaces`: describe the operations as an OpenAPI document, as tool schemas for models, and as an MCP endpoint.
- `dal`: create AWS clients, and list the AWS operations that functions declare.
- `testing`: provide events, tokens and execution environments for tests of services.

The modules of this folder serve all packages. `decorators` has `@required_env_vars` and `@track_execution`.
`execution_environment` creates objects once per execution environment. `init_loading` imports modules in Lambda's init
phase. `background` writes records in the background. `proxy_response` decides whether the result of a handler is an
HTTP response. `critical_errors` reports errors to operators. `encoders` encodes results as JSON. `exceptions` defines
the errors, `logger` creates loggers, and `const` defines constants. `expiring_cache`, `parameters` and `tls` support
the other modules.
"""
