"""Read the statements of IAM policies as grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import Grant, Place, Text
from pycommon_cli.analysis.serverless.cloudformation_functions import CloudFormationTemplate, is_function
from pycommon_cli.analysis.serverless.document_nodes import MappingNode, Node, ScalarNode, SequenceNode, keyed, text_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["evaluated", "framework_grant", "grants_of"]


def grants_of(statements: Node | None, template: CloudFormationTemplate) -> Iterator[Grant]:
    """Return the grants of a `Statement`, or of a policy document with statements."""
    inner = statements.get("Statement") if isinstance(statements, MappingNode) else None
    for statement in template.chosen(inner if inner is not None else statements):
        if isinstance(statement, MappingNode) and (statement.get("Action") or statement.get("NotAction")):
            yield _grant(statement, template)


def framework_grant(actions: Iterable[str], resources: Iterable[Text], place: Place, effect: str = "Allow") -> Grant:
    """Return a grant that the Serverless Framework (osls) or a plugin adds because of the node at `place`."""
    return Grant(effect, tuple(actions), tuple(resources), place, by_framework=True)


def evaluated(node: Node | None, template: CloudFormationTemplate) -> object:
    """Return a node as dicts and lists. Every string and every function of CloudFormation becomes a `Text`."""
    return _evaluated(node, template, {})


def _evaluated(node: Node | None, template: CloudFormationTemplate, made: dict[int, object]) -> object:
    # If a node occurs at several places, it is converted once, as in `plain`.
    if node is None or isinstance(node, ScalarNode):
        return node.value if node else None
    if id(node) not in made:
        made[id(node)] = _made(node, template, made)
    return made[id(node)]


def _made(node: MappingNode | SequenceNode, template: CloudFormationTemplate, made: dict[int, object]) -> object:
    if isinstance(node, SequenceNode):
        return [_evaluated(item, template, made) for item in template.chosen(node)]
    if not is_function(node):
        chosen = ((key, template.choice(value)) for key, value in node.items())
        return {key: _evaluated(value, template, made) for key, value in chosen if value is not None}
    choice = template.choice(node)
    return template.text(node) if choice is node else _evaluated(choice, template, made)


def _grant(statement: MappingNode, template: CloudFormationTemplate) -> Grant:
    negated = statement.get("NotAction") is not None
    negated_resources = statement.get("NotResource") is not None
    actions = template.chosen(statement.get("NotAction" if negated else "Action"))
    resources = template.chosen(statement.get("NotResource" if negated_resources else "Resource"))
    condition = statement.get("Condition")
    keys = dict.fromkeys(key for _, block in _items(condition) for key in keyed(block))
    return Grant(
        effect=text_in(statement.get("Effect")) or "Allow",
        actions=tuple(str(template.text(action)) for action in actions),
        resources=tuple(template.text(resource) for resource in resources),
        place=statement.place,
        conditions=tuple(keys),
        negated=negated,
        action_places=tuple(action.place for action in actions),
        resource_places=tuple(resource.place for resource in resources),
        negated_resources=negated_resources,
        sid=text_in(statement.get("Sid")),
        condition=evaluated(condition, template),
    )


def _items(node: Node | None) -> Iterator[tuple[str, Node]]:
    return iter(node.items()) if isinstance(node, MappingNode) else iter(())
