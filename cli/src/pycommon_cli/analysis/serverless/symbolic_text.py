"""Making and joining `Text`s: what is known of a value, with a symbol for each part that is not.

Equal values have equal parts: neighbouring literals are one part, and no literal looks like a symbol.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["is_symbol", "joined", "literal", "split", "symbol"]


def literal(text: str) -> Text:
    """A text that is known.

    Example:
        >>> literal("visits").parts
        ('visits',)
    """
    return Text(tuple(_parts(text)))


def symbol(*words: str) -> Text:
    """A value that is not known, by what makes it: equal to itself only.

    Example:
        >>> str(symbol("ssm", "/amplify/dev/TABLE"))
        '<ssm:/amplify/dev/TABLE>'
    """
    return Text((f"<{':'.join(words)}>",))


def is_symbol(part: str) -> bool:
    """Whether a part of a `Text` stands for something unknown."""
    return len(part) > 1 and part[0] == "<" and part[-1] == ">"


def joined(pieces: Iterable[Text | str]) -> Text:
    """One text out of several, in the one form that equal texts have."""
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
    """The pieces between separators; one inside a symbol divides nothing.

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
    """A run of known text; in two where it would look like a symbol."""
    if is_symbol(run):
        return [run[0], run[1:]]
    return [run] if run else []
