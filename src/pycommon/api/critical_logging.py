"""Export the functions of `pycommon.critical_errors` under their public names."""

from __future__ import annotations

from pycommon.critical_errors import log_critical_error, report_unhandled_error

__all__ = ["log_critical_error", "report_unhandled_error"]
