"""Read the files of a configuration. Each file is read once."""

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
    """Stands for the content of a file that exists and cannot be used: code, or a document with a syntax error."""


@dataclass(slots=True)
class Files:
    """Reads the files that a serverless.yml names.

    Attributes:
        root: the folder to which the paths in the result are relative.
        folder: the service folder, to which the paths in serverless.yml are relative.
    """

    root: Path
    folder: Path
    troubles: Troubles
    _read: dict[str, Node | Unreadable | None] = field(default_factory=dict)

    def shown(self, path: Path) -> str:
        """Return a path in the form of `Place.path`."""
        return Path(os.path.relpath(path, self.root)).as_posix()

    @property
    def names(self) -> tuple[str, ...]:
        """Return the paths of all files that were read, in the form of `Place.path`."""
        return tuple(sorted(name for name, content in self._read.items() if content is not None))

    def documents(self) -> Iterator[Node]:
        """Return the trees of all files that were read."""
        yield from (content for content in self._read.values() if not isinstance(content, Unreadable | None))

    def content(self, name: str) -> Node | Unreadable | None:
        """Return the content of the file with this name, or None if the file does not exist.

        The content of a text file is one text.
        """
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
    """Parse JSON as YAML, which gives every node its place.

    YAML does not allow tabs between values. If the file has tabs, parse it as JSON. Every node then gets the first line
    as its place.
    """
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
