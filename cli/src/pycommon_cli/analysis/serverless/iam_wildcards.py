"""Match IAM's wildcards with texts that may have unknown parts. `*` matches any characters, and `?` matches one.

A symbol (`<ssm:/a/b>`) is an unknown part. A symbol counts as one character that equals only itself. `*` matches a
symbol, but `?` does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.serverless.symbolic_text import is_symbol

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import Text

__all__ = ["action_matches", "covers", "overlaps"]

_MANY, _ONE = object(), object()
_Token = object


def action_matches(pattern: str, action: str) -> bool:
    """Return whether an action of a statement matches `action`. Case does not matter.

    Example:
        >>> action_matches("DynamoDB:get*", "dynamodb:GetItem")
        True
    """
    return _covers(_tokens((pattern.lower(),)), _tokens((action.lower(),)))


def covers(pattern: Text, other: Text) -> bool:
    """Return whether `pattern` matches everything that `other` matches.

    If both have wildcards, the result may be False although `pattern` covers `other`. The result is never True if
    `pattern` does not cover `other`.

    Example:
        >>> covers(Text(("table/*",)), Text(("table/visits/index/*",)))
        True
    """
    return _covers(_tokens(pattern.parts), _tokens(other.parts))


def overlaps(first: Text, second: Text) -> bool:
    """Return whether both patterns match a common text.

    Example:
        >>> overlaps(Text(("bucket/uploads/*",)), Text(("bucket/*",)))
        True
    """
    return _overlaps(_tokens(first.parts), _tokens(second.parts))


def _tokens(parts: tuple[str, ...]) -> list[_Token]:
    tokens: list[_Token] = []
    for part in parts:
        if is_symbol(part):
            tokens.append(part)
            continue
        for char in part:
            token = {"*": _MANY, "?": _ONE}.get(char, char)
            if token is _MANY and tokens and tokens[-1] is _MANY:
                continue
            if token is _ONE and tokens and tokens[-1] is _MANY:
                tokens.insert(len(tokens) - 1, _ONE)  # `*?` matches the same texts as `?*`: use one form
                continue
            tokens.append(token)
    return tokens


def _covers(pattern: list[_Token], other: list[_Token]) -> bool:
    """Match with backtracking. If the rest of the pattern does not match, the last `*` matches one more token."""
    at, star, resume = 0, -1, 0
    index = 0
    while index < len(other):
        token = other[index]
        if at < len(pattern) and pattern[at] is _MANY:
            star, resume = at, index
            at += 1
        elif at < len(pattern) and token is not _MANY and _one_fits(pattern[at], token):
            at, index = at + 1, index + 1
        elif star >= 0:
            resume += 1
            at, index = star + 1, resume
        else:
            return False
    return all(token is _MANY for token in pattern[at:])


def _one_fits(wanted: _Token, token: _Token) -> bool:
    if wanted is _ONE:
        return token is _ONE or _is_letter(token)
    return wanted == token


def _overlaps(first: list[_Token], second: list[_Token]) -> bool:
    """Return whether the two patterns match a common text.

    Go through `first`. For each beginning of `first`, keep the beginnings of `second` that match a common text.
    """
    reached = [True] + [False] * len(second)
    for index, token in enumerate(second, 1):
        reached[index] = reached[index - 1] and token is _MANY
    for wanted in first:
        row = [reached[0] and wanted is _MANY] + [False] * len(second)
        for index, token in enumerate(second, 1):
            if wanted is _MANY or token is _MANY:
                row[index] = reached[index] or row[index - 1]  # the star matches nothing, or this token
            else:
                row[index] = reached[index - 1] and _meet(wanted, token)
        reached = row
    return reached[-1]


def _meet(first: _Token, second: _Token) -> bool:
    if first is _ONE or second is _ONE:
        other = second if first is _ONE else first
        return other is _ONE or _is_letter(other)
    return first == second


def _is_letter(token: _Token) -> bool:
    return isinstance(token, str) and not is_symbol(token)
