"""`pycommon env`: show the record of which service uses which variable, and find where a service's variables come from.

| module | what it does |
|---|---|
| `env_commands` | declares the options of `pycommon env list` and `pycommon env doctor` |
| `env_report` | prints the record and the doctor's report, as text and as JSON |
| `recorded_variables` | reads the record, for `list` and for `pycommon iam observe` |
| `env_doctor` | looks up every needed variable where the function would look |
| `doctor_report` | defines the doctor's result for each variable |
| `needed_variables` | lists the variables that a service needs, and the functions that need them |
| `variable_origins` | finds how `serverless.yml` sets a variable: by a parameter, by CloudFormation, ... |
| `package_patterns` | decides which modules go into the package of a service |
| `stage_lookups` | reads parameters and the variables of deployed functions from the AWS of a stage |

`pycommon_cli.analysis` reads the Python files and the `serverless.yml`, as it does for `pycommon check`.

To add an output format, change `env_report` and `OutputFormat` in `pycommon_cli.terminal`.
"""
