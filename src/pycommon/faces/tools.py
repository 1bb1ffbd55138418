"""Re-export `pycommon.interfaces.tools` under its older name."""

from pycommon.interfaces.tools import Tools, anthropic_tools, mcp_tools, openai_tools

__all__ = ["Tools", "anthropic_tools", "mcp_tools", "openai_tools"]
