"""`pycommon env`: the record of which service uses which variable, and the search for a service's variables.

| module | what it is for |
|---|---|
| `env_commands` | the options of `pycommon env list` and `pycommon env doctor` |
| `env_report` | prints the record and the doctor's report, as text and as JSON |
| `recorded_variables` | reads the record, for `list` and for `pycommon iam observe` |
| `env_doctor` | looks every needed variable up, where the function would look |
| `doctor_report` | the doctor's result for each variable |
| `needed_variables` | which variables a service needs, and which functions need them |
| `variable_origins` | how `serverless.yml` sets a variable: by a parameter, by CloudFormation, ... |
| `package_patterns` | which modules go into the package of a service |
| `stage_lookups` | what the AWS of a stage has: parameters, and the variables of deployed functions |

`pycommon_cli.analysis` reads the Python and the `serverless.yml`, as for `pycommon check`.

To add an output format, touch `env_report` and `OutputFormat` in `pycommon_cli.terminal`.
"""
