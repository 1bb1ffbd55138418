"""The files of a configuration: each is read once, and told by its path from the root that was asked for."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Place
from pycommon_cli.analysis.serverless.document_nodes import MappingEntry, MappingNode, Node, ScalarNode, SequenceNode
from pycommon_cli.analysis.serverless.reading_troubles import Troubles, UnreadableError
from pycommon_cli.analysis.serverless.symbolic_text import literal
from pycommon_cli.analysis.serverless.yaml_documents import LARGEST_FILE, load

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Files", "Unreadable"]

_YAML = {".yml", ".yaml"}
_JSON = {".json", ".tfstate"}
_CODE = {".js", ".cjs", ".mjs", ".ts", ".mts"}


class Unreadable:
    """A file that is there and tells nothing: code, or a document that cannot be read (noted as a trouble)."""


@dataclass(slots=True)
class Files:
    """Reads the files that a serverless.yml names.

    Attributes:
        root: where shown paths begin.
        folder: the service folder, from which serverless.yml names other files.
    """

    root: Path
    folder: Path
    troubles: Troubles
    _read: dict[str, Node | Unreadable | None] = field(default_factory=dict)

    def shown(self, path: Path) -> str:
        """A path as places tell it."""
        return Path(os.path.relpath(path, self.root)).as_posix()

    @property
    def names(self) -> tuple[str, ...]:
        """All that were read, as places tell them."""
        return tuple(sorted(name for name, content in self._read.items() if content is not None))

    def documents(self) -> Iterator[Node]:
        """The trees of all that were read."""
        yield from (content for content in self._read.values() if not isinstance(content, Unreadable | None))

    def content(self, name: str) -> Node | Unreadable | None:
        """What is in the file of this name; None where there is none. A text file is one text."""
        path = Path(os.path.normpath(self.folder / name))
        shown = self.shown(path)
        if shown not in self._read:
            self._read[shown] = self._content(path, shown)
        return self._read[shown]

    def _content(self, path: Path, shown: str) -> Node | Unreadable | None:
        if not path.is_file():
            return None
        try:
            if path.suffix in _YAML:
                return load(path, shown)
            if path.suffix in _JSON:
                return _json(path, shown)
            return Unreadable() if path.suffix in _CODE else _text(path, shown)
        except UnreadableError as error:
            self.troubles.add(error.trouble)
            return Unreadable()


def _json(path: Path, shown: str) -> Node:
    """JSON is YAML but for tabs between its values; where a file has them, every place is the file's first line."""
    try:
        return load(path, shown)
    except UnreadableError:
        try:
            return _node(json.loads(_characters(path, shown)), Place(shown, 1))
        except (ValueError, RecursionError):
            pass
        raise


def _text(path: Path, shown: str) -> Node:
    return ScalarNode(literal(_characters(path, shown)), Place(shown, 1))


def _characters(path: Path, shown: str) -> str:
    try:
        if path.stat().st_size <= LARGEST_FILE:
            return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableError(Place(shown, 1), f"The file could not be read: {error}") from None
    raise UnreadableError(Place(shown, 1), f"The file is too large: at most {LARGEST_FILE:,} bytes are read")


def _node(value: object, place: Place) -> Node:
    if isinstance(value, dict):
        return MappingNode({str(key): MappingEntry(place, _node(inner, place)) for key, inner in value.items()}, place)
    if isinstance(value, list):
        return SequenceNode(tuple(_node(inner, place) for inner in value), place)
    if isinstance(value, str):
        return ScalarNode(literal(value), place)
    return ScalarNode(value if isinstance(value, bool | int | float) else None, place)
