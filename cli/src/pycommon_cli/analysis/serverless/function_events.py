"""Read the triggers of functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon_cli.analysis.facts import FunctionEvent, Text
from pycommon_cli.analysis.serverless.cloudformation_functions import CloudFormationTemplate, is_function
from pycommon_cli.analysis.serverless.document_nodes import MappingNode, Node, ScalarNode, text_in
from pycommon_cli.analysis.serverless.policy_grants import evaluated

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["events_of", "source_of"]

_SOURCES = (
    "arn",
    "bucket",
    "stream",
    "eventBus",
    "logGroup",
    "topicName",
    "topic",
    "listenerArn",
    "pool",
    "route",
    "sql",
)
_METHOD_AND_PATH = ("http", "httpApi")


def events_of(function: MappingNode, template: CloudFormationTemplate) -> Iterator[FunctionEvent]:
    """Return the `events` of a function, and the function URL, which serverless.yml sets under another key."""
    for node in template.chosen(function.get("events")):
        if isinstance(node, MappingNode):
            for kind, value in node.items():
                yield _event(kind, value, node, template)
        elif kind := text_in(node):  # `- alexaSkill` or `- schedule` without properties
            yield FunctionEvent(kind, node.place)
    url = function.get("url")
    if url is not None and not (isinstance(url, ScalarNode) and url.value is False):
        yield FunctionEvent("url", url.place, properties=evaluated(url, template))


def source_of(value: Node, template: CloudFormationTemplate) -> Text | None:
    """Return the ARN or name of the source of an event. It is the event's value, or one of the event's properties."""
    if isinstance(value, ScalarNode):
        return template.text(value) if isinstance(value.value, Text) else None
    if is_function(value):
        return template.text(value)
    if not isinstance(value, MappingNode):
        return None
    found = next((node for name in _SOURCES if (node := value.get(name)) is not None), None)
    return template.text(found) if found is not None else None


def _event(kind: str, value: Node, node: MappingNode, template: CloudFormationTemplate) -> FunctionEvent:
    path, method = _path_and_method(kind, value, template)
    source = None if kind in _METHOD_AND_PATH else source_of(value, template)
    return FunctionEvent(kind, node.place, path, method, source, evaluated(value, template))


def _path_and_method(kind: str, value: Node, template: CloudFormationTemplate) -> tuple[str | None, str | None]:
    """Return the path of an endpoint with its leading slash, and the method in capitals."""
    if kind not in _METHOD_AND_PATH:
        return None, None
    if isinstance(value, MappingNode) and not is_function(value):
        path, method = (value.get(name) for name in ("path", "method"))
        words = [str(template.text(path)) if path else "*", str(template.text(method)) if method else "*"]
    else:
        first, _, second = str(template.text(value)).strip().partition(" ")
        words = [second.strip(), first] if second else [first, "*"]
    path_text = words[0] if words[0] == "*" else "/" + words[0].strip("/")
    return path_text, words[1].upper()
