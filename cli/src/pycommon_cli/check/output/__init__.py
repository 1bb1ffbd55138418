"""Renders the reports of `pycommon check` in its output formats.

| module | what it is for |
|---|---|
| `report_formats` | the list of formats; `render` renders a report in one of them |
| `report_style` | colours and paths in output for people |
| `text_report`, `concise_report` | formats for people |
| `json_report`, `sarif_report`, `github_report` | formats for programs |

To add a format: add a member to `ReportFormat` and to `ReportForm` in `pycommon_cli.check.check_commands`, write
`<name>_report.py` with a function `render`, and add the format to `docs/check-command.md`. Test the format in
`tests/check/test_output.py`.
"""

from pycommon_cli.check.output.report_formats import ReportFormat, render

__all__ = ["ReportFormat", "render"]
