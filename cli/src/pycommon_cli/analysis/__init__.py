"""Read a service's Python and its `serverless.yml` as facts, without running either.

`check` and `iam` are built on this package. It imports nothing of them. In the order of reading:

- `facts`: the values that both readers produce. A new fact begins here.
- `service_discovery`: finds the services of a repository.
- `python`: reads the Python: handlers, declarations, reads of the environment, calls of AWS, rules and permissions.
- `serverless`: reads `serverless.yml`: functions, triggers, variables, roles and resources.
- `service_facts`: joins the facts of one service.
- `library_needs`, `lambda_environment`: what PyCommon needs in a function, and what Lambda provides.
"""
