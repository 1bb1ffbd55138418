"""The older name of `pycommon.interfaces.visibility`."""

from pycommon.interfaces.visibility import is_shown

__all__ = ["is_shown"]
