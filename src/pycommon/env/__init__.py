"""Declare, resolve, record and observe the environment variables of functions.

The modules handle a variable in this order:

1. `declaration`: check and register the arguments of `@required_env_vars`.
2. `resolved_variables`: resolve the variables of one declaration at the first call, and refresh their values later.
3. `variable_resolver`: look a variable up in the Lambda environment, then in Parameter Store (`parameter_store`).
4. `process_environment`: the only module that reads and writes `os.environ`.
5. `variable_record`: write to `ENV_VARS_TRACKING_TABLE` which service uses which variable.

If OBSERVE_AWS_CALLS is on, `call_observation` compares each AWS call with the declarations. `observed_call` finds the
resources and IAM actions of a call, and `observed_action` describes one action and whether it is declared.
"""
