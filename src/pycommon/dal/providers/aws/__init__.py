"""Access AWS. The docstring of `pycommon.dal` describes the modules of this package."""
