"""List the words that this project does not use, with the words that it uses in their place.

The list holds only words that a machine finds without false alarms. `docs/style.md` shows it to people.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class BannedWord(NamedTuple):
    """A word, and the plain words for the same.

    Attributes:
        name: the word as docs/style.md lists it.
        pattern: where it occurs; code in backticks is taken out before.
        instead: what to write.
    """

    name: str
    pattern: re.Pattern[str]
    instead: str


def _word(name: str, pattern: str, instead: str) -> BannedWord:
    return BannedWord(name, re.compile(pattern, re.IGNORECASE), instead)


BANNED = (
    _word("mend", r"\bmend(?:s|ed|ing)?\b", "fix; in output: help"),
    _word("faces", r"(?<![./\w])faces\b(?![./])", "interfaces, or OpenAPI document, tool schema, MCP endpoint"),
    _word("settle", r"\bsettl(?:e|es|ed|ing)\b", "wait until stable, wait for pending writes, decide"),
    _word("provision (noun)", r"\bprovisions?\b", "resolved variables"),
    _word("wish", r"\bwish(?:es|ed)?\b", "requested edit, want"),
    _word("atom", r"\batoms?\b", "abstract value"),
    _word("judge", r"\bjudg(?:e|es|ed|ing|e?ment)\b", "validate, evaluate, check"),
    _word("told", r"\btold\b", "reported, configured, given"),
    _word("tell apart", r"\b(?:tell|tells|told|telling)(?: \w+){0,3} apart\b", "distinguish"),
    _word("hold against", r"\b(?:held|hold|holds|holding)(?: \w+){0,3} against\b", "compare with, validate"),
    _word("lies", r"\blies\b|\blie (?:in|at|on|under|below|beside|between|behind)\b", "is in, is at"),
    _word("stands", r"\bstands?\b(?! for\b| alone\b| in for\b|-)", "is, is written"),
    _word("whoever", r"\bwhoever\b|\bwhomever\b", "anybody who, each user who"),
    _word("desk", r"\bdesks?\b", "workstation"),
    _word("house", r"\b(?:the|this) house\b", "the project"),
    _word("affair", r"\baffairs?\b", "responsibility; or name who does it"),
    _word("bite", r"\bbites?\b", "take effect"),
    _word(
        "is no X", r"(?<!there )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b|later\b)", "is not a, is not a valid"
    ),
    _word("What is ...", r"^What (?:is|was|are|were|has|have|can|cannot|does|do|did) [^?]*\.$", "the noun as subject"),
    _word(
        "Who has ...", r"^Who (?:is|are|has|have|can|may|does|do|calls|wants|puts) [^?]*\.$", "a user who, the caller"
    ),
    _word("whence", r"\b(?:whence|thereof|therein|wherein|whereof|thereby|hereby|lest)\b", "plain words"),
)

EXCEPTIONS = {
    ("*", "docs/style.md"): "the page shows the words and the sentences that they were in",
}
"""(name of a word or `*`, path) -> reason."""
