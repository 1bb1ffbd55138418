"""Implements `pycommon iam`: generates the least policy that declarations need, and compares it with grants and use.

| module | what it is for |
|---|---|
| `iam_commands` | the options of `pycommon iam generate` and `pycommon iam observe` |
| `selected_services` | finds and reads the services that a command uses |
| `policy_file` | writes a generated policy to `resources/iam.yml`, for `--write` |
| `difference_report` | prints differences and the matrix, as text and as JSON |
| `observed_use` | reads a service and its record, for `observe` |
| `iam_matrix` | builds the matrix: a table of declared, granted and used actions |
| `matrix_picture` | draws the matrix as SVG and HTML |
| `policy/` | needs, statements, policies and comparisons; its docstring lists the modules |

To add an output format of `observe`, change `IamReportForm` in `iam_commands`, and `observed_use.rendered`.
To add an output format of `generate`, change `PolicyForm` in `iam_commands`, and `policy/policy_rendering`.
"""
