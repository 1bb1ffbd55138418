"""Offer the operations to agents: the endpoint of the Model Context Protocol (MCP), in a separate function."""

from __future__ import annotations

import mcp.server.lowlevel  # noqa: F401 - load it now: Lambda gives a starting function a whole processor

import service.core  # noqa: F401 - registers the operations and their checks
from pycommon.interfaces.mcp import mcp_endpoint

__all__ = ["mcp_endpoint"]
