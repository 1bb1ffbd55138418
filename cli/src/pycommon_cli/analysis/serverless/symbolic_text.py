"""Make and join `Text`s. A `Text` has a symbol in place of each part that is not known.

Texts with equal values have equal parts, because neighbouring literals are joined. No literal looks like a symbol.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["is_symbol", "joined", "literal", "split", "symbol"]


def literal(text: str) -> Text:
    """Return a known text.

    Example:
        >>> literal("visits").parts
        ('visits',)
    """
    return Text(tuple(_parts(text)))


def symbol(*words: str) -> Text:
    """Return a symbol: a text for a value that is not known. Its name is the origin of the value.

    A symbol equals only itself.

    Example:
        >>> str(symbol("ssm", "/amplify/dev/TABLE"))
        '<ssm:/amplify/dev/TABLE>'
    """
    return Text((f"<{':'.join(words)}>",))


def is_symbol(part: str) -> bool:
    """Return whether a part of a `Text` is a symbol."""
    return len(part) > 1 and part[0] == "<" and part[-1] == ">"


def joined(pieces: Iterable[Text | str]) -> Text:
    """Return the pieces as one text, in the form in which equal texts have equal parts."""
    parts: list[str] = []
    run = ""
    for part in (part for piece in pieces for part in (piece.parts if isinstance(piece, Text) else (piece,))):
        if is_symbol(part):
            parts += [*_parts(run), part]
            run = ""
        else:
            run += part
    return Text((*parts, *_parts(run)))


def split(text: Text, separator: str) -> list[Text]:
    """Return the pieces between separators. A separator inside a symbol does not split.

    Example:
        >>> [str(piece) for piece in split(literal("table/visits"), "/")]
        ['table', 'visits']
    """
    pieces: list[list[str]] = [[]]
    for part in text.parts:
        first, *others = [part] if is_symbol(part) else part.split(separator)
        pieces[-1].append(first)
        pieces += [[other] for other in others]
    return [joined(piece) for piece in pieces]


def _parts(run: str) -> list[str]:
    """Return the parts of a known text. If the text would look like a symbol, divide it into two parts."""
    if is_symbol(run):
        return [run[0], run[1:]]
    return [run] if run else []
