"""Resolve the variables of a document, as the Serverless Framework (osls) does.

A value that is only known at the deployment becomes a symbol.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Place, Text
from pycommon_cli.analysis.serverless.configuration_files import Files, Unreadable
from pycommon_cli.analysis.serverless.document_nodes import MappingEntry, MappingNode, Node, ScalarNode, SequenceNode
from pycommon_cli.analysis.serverless.symbolic_text import is_symbol, joined, literal, symbol
from pycommon_cli.analysis.serverless.variables.variable_syntax import (
    Literal,
    Pieces,
    Variable,
    VariableSource,
    VariableSyntaxError,
    parse_variables,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


__all__ = ["VariableEvaluation", "spelled"]

_DEEPEST = 40  # the longest chain of variables that lead to variables; osls stops at ten for one value
_MOST_NODES = 200_000
_LONGEST_TEXT = 100_000
_DEFAULT_REGION = "us-east-1"  # the default in the source code of osls
_CHANGES_NOTHING = {"raw", "noDecrypt"}  # these parameters of ssm select how a value is read, not which value is read


class _NoValueError(Exception):
    """A source has no value. The message says why."""


class VariableEvaluation:
    """Resolves the nodes of one configuration. Each node is resolved once.

    Args:
        document: serverless.yml.
        files: reads the files that the document names, and collects the troubles.
        stage: the value of `${sls:stage}` and `${opt:stage}`.
        options: the values of `${opt:...}`. An option that is not in this mapping counts as not given.
    """

    def __init__(self, document: MappingNode, files: Files, stage: str, options: Mapping[str, str]) -> None:
        self._document = document
        self._files = files
        self._stage = stage
        self._options = {**options, "stage": stage}
        self._troubles = files.troubles
        # The keys are the `id`s of nodes. The node is kept too, so that no other node gets the same `id`.
        self._heads: dict[int, tuple[Node, Node]] = {}
        self._resolved: dict[int, tuple[Node, Node, int]] = {}
        self._active: list[Node] = []

    def resolve(self, node: Node) -> Node:
        """Return the node with all its variables resolved."""
        return self._deep(node)[0]

    def at(self, *path: str) -> Node | None:
        """Return the resolved node below these keys of serverless.yml, or None."""
        try:
            return self.resolve(self._follow(self._document, path))
        except _NoValueError:
            return None

    def region(self) -> Text:
        """Return the region of the stack."""
        if "region" in self._options:
            return literal(self._options["region"])
        node = self.at("provider", "region")
        return spelled(node) if isinstance(node, ScalarNode) else literal(_DEFAULT_REGION)

    # From the outside to the inside: a node, the variables of a text, the sources of a variable

    def _deep(self, node: Node) -> tuple[Node, int]:
        """Return the node with all nodes below it resolved, and the number of values in the result."""
        if id(node) in self._resolved:
            _, resolved, size = self._resolved[id(node)]
            return resolved, size
        if isinstance(node, ScalarNode):
            resolved, size = self._deep_scalar(node)
        elif any(node is active for active in self._active):
            return self._unknown("cycle", node.place), 1
        else:
            with self._within(node):
                resolved, size = self._deep_collection(node)
        if size > _MOST_NODES:
            self._troubles.note(node.place, f"With its variables resolved, this has more than {_MOST_NODES:,} values")
            resolved, size = self._unknown("too large", node.place), 1
        self._resolved[id(node)] = (node, resolved, size)
        self._resolved[id(resolved)] = (resolved, resolved, size)
        return resolved, size

    def _deep_scalar(self, node: ScalarNode) -> tuple[Node, int]:
        head = self._head(node)
        if isinstance(head, ScalarNode):
            return head, 1
        if any(head is active for active in self._active):
            self._note_cycle(node, head)
            return self._unknown("cycle", node.place), 1
        with self._within(node):
            return self._deep(head)

    def _deep_collection(self, node: MappingNode | SequenceNode) -> tuple[Node, int]:
        size = 1
        if isinstance(node, SequenceNode):
            items: list[Node] = []
            for item in node.items:
                resolved, count = self._deep(item)
                items.append(resolved)
                size += count
            return SequenceNode(tuple(items), node.place), size
        entries: dict[str, MappingEntry] = {}
        for key, entry in node.entries.items():
            resolved, count = self._deep(entry.value)
            entries[key] = MappingEntry(entry.key_place, resolved)
            size += count
        return MappingNode(entries, node.place), size

    def _head(self, node: Node) -> Node:
        """Return the node itself resolved. The nodes below it stay unresolved."""
        if not isinstance(node, ScalarNode) or not isinstance(node.value, Text):
            return node
        if id(node) in self._resolved:
            return self._resolved[id(node)][1]
        if id(node) in self._heads:
            return self._heads[id(node)][1]
        if any(node is active for active in self._active):
            self._note_cycle(node, node)
            return self._unknown("cycle", node.place)
        head = self._evaluated_text(str(node.value), node)
        self._heads[id(node)] = (node, head)
        if isinstance(head, ScalarNode):
            self._resolved[id(head)] = (head, head, 1)
        return head

    def _evaluated_text(self, text: str, node: ScalarNode) -> Node:
        """Return the value of a text that is written at `node`."""
        if "${" not in text and "\\" not in text:
            return node if str(node.value) == text else ScalarNode(literal(text), node.place)
        if len(self._active) > _DEEPEST:
            self._troubles.note(node.place, f"More than {_DEEPEST} variables refer to each other here")
            return self._unknown("too deep", node.place)
        try:
            pieces = parse_variables(text)
        except VariableSyntaxError as error:
            self._troubles.note(node.place, f"The variable cannot be read: {error}")
            return self._unknown("unreadable", node.place, text)
        with self._within(node):
            return self._evaluated(pieces, node.place)

    def _evaluated(self, pieces: Pieces, place: Place) -> Node:
        if len(pieces) == 1 and isinstance(pieces[0], Variable):
            return self._variable(pieces[0], place)
        texts = [piece if isinstance(piece, str) else self._text(piece, place) for piece in pieces]
        if sum(map(len, map(str, texts))) > _LONGEST_TEXT:
            self._troubles.note(
                place, f"This text has more than {_LONGEST_TEXT:,} characters with its variables resolved"
            )
            return self._unknown("too long", place)
        return ScalarNode(joined(literal(text) if isinstance(text, str) else text for text in texts), place)

    def _text(self, variable: Variable, place: Place) -> Text:
        """Return the value of a variable inside a longer text."""
        value = self._variable(variable, place)
        if isinstance(value, ScalarNode) and value.value is not None:
            return spelled(value)
        what = {ScalarNode: "nothing", MappingNode: "a mapping", SequenceNode: "a list"}[type(value)]
        self._troubles.note(
            place,
            f"{variable.text} is {what}, and is inside a text",
            "Refer to a text, or let the variable be the whole value.",
        )
        return symbol("unresolved", variable.text)

    def _variable(self, variable: Variable, place: Place) -> Node:
        """Return the value of the first source that has a value.

        If an unknown source comes first, return a symbol for this source and the sources after it.
        """
        reason = ""
        for index, source in enumerate(variable.sources):
            try:
                value = self._source(source, place)
            except _NoValueError as error:
                reason = str(error)
                continue
            if value is not None:
                return value
            return ScalarNode(self._unknown_variable(variable, index, place), place)
        self._troubles.note(place, f"{variable.text} has no value: {reason}", "Add the value, or write a fallback.")
        return self._unknown("unresolved", place, variable.text)

    def _unknown_variable(self, variable: Variable, index: int, place: Place) -> Text:
        """Return the symbol of a variable. The source at `index` is the first source that is not known.

        The fallbacks of the variable are part of the symbol.
        """
        first, *others = variable.sources[index:]
        assert isinstance(first, VariableSource)  # noqa: S101 - a literal is always known
        if first.type == "env" and others:
            # Use the fallbacks, as in an empty environment. The result must not depend on the machine.
            rest = Variable(tuple(others), variable.text)
            value = self._variable(rest, place)
            if isinstance(value, ScalarNode):
                return spelled(value)
        name = _written(first, lambda pieces: self._known_or_symbols(pieces, place))
        return symbol(", ".join([name, *(self._fallback(source, place) for source in others)]))

    def _fallback(self, source: VariableSource | Literal, place: Place) -> str:
        if isinstance(source, Literal):
            return repr(source.value)
        return _written(source, lambda pieces: self._known_or_symbols(pieces, place))

    def _known_or_symbols(self, pieces: Pieces, place: Place) -> Text:
        value = self._evaluated(pieces, place) if pieces else None
        return spelled(value) if isinstance(value, ScalarNode) else literal("")

    def _source(self, source: VariableSource | Literal, place: Place) -> Node | None:
        """Return the value of a source, or None if the value is not known.

        Raises:
            _NoValueError: the source has no value.
        """
        if isinstance(source, Literal):
            return self._written_here(source.value, place)
        parameters = [self._parameter(parameter, place) for parameter in source.parameters or ()]
        address = self._known_or_symbols(source.address, place) if source.address else literal("")
        if not all(text.known for text in (*parameters, address)):
            return None
        names = [str(parameter) for parameter in parameters]
        sources: dict[str, Callable[[], Node | None]] = {
            "self": lambda: self._follow(self._document, _keys(str(address))),
            "opt": lambda: self._option(str(address), place),
            "sls": lambda: ScalarNode(literal(self._stage), place) if str(address) == "stage" else None,
            "aws": lambda: ScalarNode(self.region(), place) if str(address) == "region" else None,
            "param": lambda: self._param(str(address)),
            "file": lambda: self._file(names, str(address), place),
            "strToBool": lambda: _str_to_bool(names, place),
        }
        find = sources.get(source.type)
        return find() if find else None

    def _parameter(self, parameter: Pieces | Literal, place: Place) -> Text:
        if isinstance(parameter, Literal):
            return literal(str(parameter.value))
        return self._known_or_symbols(parameter, place)

    # The sources

    def _written_here(self, value: str | float | bool | None, place: Place) -> Node:  # noqa: FBT001 (a value of YAML)
        """Return a literal. A literal text may contain variables."""
        if isinstance(value, str):
            return self._evaluated_text(value, ScalarNode(literal(value), place))
        return ScalarNode(int(value) if isinstance(value, float) and value.is_integer() else value, place)

    def _option(self, name: str, place: Place) -> Node:
        if not name:
            return MappingNode(
                {key: MappingEntry(place, ScalarNode(literal(text), place)) for key, text in self._options.items()},
                place,
            )
        if name not in self._options:
            raise _NoValueError(f"the option --{name} is not given")
        return self._written_here(self._options[name], place)

    def _param(self, name: str) -> Node:
        for stage in (self._stage, "default"):
            try:
                return self._follow(self._document, ("params", stage, name))
            except _NoValueError:
                continue
        raise _NoValueError(f"there is no {name} in params.{self._stage} or params.default")

    def _file(self, names: list[str], address: str, place: Place) -> Node | None:
        if not names:
            raise _NoValueError("it does not name a file")
        content = self._files.content(names[0])
        if content is None:
            raise _NoValueError(f"there is no file {names[0]}")
        if isinstance(content, Unreadable):
            return None
        if isinstance(content, ScalarNode) and isinstance(content.value, Text):
            content = self._evaluated_text(str(content.value), ScalarNode(content.value, place))
        try:
            return self._follow(content, _keys(address))
        except _NoValueError:
            raise _NoValueError(f"{names[0]} has nothing at {address or 'its top'}") from None

    def _follow(self, start: Node, keys: tuple[str, ...]) -> Node:
        """Return the node below the keys.

        Raises:
            _NoValueError: there is no such node.
        """
        node = self._head(start)
        for index, key in enumerate(keys):
            if isinstance(node, MappingNode) and key in node.entries:
                node = self._head(node.entries[key].value)
            elif isinstance(node, SequenceNode) and key.isdecimal() and int(key) < len(node.items):
                node = self._head(node.items[int(key)])
            elif isinstance(node, ScalarNode) and isinstance(node.value, Text) and _is_one_symbol(node.value):
                rest = ".".join(keys[index:])
                return ScalarNode(symbol(f"{str(node.value)[1:-1]}:{rest}"), node.place)
            else:
                raise _NoValueError(f"there is no value at {'.'.join(keys)}")
        if isinstance(node, ScalarNode) and node.value is None:
            raise _NoValueError(f"there is no value at {'.'.join(keys)}")
        return node

    # Cycles

    @contextmanager
    def _within(self, node: Node) -> Iterator[None]:
        self._active.append(node)
        try:
            yield
        finally:
            self._active.pop()

    def _note_cycle(self, node: ScalarNode, start: Node) -> None:
        """Report that `start` leads back to itself through the variable at `node`. Each cycle is reported once."""
        index = next(index for index, active in enumerate(self._active) if active is start)
        chain = [active for active in self._active[index:] if isinstance(active, ScalarNode)]
        if start is not node:
            chain.append(node)
        first = min(chain, key=lambda scalar: scalar.place)
        texts = " → ".join(dict.fromkeys(str(scalar.value) for scalar in chain))
        self._troubles.note(first.place, f"This refers to itself: {texts}", "Let one of them end in a value.")

    def _unknown(self, why: str, place: Place, what: str = "") -> ScalarNode:
        return ScalarNode(symbol(why, what) if what else symbol(why), place)


def spelled(node: ScalarNode) -> Text:
    """Return the value of a leaf as a text: `true`, `3`, `1.5`."""
    value = node.value
    if isinstance(value, Text):
        return value
    if isinstance(value, bool):
        return literal("true" if value else "false")
    if isinstance(value, float) and value.is_integer():
        return literal(str(int(value)))
    return literal("" if value is None else str(value))


def _written(source: VariableSource, spell: Callable[[Pieces], Text]) -> str:
    """Return the name of the symbol for a source. `spell` returns the text of pieces."""
    address = str(spell(source.address)) if source.address else ""
    parameters = [
        str(parameter.value) if isinstance(parameter, Literal) else str(spell(parameter))
        for parameter in source.parameters or ()
    ]
    if source.type == "ssm":
        parameters = [each for each in parameters if each not in _CHANGES_NOTHING]
    inside = f"({', '.join(parameters)})" if parameters else ""
    return f"{source.type}{inside}:{address}" if address else f"{source.type}{inside}"


def _keys(address: str) -> tuple[str, ...]:
    return tuple(address.split(".")) if address else ()


def _is_one_symbol(text: Text) -> bool:
    return len(text.parts) == 1 and is_symbol(text.parts[0])


def _str_to_bool(names: list[str], place: Place) -> Node:
    word = names[0].strip().lower() if names else ""
    if word in ("true", "1", "false", "0"):
        return ScalarNode(word in ("true", "1"), place)
    raise _NoValueError(f"strToBool accepts true, false, 1 and 0, not {word!r}")
