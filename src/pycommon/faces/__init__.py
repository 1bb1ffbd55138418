"""Re-export `pycommon.interfaces` under its older name, for existing services. New code imports `pycommon.interfaces`.

The modules here have the same names as in `pycommon.interfaces`, because existing services import them by these names.
"""
