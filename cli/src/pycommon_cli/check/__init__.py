"""Implements `pycommon check`, which checks services without running them, and `pycommon rule`, which explains rules.

| module | what it is for |
|---|---|
| `check_commands` | the options of `pycommon check` and `pycommon rule` |
| `check_run` | one run: from the paths to the report, the fixes and the exit code |
| `service_check` | reads the services, runs the rules, removes suppressed findings |
| `check_settings` | the settings of `pyproject.toml` and of the command line |
| `findings` | `Finding`, `Fix`, `Edit`, `Severity` |
| `requested_edits` | the edits that a rule can request |
| `baseline` | reads and writes the file of known findings, which are not reported |
| `noqa_comments` | `# noqa` comments |
| `source_texts` | reads the text of files, for excerpts and fixes |
| `rule_explanation` | the texts of `pycommon rule` |
| `watch_mode` | `--watch` |
| `rules/` | the rules; its docstring says how to add a rule |
| `fixes/` | makes edits from the requested edits; its docstring says how to add a fix |
| `output/` | the output formats; its docstring says how to add a format |

A check begins in `check_commands`, which calls `check_run`, which calls `service_check`. `service_check` reads the
services with `pycommon_cli.analysis` and runs each rule of `rules`. `check_run` then uses `fixes` and `output`.
`check` may import `pycommon_cli.iam` and `pycommon_cli.analysis`. These two packages do not import `check`.
"""
