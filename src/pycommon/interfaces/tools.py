"""Generate tool schemas of the operations for OpenAI, Anthropic and MCP.

The APIs report these limits. The name of a tool must match `^[a-zA-Z0-9_-]{1,64}$` for OpenAI, `^[a-zA-Z0-9_-]{1,128}$`
for Anthropic, and `^[A-Za-z0-9._-]{1,128}$` for MCP. OpenAI accepts at most 128 tools, and descriptions of at most
1,024 characters. Anthropic accepts only names of properties that match `^[a-zA-Z0-9_.-]{1,64}$`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pycommon.interfaces.format_notes import FormatNote, NotExpressibleError
from pycommon.interfaces.operation_names import NameLimit, named
from pycommon.interfaces.tool_schema import arguments_schema, output_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pycommon.api.api_operation import Operation

__all__ = ["Tools", "anthropic_tools", "mcp_tools", "openai_tools"]

_LETTERS = "a-zA-Z0-9_-"
_OPENAI = NameLimit(_LETTERS, 64)
_ANTHROPIC = NameLimit(_LETTERS, 128)
_MCP = NameLimit(f".{_LETTERS}", 128)
_ANTHROPIC_PROPERTY = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
_OPENAI_DESCRIPTION = 1024
_OPENAI_TOOLS = 128

# The safe methods and the idempotent methods of RFC 9110 section 9.2.
_HINTS: Mapping[str, Mapping[str, bool]] = {
    "GET": {"readOnlyHint": True},
    "PUT": {"idempotentHint": True},
    "DELETE": {"destructiveHint": True, "idempotentHint": True},
}


@dataclass(frozen=True, slots=True)
class Tools:
    """The tools for one API.

    Attributes:
        tools: the tool schemas.
        operations: the operations by the name of their tool.
        notes: the notes about the parts of operations that the tools leave out or change, and about operations without
            a tool.
    """

    tools: list[dict[str, Any]]
    operations: Mapping[str, Operation]
    notes: tuple[FormatNote, ...]


def openai_tools(operations: Iterable[Operation]) -> Tools:
    """Return function tools for Chat Completions. The Responses API needs the members of `function` next to `type`.

    Raises:
        InterfaceError: two operations would have one name.

    Source: https://platform.openai.com/docs/guides/function-calling
    """
    made = _ToolsBuilder(operations, _OPENAI, "OpenAI")
    tools = []
    for name, operation, schema in made.described():
        text = _cut(operation.entry["description"])
        if text != operation.entry["description"]:
            made.note(operation, f"its description is shortened to {_OPENAI_DESCRIPTION} characters")
        function = {"name": name, "description": text, "parameters": schema}
        tools.append({"type": "function", "function": function})
    for operation in made.operations[_OPENAI_TOOLS:]:
        made.note(operation, f"one request accepts {_OPENAI_TOOLS} tools; this tool exceeds the limit")
    return made.result(tools)


def anthropic_tools(operations: Iterable[Operation]) -> Tools:
    """Return tools for the Messages API.

    Raises:
        InterfaceError: two operations would have one name.

    Source: https://docs.anthropic.com/en/api/messages
    """
    made = _ToolsBuilder(operations, _ANTHROPIC, "Anthropic")
    tools = []
    for name, operation, schema in made.described():
        unfit = [each for each in schema["properties"] if not _ANTHROPIC_PROPERTY.fullmatch(each)]
        if unfit:
            made.leave_out(operation, f"its property {unfit[0]!r} must match {_ANTHROPIC_PROPERTY.pattern}")
        else:
            tools.append({"name": name, "description": operation.entry["description"], "input_schema": schema})
    return made.result(tools)


def mcp_tools(operations: Iterable[Operation]) -> Tools:
    """Return tools for `tools/list` of MCP.

    Leave out operations that no router calls, because clients cannot call them.

    Raises:
        InterfaceError: two operations would have one name.

    Source: https://modelcontextprotocol.io/specification/2025-11-25/server/tools
    """
    made = _ToolsBuilder(operations, _MCP, "MCP")
    tools = []
    for name, operation, schema in made.described():
        if operation.arguments is None:
            made.leave_out(operation, "it is a separate endpoint, which a router does not call")
            continue
        tool = {"name": name, "description": operation.entry["description"], "inputSchema": schema}
        output, sentences = output_schema(operation.entry["output"])
        if output is not None:
            tool["outputSchema"] = output
        for sentence in sentences:
            made.note(operation, sentence)
        if hints := _HINTS.get(operation.method):
            tool["annotations"] = dict(hints)
        tools.append(tool)
    return made.result(tools)


class _ToolsBuilder:
    """The builder that collects the tools for one API, and the notes about the tools."""

    def __init__(self, operations: Iterable[Operation], limit: NameLimit, format_name: str) -> None:
        self._by_name = named(operations, limit, format_name)
        self._notes: list[FormatNote] = []
        self._left_out: set[str] = set()
        self.operations = list(self._by_name.values())

    def described(self) -> Iterable[tuple[str, Operation, dict[str, Any]]]:
        """Yield the name, the operation and the argument schema of each operation that has a schema."""
        for name, operation in self._by_name.items():
            try:
                schema, sentences = arguments_schema(operation.entry["parameters"])
            except NotExpressibleError as error:
                self.leave_out(operation, str(error))
                continue
            if name != operation.name:
                self.note(operation, f"its tool name is {name}")
            for sentence in sentences:
                self.note(operation, sentence)
            yield name, operation, schema

    def note(self, operation: Operation, text: str) -> None:
        self._notes.append(FormatNote(operation.name, text))

    def leave_out(self, operation: Operation, reason: str) -> None:
        self._left_out.add(operation.name)
        self.note(operation, f"left out: {reason}")

    def result(self, tools: list[dict[str, Any]]) -> Tools:
        kept = {name: each for name, each in self._by_name.items() if each.name not in self._left_out}
        return Tools(tools, kept, tuple(self._notes))


def _cut(text: str) -> str:
    return text if len(text) <= _OPENAI_DESCRIPTION else f"{text[: _OPENAI_DESCRIPTION - 1]}…"
