"""The older name of `pycommon.interfaces.mcp`."""

from pycommon.interfaces.mcp import mcp_endpoint

__all__ = ["mcp_endpoint"]
