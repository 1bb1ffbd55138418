"""Evaluate CloudFormation's functions and references, as far as the template shows their values.

Two ways to write the same value give the same text. For example, `!GetAtt Visits.Arn` gives the ARN that `!Sub`
composes from the name of the table. A value that only AWS knows becomes a symbol (`<aws:accountId>`, `<ref:Visits>`).
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pycommon_cli.analysis.serverless.document_nodes import (
    MappingEntry,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    keyed,
    members,
    text_in,
)
from pycommon_cli.analysis.serverless.resource_types import KINDS, ResourceIdentifier
from pycommon_cli.analysis.serverless.symbolic_text import is_symbol, joined, literal, split, symbol
from pycommon_cli.analysis.serverless.variables.variable_evaluation import spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pycommon_cli.analysis.facts import Text

__all__ = ["CloudFormationTemplate", "is_function"]

_IN_SUB = re.compile(r"\$\{(!?)([^${}]*)\}")
_NO_VALUE = "AWS::NoValue"
_PARTITIONS = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-iso-", "aws-iso"), ("us-isob-", "aws-iso-b"))
_DOMAINS = {"aws-cn": "amazonaws.com.cn"}
_DEEPEST = 60


class CloudFormationTemplate:
    """The template of a service: its resources, and the functions that refer to them.

    Args:
        sections: the merged `resources` of serverless.yml (`Resources`, `Parameters`, `Conditions`, `Mappings`).
        region: the region of the stack.
        made: the type and the name of each resource that the Serverless Framework (osls) adds, by logical id.
        stack: the name of the stack.
    """

    def __init__(self, sections: MappingNode, region: Text, made: Mapping[str, tuple[str, Text]], stack: Text) -> None:
        self.resources = keyed(sections.get("Resources"))
        self._sections = sections
        self._made = made
        self._active: set[str] = set()
        self._depth = 0
        partition = literal(next((name for prefix, name in _PARTITIONS if str(region).startswith(prefix)), "aws"))
        self._pseudo = {
            "AWS::AccountId": symbol("aws", "accountId"),
            "AWS::Region": region,
            "AWS::Partition": partition,
            "AWS::URLSuffix": literal(_DOMAINS.get(str(partition), "amazonaws.com")),
            "AWS::StackName": stack,
        }

    # Values

    def text(self, node: Node | None) -> Text:
        """Return a value as a text. A list or a mapping becomes a symbol."""
        if isinstance(node, ScalarNode):
            return spelled(node)
        function, argument = _call(node)
        evaluate = self._functions_of_text().get(function)
        if evaluate is None or argument is None or self._depth > _DEEPEST:
            return symbol(function or "value", _rendered(argument or node))
        self._depth += 1
        try:
            return evaluate(argument)
        finally:
            self._depth -= 1

    def texts(self, node: Node | None) -> list[Text]:
        """Return the members of a list as texts. For a value that is not a list, return the value as one text."""
        return [self.text(member) for member in self.chosen(node)]

    def chosen(self, node: Node | None) -> list[Node]:
        """Return the members of a list, without the members that conditions exclude.

        A value that is not a list counts as its only member. If it is not known whether a condition holds, both of its
        branches are included.
        """
        choices = (choice for member in members(node) for choice in self._choices(member, _DEEPEST))
        return [member for choice in choices for member in members(choice)]

    def choice(self, node: Node) -> Node | None:
        """Return the branch of an `Fn::If` that applies. Return None if this is `AWS::NoValue`.

        Return the node itself if it is not an `Fn::If`, or if it is not known whether the condition holds.
        """
        choices = self._choices(node, _DEEPEST) if _call(node)[0] in ("Fn::If", "Ref") else [node]
        if len(choices) > 1:
            return node
        return choices[0] if choices else None

    def pseudo(self, name: str) -> Text:
        """Return a pseudo parameter, e.g. "AWS::Region"."""
        return self._pseudo[name]

    def exports(self) -> dict[str, str]:
        """Return the names that the template's outputs export, each with the logical id of its resource."""
        found: dict[str, str] = {}
        for entry in keyed(self._sections.get("Outputs")).values():
            output = entry.value
            name = output.get("Export", "Name") if isinstance(output, MappingNode) else None
            logical_id = self.logical_id(output.get("Value")) if isinstance(output, MappingNode) else ""
            if name is not None and logical_id:
                found[str(self.text(name))] = logical_id
        return found

    # Resources

    def kind(self, logical_id: str) -> str:
        """Return the type of a resource, or "" if the template does not have the resource."""
        if logical_id in self._made:
            return self._made[logical_id][0]
        return text_in(self._resource(logical_id, "Type"))

    def properties(self, logical_id: str) -> MappingNode | None:
        """Return the properties of a resource."""
        found = self._resource(logical_id, "Properties")
        return found if isinstance(found, MappingNode) else None

    def name(self, logical_id: str) -> Text | None:
        """Return the physical name of a resource, or None if AWS generates the name."""
        if logical_id in self._made:
            return self._made[logical_id][1]
        kind = KINDS.get(self.kind(logical_id))
        properties = self.properties(logical_id)
        node = properties.get(kind.name_property) if kind and properties and kind.name_property else None
        if node is None or f"name {logical_id}" in self._active:
            return None
        with self._within(f"name {logical_id}"):
            return self.text(node)

    def logical_id(self, node: Node | None) -> str:
        """Return the logical id that a `Ref`, a `Fn::GetAtt` or a plain text names, or "" for any other node."""
        if isinstance(node, ScalarNode):
            name = text_in(node)
        else:
            function, argument = _call(node)
            first = argument.items[0] if isinstance(argument, SequenceNode) and argument.items else argument
            name = text_in(first).partition(".")[0] if function in ("Ref", "Fn::GetAtt") else ""
        return name if self.kind(name) else ""

    def _resource(self, logical_id: str, *path: str) -> Node | None:
        entry = self.resources.get(logical_id)
        return entry.value.get(*path) if entry and isinstance(entry.value, MappingNode) else None

    def _identifier(self, logical_id: str, what: ResourceIdentifier) -> Text:
        """Return the name, ARN or URL of a resource of a known type."""
        kind = KINDS[self.kind(logical_id)]
        given = self.name(logical_id)
        name = given or symbol("ref" if kind.ref is ResourceIdentifier.NAME else "name", logical_id)
        if what is ResourceIdentifier.NAME:
            return name
        values = {
            "partition": self._pseudo["AWS::Partition"],
            "region": self._pseudo["AWS::Region"],
            "account": self._pseudo["AWS::AccountId"],
            "name": name,
        }
        if what is ResourceIdentifier.URL:
            domain = self._pseudo["AWS::URLSuffix"]
            return joined(("https://sqs.", values["region"], ".", domain, "/", values["account"], "/", name))
        shape = kind.arn
        if kind.name_property and given is None and "-??????" in shape:
            shape = shape.removesuffix("-??????")
        if shape.endswith("parameter{name}") and not str(name).startswith("/"):
            shape = shape.replace("{name}", "/{name}")
        pieces = re.split(r"\{(\w+)\}", f"arn:{shape}")
        return joined(values[piece] if index % 2 else piece for index, piece in enumerate(pieces))

    # References and functions

    def _functions_of_text(self) -> Mapping[str, Callable[[Node], Text]]:
        return {
            "Ref": lambda node: self._ref(text_in(node)),
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::If": self._if,
            "Fn::FindInMap": self._find_in_map,
            "Fn::ImportValue": lambda node: symbol("importValue", str(self.text(node))),
        }

    def _ref(self, name: str) -> Text:
        if name in self._pseudo:
            return self._pseudo[name]
        kind = KINDS.get(self.kind(name))
        if kind is not None:
            return self._identifier(name, kind.ref)
        default = self._sections.get("Parameters", name, "Default")
        if self._sections.get("Parameters", name) is not None:
            is_ssm = text_in(self._sections.get("Parameters", name, "Type")).startswith("AWS::SSM::")
            if default is None:
                return symbol("parameter", name)
            return symbol("ssm", str(self.text(default))) if is_ssm else self.text(default)
        return symbol("ref", name)

    def _get_att(self, node: Node) -> Text:
        words = [str(self.text(member)) for member in members(node)]
        logical_id, _, attribute = ".".join(words).partition(".")
        return self._attribute(logical_id, attribute)

    def _attribute(self, logical_id: str, attribute: str) -> Text:
        kind = KINDS.get(self.kind(logical_id))
        if kind is not None:
            identifier = ResourceIdentifier.ARN if attribute == "Arn" else kind.attributes.get(attribute)
            if identifier is not None:
                return self._identifier(logical_id, identifier)
            if attribute == "StreamArn":
                return joined(
                    (
                        self._identifier(logical_id, ResourceIdentifier.ARN),
                        "/stream/",
                        symbol("streamLabel", logical_id),
                    )
                )
        return symbol("getAtt", f"{logical_id}.{attribute}")

    def _sub(self, node: Node) -> Text:
        template, *more = node.items if isinstance(node, SequenceNode) else (node,)
        own = keyed(more[0] if more else None)
        pieces: list[Text | str] = []
        for part in self.text(template).parts:
            pieces += [part] if is_symbol(part) else self._substituted(part, own)
        return joined(pieces)

    def _substituted(self, text: str, own: Mapping[str, MappingEntry]) -> Iterator[Text | str]:
        end = 0
        for match in _IN_SUB.finditer(text):
            yield text[end : match.start()]
            end = match.end()
            name = match[2].strip()
            if match[1]:
                yield f"${{{match[2]}}}"
            elif name in own:
                yield self.text(own[name].value)
            elif "." in name:
                logical_id, _, attribute = name.partition(".")
                yield self._attribute(logical_id, attribute)
            else:
                yield self._ref(name)
        yield text[end:]

    def _join(self, node: Node) -> Text:
        separator, *rest = node.items if isinstance(node, SequenceNode) else (node,)
        listed = self._list(rest[0]) if rest else None
        if listed is None:
            return symbol("Fn::Join", _rendered(node))
        between = self.text(separator)
        return joined(piece for index, text in enumerate(listed) for piece in ((between, text) if index else (text,)))

    def _select(self, node: Node) -> Text:
        index, *rest = node.items if isinstance(node, SequenceNode) else (node,)
        listed = self._list(rest[0]) if rest else None
        number = str(self.text(index))
        if listed is not None and number.isdecimal() and int(number) < len(listed):
            return listed[int(number)]
        return symbol("Fn::Select", _rendered(node))

    def _if(self, node: Node) -> Text:
        choices = self._choices(MappingNode({"Fn::If": MappingEntry(node.place, node)}, node.place), 1)
        if len(choices) == 1:
            return self.text(choices[0])
        return symbol("if", *(str(self.text(member)) for member in members(node)))

    def _find_in_map(self, node: Node) -> Text:
        words = [str(self.text(member)) for member in members(node)]
        found = self._sections.get("Mappings", *words)
        return self.text(found) if found is not None else symbol("findInMap", ".".join(words))

    def _list(self, node: Node) -> list[Text] | None:
        """Return a list as texts, or None if its members are not known."""
        function, argument = _call(node)
        if function == "Fn::Split" and isinstance(argument, SequenceNode) and len(argument.items) == 2:  # noqa: PLR2004
            separator, text = (self.text(member) for member in argument.items)
            return split(text, str(separator)) if separator.known and str(separator) else None
        return self.texts(node) if isinstance(node, SequenceNode) else None

    # Conditions

    def _choices(self, node: Node, depth: int) -> list[Node]:
        function, argument = _call(node)
        if function == "Ref" and text_in(argument) == _NO_VALUE:
            return []
        if function != "Fn::If" or not isinstance(argument, SequenceNode) or len(argument.items) != 3 or not depth:  # noqa: PLR2004
            return [node]
        name, if_true, if_false = argument.items
        holds = self._condition(text_in(name))
        sides = [if_true] * (holds is not False) + [if_false] * (holds is not True)
        return [choice for side in sides for choice in self._choices(side, depth - 1)]

    def _condition(self, name: str) -> bool | None:
        """Return whether a condition holds, or None if the template does not show whether it holds."""
        node = self._sections.get("Conditions", name)
        if node is None or f"condition {name}" in self._active:
            return None
        with self._within(f"condition {name}"):
            return self._holds(node)

    def _holds(self, node: Node) -> bool | None:
        function, argument = _call(node)
        if function == "Condition":
            return self._condition(text_in(argument))
        if function == "Fn::Equals":
            first, second, *_ = [*map(self.text, members(argument)), symbol("missing"), symbol("missing")]
            return True if first == second else False if first.known and second.known else None
        parts = [self._holds(member) for member in members(argument)] if function in _COMBINED else []
        return _COMBINED[function](parts) if function in _COMBINED else None

    @contextmanager
    def _within(self, what: str) -> Iterator[None]:
        self._active.add(what)
        try:
            yield
        finally:
            self._active.discard(what)


def is_function(node: Node | None) -> bool:
    """Return whether CloudFormation computes the value of a node, because the node is a `Ref` or a function."""
    return bool(_call(node)[0])


def _all(parts: Iterable[bool | None]) -> bool | None:
    known = list(parts)
    return False if False in known else None if None in known else True


def _any(parts: Iterable[bool | None]) -> bool | None:
    known = list(parts)
    return True if True in known else None if None in known else False


def _not(parts: list[bool | None]) -> bool | None:
    return None if parts[:1] in ([None], []) else not parts[0]


_COMBINED: Mapping[str, Callable[[list[bool | None]], bool | None]] = {"Fn::And": _all, "Fn::Or": _any, "Fn::Not": _not}


def _call(node: Node | None) -> tuple[str, Node | None]:
    """Return the name and the argument of a function or reference.

    A function or reference is a mapping with one key, its name.
    """
    if isinstance(node, MappingNode) and len(node.entries) == 1:
        name, argument = next(node.items())
        if name in ("Ref", "Condition") or name.startswith("Fn::"):
            return name, argument
    return "", None


def _rendered(node: Node | None) -> str:
    """Return a name for the symbol of a value. Equal values have the same name."""
    if isinstance(node, MappingNode):
        return "{" + ", ".join(f"{key}: {_rendered(value)}" for key, value in node.items()) + "}"
    if isinstance(node, SequenceNode):
        return "[" + ", ".join(map(_rendered, node.items)) + "]"
    return str(spelled(node)) if node else ""
