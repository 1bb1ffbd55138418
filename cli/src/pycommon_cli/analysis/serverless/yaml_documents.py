"""Parse YAML and JSON into trees of nodes with places.

CloudFormation's short tags (`!Ref`) are converted to the long form (`Ref:`).

The parser follows the rules of the Serverless Framework (osls), which reads YAML 1.2 with js-yaml. `yes` is a text, a
date is a text, and a duplicate key is an error. The parser does not use recursion, so a document cannot exhaust the
stack.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from pycommon_cli.analysis.facts import Place, Text
from pycommon_cli.analysis.serverless.document_nodes import MappingEntry, MappingNode, Node, ScalarNode, SequenceNode
from pycommon_cli.analysis.serverless.reading_troubles import UnreadableError
from pycommon_cli.analysis.serverless.symbolic_text import literal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["LARGEST_FILE", "load", "parse"]

LARGEST_FILE = 2 * 1024 * 1024
"""The largest file that is read, in bytes. CloudFormation accepts templates of at most 1 MB."""

_DEEPEST = 60  # the most levels of a document; real files have about 15
_MOST_NODES = 200_000  # counts every alias as a copy of its nodes; CloudFormation's largest template has fewer nodes
_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE, _FALSE = re.compile(r"true|True|TRUE"), re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9_]+(?:[eE][-+]?[0-9]+)?)")
_BASE = re.compile(r"[-+]?0[box]")
_SPECIAL_FLOAT = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_STANDARD = "tag:yaml.org,2002:"
_NOT_PREFIXED = ("Ref", "Condition")


def load(path: Path, shown: str) -> Node:
    """Return the document in a file.

    Args:
        path: the file.
        shown: the path of the file, in the form of `Place.path`.

    Raises:
        UnreadableError: the file cannot be opened, is too large, or is not a single YAML document.
    """
    start = Place(shown, 1)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnreadableError(
                start,
                f"The file has {path.stat().st_size:,} bytes; at most {LARGEST_FILE:,} are read",
                "Divide it: CloudFormation takes templates of 1 MB at most.",
            )
        return parse(path.read_text(encoding="utf-8-sig"), shown)
    except OSError as error:
        raise UnreadableError(start, f"The file could not be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise UnreadableError(start, f"The file is not UTF-8: {error.reason} at byte {error.start}") from None


def parse(text: str, shown: str) -> Node:
    """Return the document in a text.

    Raises:
        UnreadableError: the text has too many nodes or levels, or is not a single YAML document.

    Example:
        >>> parse("TableArn: !GetAtt Visits.Arn", "serverless.yml").get("TableArn", "Fn::GetAtt")
    """
    builder = _Builder(shown)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        last = len(text.splitlines()) or 1  # at the end of a text, the parser counts one line too many
        place = Place(shown, min(mark.line + 1, last), mark.column + 1) if mark else Place(shown, 1)
        raise UnreadableError(place, f"This is not valid YAML: {error.problem or error.context}") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UnreadableError(Place(shown, line), f"This is not valid YAML: {error.reason}") from None
    except yaml.YAMLError as error:
        raise UnreadableError(Place(shown, 1), f"This is not valid YAML: {error}") from None
    return builder.document()


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times as fast, but may be missing


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end the parser has not read yet."""

    event: Any
    place: Place
    items: list[Node] = field(default_factory=list)
    size: int = 1


class _Builder:
    """Makes nodes from the parser's events."""

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._open: list[_Open] = []
        self._anchors: dict[str, Node | None] = {}
        self._sizes: dict[int, int] = {}
        self._documents: list[Node] = []

    def document(self) -> Node:
        if self._documents:
            return self._documents[0]
        return ScalarNode(None, Place(self._shown, 1))

    def take(self, event: Any) -> None:
        match event:
            case yaml.ScalarEvent():
                self._add(self._scalar(event), event)
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.CollectionStartEvent():
                self._begin(event)
            case yaml.CollectionEndEvent():
                self._end(event)
            case yaml.DocumentStartEvent() if self._documents:
                place = self._place(event)
                raise UnreadableError(place, "A second document begins here", "Leave one document in the file.")

    def _begin(self, event: Any) -> None:
        place = self._place(event)
        if len(self._open) >= _DEEPEST:
            raise UnreadableError(place, f"More than {_DEEPEST} levels are nested here")
        if event.anchor:
            self._anchors[event.anchor] = None  # until the collection ends: an alias inside it would be endless
        self._open.append(_Open(event, place))

    def _end(self, event: Any) -> None:
        ended = self._open.pop()
        start = ended.place
        place = Place(start.path, start.line, start.column, event.end_mark.line + 1, event.end_mark.column + 1)
        if isinstance(ended.event, yaml.SequenceStartEvent):
            node: Node = SequenceNode(tuple(ended.items), place)
        else:
            node = self._section(ended.items, place)
        if ended.size > _MOST_NODES:
            raise UnreadableError(start, f"With its aliases expanded, this has more than {_MOST_NODES:,} values")
        self._sizes[id(node)] = ended.size
        self._add(_tagged(node, ended.event.tag), ended.event, ended.size)

    def _alias(self, event: Any) -> None:
        node = self._anchors.get(event.anchor)
        if node is None:
            what = "is inside its own anchor" if event.anchor in self._anchors else "has no anchor before it"
            raise UnreadableError(self._place(event), f"The alias *{event.anchor} {what}")
        self._add(node, None, self._sizes.get(id(node), 1))

    def _add(self, node: Node, event: Any, size: int = 1) -> None:
        if event is not None and event.anchor:
            self._anchors[event.anchor] = node
            self._sizes[id(node)] = size
        if self._open:
            self._open[-1].items.append(node)
            self._open[-1].size += size
        else:
            self._documents.append(node)

    def _section(self, items: list[Node], place: Place) -> MappingNode:
        entries: dict[str, MappingEntry] = {}
        merged: list[Node] = []
        for key, value in zip(items[::2], items[1::2], strict=True):
            name = _key(key)
            if name == "<<":
                merged += value.items if isinstance(value, SequenceNode) else [value]
                continue
            if name in entries:
                first = entries[name].key_place
                raise UnreadableError(
                    key.place, f"The key {name!r} is duplicate in this mapping; the first is in line {first.line}"
                )
            entries[name] = MappingEntry(key.place, value)
        return MappingNode(_with_merged(entries, merged), place)

    def _scalar(self, event: Any) -> Node:
        place = self._place(event)
        unquoted = event.implicit[0] and not event.style
        if event.tag and event.tag.startswith("!") and event.tag != "!":
            return _tagged(ScalarNode(literal(event.value), place), event.tag)
        if not unquoted or event.tag in (_STANDARD + "str", "!"):
            return ScalarNode(literal(event.value), place)
        return ScalarNode(_value(event.value), place)

    def _place(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        return Place(self._shown, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _key(key: Node) -> str:
    if isinstance(key, ScalarNode):
        return _key_text(key.value)
    raise UnreadableError(key.place, "A key is a list or a mapping; expected a text")


def _key_text(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)


def _with_merged(entries: dict[str, MappingEntry], merged: Iterable[Node]) -> dict[str, MappingEntry]:
    """Add the entries of the mappings that `<<` merges. The entries of the mapping itself take precedence."""
    for node in merged:
        if not isinstance(node, MappingNode):
            raise UnreadableError(node.place, "The value that << merges is not a mapping")
        for name, entry in node.entries.items():
            entries.setdefault(name, entry)
    return entries


def _tagged(node: Node, tag: str | None) -> Node:
    """Return a node with a short tag in its long form: `!Sub x` as `Fn::Sub: x`. Return any other node unchanged."""
    if not tag or not tag.startswith("!") or tag == "!":
        return node
    name = tag[1:]
    value = node
    if name == "GetAtt" and isinstance(node, ScalarNode):
        resource, _, attribute = str(node.value).partition(".")
        value = SequenceNode(
            (ScalarNode(literal(resource), node.place), ScalarNode(literal(attribute), node.place)), node.place
        )
    function = name if name in _NOT_PREFIXED else f"Fn::{name}"
    return MappingNode({function: MappingEntry(node.place, value)}, node.place)


def _value(text: str) -> Text | bool | int | float | None:
    """Return the value of an unquoted scalar: a number, a boolean or null, and otherwise a `Text`."""
    if _NULL.fullmatch(text):
        return None
    if _TRUE.fullmatch(text) or _FALSE.fullmatch(text):
        return text.lower() == "true"
    try:
        return _number(text)
    except ValueError:  # `0b_` looks like a number, and Python does not convert a number with very many digits
        return literal(text)


def _number(text: str) -> int | float:
    """Return the number that a text means in YAML 1.2.

    Raises:
        ValueError: the text is not a number.
    """
    digits = text.replace("_", "")
    if _INTEGER.fullmatch(text):
        return int(digits, 0 if _BASE.match(text) else 10)
    if _SPECIAL_FLOAT.fullmatch(text):
        return float(digits.replace(".", ""))
    if _FLOAT.fullmatch(text):
        return float(digits)
    raise ValueError(text)
