"""The reader of a service's Python: what its handlers declare, read and call. The code is parsed, never imported."""

from pycommon_cli.analysis.python.python_reader import read_code

__all__ = ["read_code"]
