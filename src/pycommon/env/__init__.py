"""Declare, resolve, record and observe the environment variables of functions.

The way of a variable through the modules, in order:

1. `declaration`: check and register what `@required_env_vars` declares.
2. `resolved_variables`: the state of one declaration: resolve its variables on the first call, and refresh them later.
3. `variable_resolver`: look a variable up in the Lambda environment, then in Parameter Store (`parameter_store`).
4. `process_environment`: the only module that reads and writes `os.environ`.
5. `variable_record`: write to `ENV_VARS_TRACKING_TABLE` which service uses which variable.

With OBSERVE_AWS_CALLS, `call_observation` compares each AWS call with the declarations. `observed_call` finds the
resources and IAM actions of a call, and `observed_action` describes one action and whether it is declared.
"""
