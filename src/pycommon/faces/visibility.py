"""Re-export `pycommon.interfaces.visibility` under its older name."""

from pycommon.interfaces.visibility import is_shown

__all__ = ["is_shown"]
