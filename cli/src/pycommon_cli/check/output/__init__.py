"""How findings are printed: for people, for editors, and for the machines that read reports."""

from pycommon_cli.check.output.report_formats import ReportFormat, render

__all__ = ["ReportFormat", "render"]
