"""Define the tree of a YAML or JSON document. Every node knows its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Place, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["MappingEntry", "MappingNode", "Node", "ScalarNode", "SequenceNode", "keyed", "members", "plain", "text_in"]


@dataclass(frozen=True, slots=True, eq=False)
class ScalarNode:
    """A leaf: a text, a number, a boolean or null."""

    value: Text | bool | int | float | None
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class SequenceNode:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True, eq=False)
class MappingEntry:
    """One value of a mapping, with the place of its key."""

    key_place: Place
    value: Node


@dataclass(frozen=True, slots=True, eq=False)
class MappingNode:
    """A mapping, with its entries in the order of the file."""

    entries: Mapping[str, MappingEntry]
    place: Place

    def get(self, *path: str) -> Node | None:
        """Return the node below these keys, or None if there is no such node.

        Example:
            >>> document.get("provider", "iam", "role")
        """
        node: Node = self
        for key in path:
            if not isinstance(node, MappingNode) or key not in node.entries:
                return None
            node = node.entries[key].value
        return None if isinstance(node, ScalarNode) and node.value is None else node

    def items(self) -> Iterator[tuple[str, Node]]:
        """Return the keys and the values of the mapping."""
        for key, entry in self.entries.items():
            yield key, entry.value


Node = ScalarNode | SequenceNode | MappingNode


def keyed(node: Node | None) -> dict[str, MappingEntry]:
    """Return the entries of a mapping. For any other node, return an empty dict."""
    return dict(node.entries) if isinstance(node, MappingNode) else {}


def members(node: Node | None) -> tuple[Node, ...]:
    """Return the members of a list.

    A node that is not a list counts as its only member, because IAM accepts a single value in place of a list. None has
    no members.
    """
    if node is None:
        return ()
    return node.items if isinstance(node, SequenceNode) else (node,)


def text_in(node: Node | None) -> str:
    """Return the text of a leaf if the whole text is known. For any other node, return ""."""
    if isinstance(node, ScalarNode) and isinstance(node.value, Text) and node.value.known:
        return str(node.value)
    return ""


def plain(node: Node | None) -> object:
    """Return a node as dicts and lists, with a `Text` for every string."""
    return _plain(node, {})


def _plain(node: Node | None, made: dict[int, object]) -> object:
    # An anchor or a variable can put one node at many places. The node is converted once, because the copies of a small
    # file could otherwise fill the memory.
    if node is None or isinstance(node, ScalarNode):
        return node.value if node else None
    if id(node) not in made:
        if isinstance(node, SequenceNode):
            made[id(node)] = [_plain(item, made) for item in node.items]
        else:
            made[id(node)] = {key: _plain(value, made) for key, value in node.items()}
    return made[id(node)]
