"""Find secrets in plain text in a configuration.

This module has its own rules. A scanner of source text, such as detect-secrets, does not know that `${ssm:...}` is a
reference, and does not know the key of a value. detect-secrets also depends on `requests`. The formats of tokens that
scanners find are in this module.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Place, Text
from pycommon_cli.analysis.serverless.document_nodes import MappingNode, Node, ScalarNode

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["secrets_in"]

_TOKENS = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b"  # access keys of AWS
    r"|-----BEGIN (?:[A-Z]+ )*PRIVATE KEY"
    r"|\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_\w{22,}|\bglpat-[\w-]{20,}"
    r"|\bxox[abeoprs]-[A-Za-z0-9-]{10,}|hooks\.slack\.com/services/T\w+/B\w+/\w+"
    r"|\b[sr]k_live_[A-Za-z0-9]{20,}|\bSG\.[\w-]{20,}\.[\w-]{20,}|\bAIza[\w-]{35}"
    r"|\bsk-(?:proj-|ant-[\w]+-)?[A-Za-z0-9_-]{20,}"
    r"|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"  # a signed token
    r"|[a-z][a-z0-9+.-]*://[^\s:/@<$]+:[^\s:/@<$]+@"  # a password in a URL
)
_NAMES = re.compile(
    r"(?:^|[_.-])(?:secret|password|passwd|pwd|token|credentials?|(?:api|access|private|secret|signing|encryption|master)_?key)$"
    r"|(?:Secret|Password|Passwd|Token|ApiKey|PrivateKey|AccessKey|SecretKey)$",
    re.IGNORECASE,
)
_ANY_KEY = re.compile(r"[_.-]key$", re.IGNORECASE)  # such keys also name tables, so the value must look random too
_NOT_VALUES = re.compile(r"(?:arn:|https?://|/|alias/)|.*[{}<>\s*]|true$|false$|\d+$", re.IGNORECASE)
_SHORTEST = 8
_LONGEST_WORD = 15
_LONGEST_NAME = 23
_PASSWORD_NAMES = re.compile(r"(?:password|passwd|pwd)$", re.IGNORECASE)
_LOWEST_ENTROPY = 3.0  # bits per character; words are below, random hexadecimal is at 3.5 or more, random base64 at 4.5


def secrets_in(node: Node) -> Iterator[Place]:
    """Return the places of texts that look like secrets, in a document whose variables are not resolved."""
    seen: set[int] = set()
    pending: list[tuple[str, Node]] = [("", node)]
    while pending:
        name, current = pending.pop()
        if isinstance(current, ScalarNode):
            if isinstance(current.value, Text) and _is_secret(name, str(current.value)):
                yield current.place
        elif id(current) not in seen:
            seen.add(id(current))
            inner = current.items() if isinstance(current, MappingNode) else ((name, item) for item in current.items)
            pending += inner


def _is_secret(name: str, text: str) -> bool:
    if _TOKENS.search(text):
        return True
    if len(text) < _SHORTEST or _NOT_VALUES.match(text):
        return False
    if _PASSWORD_NAMES.search(name):
        return True
    longest_word = _LONGEST_NAME if not _NAMES.search(name) else _LONGEST_WORD
    named = _NAMES.search(name) or _ANY_KEY.search(name)
    return bool(named) and len(text) > longest_word and _is_mixed(text) and _entropy(text) >= _LOWEST_ENTROPY


def _entropy(text: str) -> float:
    """Return the Shannon entropy of a text, in bits per character."""
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


def _is_mixed(text: str) -> bool:
    """Return whether letters and digits are mixed, as in random texts. Names, in contrast, consist of words."""
    return any(char.isdigit() for char in text) and any(char.isalpha() for char in text)
