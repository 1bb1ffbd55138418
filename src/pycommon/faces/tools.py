"""The older name of `pycommon.interfaces.tools`."""

from pycommon.interfaces.tools import Tools, anthropic_tools, mcp_tools, openai_tools

__all__ = ["Tools", "anthropic_tools", "mcp_tools", "openai_tools"]
