r"""Parse `${...}`: `${type(parameters):address, fallback, ...}`. Each part may contain variables.

The syntax is the syntax of the Serverless Framework (osls, and the original since version 3). If a lower-case type does
not follow `${`, the expression belongs to another language (`${AWS::Region}`) and stays text. `\${` is text too. A
literal may only be the last source.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

__all__ = ["Literal", "Pieces", "Variable", "VariableSource", "VariableSyntaxError", "parse_variables"]

_TYPE = re.compile(r"[a-z][a-zA-Z0-9]*")
_FIRST_TYPE = re.compile(r"[a-z][a-zA-Z0-9.\-]*")
_WORD = re.compile(r"[a-zA-Z0-9.\- ]*")
_ORDINARY = re.compile(r"[^\\$,)}]+")
_CLOSED = re.compile(r"\$\{(?:[a-z][a-zA-Z0-9.\-]*)?\}")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|0[xX][0-9a-fA-F]+)")
_CONSTANTS = {"true": True, "false": False, "null": None}
_DEEPEST = 20


class VariableSyntaxError(Exception):
    """A variable with a syntax error. `offset` is the index of the unexpected character."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Literal:
    """A quoted text, a number, a boolean or null."""

    value: str | float | bool | None


@dataclass(frozen=True, slots=True)
class VariableSource:
    """One source of a value: `file(../var/dev.yml):DEP_NAME` has type "file", one parameter and an address."""

    type: str
    parameters: tuple[Pieces | Literal, ...] | None
    address: Pieces | None


@dataclass(frozen=True, slots=True)
class Variable:
    """One `${...}`. Its value is the value of the first source that has a value. `text` is the text in the file."""

    sources: tuple[VariableSource | Literal, ...]
    text: str


Pieces = tuple[str | Variable, ...]
"""A text in pieces: literal texts and variables."""


def parse_variables(text: str) -> Pieces:
    """Return the pieces of a text.

    Raises:
        VariableSyntaxError: a variable is not closed, or contains an unexpected character.

    Example:
        >>> [getattr(piece, "text", piece) for piece in parse_variables("${self:service}-table")]
        ['${self:service}', '-table']
    """
    return _Parser(text).pieces() if "${" in text else (text,)


class _Parser:
    """Parses one text. `_at` is the index of the next character."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._foreign = 0

    def pieces(self) -> Pieces:
        """Return the pieces of the whole text."""
        found: list[str | Variable] = []
        run = ""
        while self._at < len(self._text):
            piece = self._escape() or self._variable_or_none(nested=False)
            if piece is None:
                run += self._plain()
            else:
                # An escaped text is a separate piece. Joined to the next text, it would look like a variable.
                found += [run, piece]
                run = ""
        found.append(run)
        return tuple(piece for piece in found if piece != "")

    def _plain(self) -> str:
        """Return the text up to the next character that may begin a variable.

        Inside a `${...}` of another language, a backslash does not escape.
        """
        start = self._at
        if closed := _CLOSED.match(self._text, start):
            self._at = closed.end()
        elif self._text.startswith("${", start):
            self._foreign += 1
            self._at += 2
        else:
            if self._text[start] == "}" and self._foreign:
                self._foreign -= 1
            self._at += self._width()
        return self._text[start : self._at]

    def _width(self) -> int:
        """Return how many of the next characters are plain text.

        If a dollar does not open a variable, the dollar and the next character are both plain text.
        """
        if ordinary := _ORDINARY.match(self._text, self._at):
            return ordinary.end() - self._at
        return 2 if self._text[self._at] == "$" and self._text[self._at + 1 : self._at + 2] not in ("$", "") else 1

    def _escape(self) -> str | None:
        r"""Return the text that backslashes here mean, or None if no backslash begins here.

        `\${` means `${` as text. Before a variable, two backslashes mean one.
        """
        if self._text[self._at] != "\\" or self._foreign:
            return None
        end = self._at
        while end < len(self._text) and self._text[end] == "\\":
            end += 1
        if not self._text.startswith("${", end):
            run, self._at = self._text[self._at : end], end
            return run
        slashes = end - self._at
        self._at = end
        if slashes % 2:
            self._at += 1
            return "\\" * (slashes // 2) + "$"
        return "\\" * (slashes // 2)

    def _variable_or_none(self, *, nested: bool) -> Variable | None:
        """Return the variable that begins here, or None if no variable of osls begins here."""
        if not self._text.startswith("${", self._at):
            return None
        start = self._at
        self._enter()
        try:
            self._at += 2
            first = self._first_source(nested=nested)
            if first is None:
                self._at = start
                return None
            sources: list[VariableSource | Literal] = [first]
            while self._next_is(","):
                sources.append(self._further_source())
                if isinstance(sources[-1], Literal):
                    break
            self._expect("}")
            return Variable(tuple(sources), self._text[start : self._at])
        finally:
            self._depth -= 1

    def _first_source(self, *, nested: bool) -> VariableSource | None:
        match = _FIRST_TYPE.match(self._text, self._at)
        after = self._text[match.end() : match.end() + 1] if match else ""
        foreign = match is None or after not in (":", "(") or self._text.startswith("::", match.end())
        if match is None or foreign:
            if nested:
                raise VariableSyntaxError(f"the type of a variable is missing in {self._text!r}", self._at)
            return None
        self._at = match.end()
        return self._source(match[0])

    def _further_source(self) -> VariableSource | Literal:
        self._skip_spaces()
        start = self._at
        quoted = self._quoted()
        if quoted is not None:
            return Literal(quoted)
        match = _WORD.match(self._text, self._at)
        word = match[0] if match else ""
        self._at += len(word)
        if self._text[self._at : self._at + 1] in ("(", ":") and _TYPE.fullmatch(word.strip()):
            return self._source(word.strip())
        return Literal(self._constant(word.strip(), start))

    def _source(self, kind: str) -> VariableSource:
        parameters = self._parameters() if self._next_is("(") else None
        address = self._address() if self._next_is(":") else None
        if address and str(address[0]).startswith(":"):
            raise VariableSyntaxError(f"an address starts with a colon in {self._text!r}", self._at)
        return VariableSource(kind, parameters, address)

    def _parameters(self) -> tuple[Pieces | Literal, ...]:
        found: list[Pieces | Literal] = []
        while True:
            self._skip_spaces()
            quoted = self._quoted()
            found.append(Literal(quoted) if quoted is not None else self._run(",)}", "a parameter"))
            if self._next_is(")"):
                return tuple(parameter for parameter in found if parameter != ())
            self._expect(",")

    def _address(self) -> Pieces:
        self._skip_spaces()
        quoted = self._quoted()
        return (quoted,) if quoted is not None else self._run(",}", "an address")

    def _run(self, ends: str, what: str) -> Pieces:
        """Return the text and the variables up to one of the characters `ends`."""
        found: list[str | Variable] = []
        run = ""
        while self._at < len(self._text) and self._text[self._at] not in ends:
            variable = self._variable_or_none(nested=True)
            if variable is None:
                width = self._width()
                run += self._text[self._at : self._at + width]
                self._at += width
            else:
                found += [run, variable]
                run = ""
        if self._at >= len(self._text):
            raise VariableSyntaxError(f"{what} is not closed in {self._text!r}", self._at)
        return _trimmed([*found, run])

    def _quoted(self) -> str | None:
        """Return a quoted text, or None if no quoted text begins here."""
        quote = self._text[self._at : self._at + 1]
        if quote not in ("'", '"') or not quote:
            return None
        start = self._at
        self._at += 1
        while self._at < len(self._text) and self._text[self._at] != quote:
            self._at += 2 if quote == '"' and self._text[self._at] == "\\" else 1
        if self._at >= len(self._text):
            raise VariableSyntaxError(f"a text in quotes is not closed in {self._text!r}", start)
        self._at += 1
        inside = self._text[start + 1 : self._at - 1]
        if quote == "'":
            return inside
        try:
            return str(json.loads(f'"{inside}"', strict=False))
        except ValueError:
            raise VariableSyntaxError(f"{quote}{inside}{quote} is not a valid JSON text", start) from None

    def _constant(self, word: str, start: int) -> float | bool | None:
        if word in _CONSTANTS:
            return _CONSTANTS[word]
        if _NUMBER.fullmatch(word):
            return float(int(word, 16)) if "x" in word.lower() else float(word)
        raise VariableSyntaxError(f"{word!r} is neither a source nor a literal; put quotes around a text", start)

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise VariableSyntaxError(f"more than {_DEEPEST} variables are nested", self._at)

    def _skip_spaces(self) -> None:
        while self._text[self._at : self._at + 1] == " ":
            self._at += 1

    def _next_is(self, char: str) -> bool:
        """Skip the next character if it is `char`. Return whether it was skipped."""
        start = self._at
        self._skip_spaces()
        if self._text.startswith(char, self._at):
            self._at += 1
            return True
        self._at = start
        return False

    def _expect(self, char: str) -> None:
        if not self._next_is(char):
            found = self._text[self._at : self._at + 1]
            what = f"{found!r} is found" if found else "the text ends"
            raise VariableSyntaxError(f"{what} where {char!r} is expected in {self._text!r}", self._at)


def _trimmed(pieces: list[str | Variable]) -> Pieces:
    """Return pieces without surrounding spaces and without empty pieces."""
    if isinstance(pieces[0], str):
        pieces[0] = pieces[0].lstrip()
    if isinstance(pieces[-1], str):
        pieces[-1] = pieces[-1].rstrip()
    return tuple(piece for piece in pieces if piece != "")
