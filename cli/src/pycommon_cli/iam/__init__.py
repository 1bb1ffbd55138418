"""`pycommon iam`: the least policy that declarations need, compared with what is granted and what was used.

| module | what it is for |
|---|---|
| `iam_commands` | the options of `pycommon iam generate` and `pycommon iam observe` |
| `selected_services` | finds and reads the services that a command is about |
| `policy_file` | writes a generated policy to `resources/iam.yml`, for `--write` |
| `difference_report` | prints differences and the matrix, as text and as JSON |
| `observed_use` | reads a service and its record, for `observe` |
| `iam_matrix` | declared, granted and used in one table |
| `matrix_picture` | draws the table as SVG and HTML |
| `policy/` | needs, statements, policies and comparisons; see there |

To add an output format of `observe`, touch `IamReportForm` in `iam_commands`, and `observed_use.rendered`.
To add one of `generate`, touch `PolicyForm` in `iam_commands`, and `policy/policy_rendering`.
"""
