"""Merge the parts of a section: `resources` and `functions` may be lists of mappings."""

from __future__ import annotations

from pycommon_cli.analysis.serverless.document_nodes import MappingEntry, MappingNode, Node, SequenceNode, keyed

__all__ = ["merged"]


def merged(node: Node | None, like: MappingNode) -> MappingNode:
    """Return one mapping for a list of mappings.

    If several mappings have the same key, mappings and lists under this key are merged. If the values are of another
    kind, the last value counts.

    Args:
        node: the value of `resources` or `functions`.
        like: a node. An empty result gets the place of this node.
    """
    parts = node.items if isinstance(node, SequenceNode) else (node,)
    entries: dict[str, MappingEntry] = {}
    for part in parts:
        _merge(entries, part)
    return MappingNode(entries, node.place if node is not None else like.place)


def _merge(entries: dict[str, MappingEntry], part: Node | None) -> None:
    for key, entry in keyed(part).items():
        before = entries.get(key)
        if before and isinstance(before.value, MappingNode) and isinstance(entry.value, MappingNode):
            inner = dict(before.value.entries)
            _merge(inner, entry.value)
            entries[key] = MappingEntry(before.key_place, MappingNode(inner, before.value.place))
        elif before and isinstance(before.value, SequenceNode) and isinstance(entry.value, SequenceNode):
            entries[key] = MappingEntry(entry.key_place, _by_index(before.value, entry.value))
        else:
            entries[key] = entry


def _by_index(first: SequenceNode, second: SequenceNode) -> SequenceNode:
    """Merge lists member by member, as the Serverless Framework (osls) does."""
    items = list(first.items)
    for index, item in enumerate(second.items):
        if index >= len(items):
            items.append(item)
        elif isinstance(items[index], MappingNode) and isinstance(item, MappingNode):
            inner = dict(keyed(items[index]))
            _merge(inner, item)
            items[index] = MappingNode(inner, items[index].place)
        else:
            items[index] = item
    return SequenceNode(tuple(items), first.place)
