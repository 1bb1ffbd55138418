"""Re-export `pycommon.interfaces.mcp` under its older name."""

from pycommon.interfaces.mcp import mcp_endpoint

__all__ = ["mcp_endpoint"]
