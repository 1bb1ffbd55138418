"""Putting parts of a configuration together: `resources` and `functions` may be lists of mappings."""

from __future__ import annotations

from pycommon_cli.analysis.serverless.document_nodes import Entry, Node, Section, Sequence, keyed

__all__ = ["merged"]


def merged(node: Node | None, like: Section) -> Section:
    """One mapping out of a list. Mappings and lists of one key are put together; else the later value counts.

    Args:
        node: the value of `resources` or `functions`.
        like: gives the place where there is none.
    """
    parts = node.items if isinstance(node, Sequence) else (node,)
    entries: dict[str, Entry] = {}
    for part in parts:
        _merge(entries, part)
    return Section(entries, node.place if node is not None else like.place)


def _merge(entries: dict[str, Entry], part: Node | None) -> None:
    for key, entry in keyed(part).items():
        before = entries.get(key)
        if before and isinstance(before.value, Section) and isinstance(entry.value, Section):
            inner = dict(before.value.entries)
            _merge(inner, entry.value)
            entries[key] = Entry(before.key_place, Section(inner, before.value.place))
        elif before and isinstance(before.value, Sequence) and isinstance(entry.value, Sequence):
            entries[key] = Entry(entry.key_place, _by_index(before.value, entry.value))
        else:
            entries[key] = entry


def _by_index(first: Sequence, second: Sequence) -> Sequence:
    """Lists are put together member by member, as osls does it."""
    items = list(first.items)
    for index, item in enumerate(second.items):
        if index >= len(items):
            items.append(item)
        elif isinstance(items[index], Section) and isinstance(item, Section):
            inner = dict(keyed(items[index]))
            _merge(inner, item)
            items[index] = Section(inner, items[index].place)
        else:
            items[index] = item
    return Sequence(tuple(items), first.place)
