"""Re-export `pycommon.interfaces` under its older name for existing services. New code imports `pycommon.interfaces`.

The modules of this package have the same names as in `pycommon.interfaces`, because existing services import these
names.
"""
