"""The operations for agents: an endpoint of the Model Context Protocol, in a function of its own."""

from __future__ import annotations

import mcp.server.lowlevel  # noqa: F401 - now, while Lambda gives the starting function a whole processor

import service.core  # noqa: F401 - describes the operations, and sets their checks up
from pycommon.interfaces.mcp import mcp_endpoint

__all__ = ["mcp_endpoint"]
