"""Define the operation that counts characters, words and lines of a text."""

from __future__ import annotations

from typing import Any

from pycommon.api.ops import api_tool
from service.operation_schemas import answer, arguments

__all__ = ["text_statistics"]

COUNT = {"type": "integer", "minimum": 0}


@api_tool(
    path="/vu-agent/text-statistics",
    tags=["text"],
    name="textStatistics",
    description="Count the characters, words and lines of a text.",
    parameters=arguments("text", text={"type": "string", "maxLength": 50_000}),
    output=answer(characters=COUNT, words=COUNT, lines=COUNT),
)
def text_statistics(current_user: str, text: str) -> dict[str, Any]:
    """Return the numbers of characters, words and lines. Words are separated by white space."""
    return {"success": True, "characters": len(text), "words": len(text.split()), "lines": len(text.splitlines())}
