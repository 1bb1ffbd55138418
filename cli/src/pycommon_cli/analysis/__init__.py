"""Read a service's Python and its `serverless.yml` as facts. No code of the service runs.

`check` and `iam` are built on this package. This package does not import `check` or `iam`. In the order of reading:

- `facts`: the values that both readers produce. A new fact begins here.
- `service_discovery`: finds the services of a repository.
- `python`: reads the Python: handlers, declarations, reads of the environment, calls of AWS, rules and permissions.
- `serverless`: reads `serverless.yml`: functions, triggers, variables, roles and resources.
- `service_facts`: joins the facts of one service.
- `handler_needs`: lists the variables and IAM actions that a handler needs.
- `lambda_environment`: lists the variables that Lambda and PyCommon themselves provide or read.
"""
