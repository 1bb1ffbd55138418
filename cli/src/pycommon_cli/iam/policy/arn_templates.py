"""Splits ARNs into fields, and makes the ARNs of the resource that a variable names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.resource_perms import ResourceType
from pycommon_cli.analysis.handler_needs import ANYWHERE
from pycommon_cli.analysis.serverless.symbolic_text import is_symbol, joined, literal, split, symbol
from pycommon_cli.iam.policy.iam_actions import resource_formats, resource_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import Text

__all__ = ["ANYWHERE", "Arn", "arns_of", "may_apply", "name_in_url", "parsed", "resource_name"]

_FIELDS = 6
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
_QUEUE_URL = re.compile(r"https?://")
_INDEX_PART = "index"
# For each resource type, the part of its ARN after the account. A type has several parts if its ARN has several forms.
_RESOURCES: dict[ResourceType, tuple[str, ...]] = {
    ResourceType.ACTIVITY: ("activity:{}",),
    ResourceType.AGENT_ALIAS: ("agent-alias/{}/*",),
    ResourceType.ASYNC_INVOKE: ("async-invoke/{}",),
    ResourceType.BUCKET: ("{}",),
    ResourceType.CONFIGURATION_SET: ("configuration-set/{}",),
    ResourceType.EMAIL_TEMPLATE: ("template/{}",),
    ResourceType.EVENT_BUS: ("event-bus/{}",),
    ResourceType.EXECUTION: ("execution:{}:*",),
    ResourceType.FLOW_ALIAS: ("flow/{}/alias/*",),
    ResourceType.FUNCTION: ("function:{}",),
    ResourceType.GUARDRAIL: ("guardrail/{}",),
    ResourceType.IDENTITY: ("identity/{}",),
    ResourceType.INDEX: ("table/{}/index/*",),
    ResourceType.INFERENCE_PROFILE: ("inference-profile/{}", "application-inference-profile/{}"),
    ResourceType.KEY: ("key/{}", "alias/{}"),
    ResourceType.KNOWLEDGE_BASE: ("knowledge-base/{}",),
    ResourceType.LOG_GROUP: ("log-group:{}:*", "log-group:{}"),
    ResourceType.LOG_STREAM: ("log-group:{}:log-stream:*",),
    ResourceType.MODEL: ("foundation-model/{}", "provisioned-model/{}", "custom-model/{}"),
    ResourceType.OBJECT: ("{}/*",),
    ResourceType.PARAMETER: ("parameter/{}",),
    ResourceType.QUEUE: ("{}",),
    ResourceType.ROLE: ("role/{}",),
    ResourceType.RULE: ("rule/{}",),
    ResourceType.SCHEDULE: ("schedule/*/{}", "schedule/{}/*"),
    ResourceType.SCHEDULE_GROUP: ("schedule-group/{}",),
    ResourceType.SECRET: ("secret:{}-??????",),
    ResourceType.STATE_MACHINE: ("stateMachine:{}",),
    ResourceType.TABLE: ("table/{}",),
    ResourceType.TOPIC: ("{}",),
    ResourceType.USER_POOL: ("userpool/{}",),
}
# The suffix of the ARN if IAM checks an action on a part of the resource.
_PART_OF = {ResourceType.OBJECT: "/*", ResourceType.INDEX: "/index/*", ResourceType.LOG_STREAM: ":log-stream:*"}


@dataclass(frozen=True, slots=True)
class Arn:
    """The fields of an ARN. A partition, region or account that is not known is `*`, and means that of the stack."""

    partition: Text
    service: Text
    region: Text
    account: Text
    resource: Text


def parsed(text: Text) -> Arn | None:
    """Return the fields of an ARN, or of a pattern of ARNs. Return None if the text is not an ARN.

    Example:
        >>> str(parsed(literal("arn:aws:sqs:us-east-1:123456789012:jobs")).resource)
        'jobs'
    """
    if not text.parts or not text.parts[0].startswith("arn:"):
        return None
    fields = split(text, ":")
    if len(fields) < _FIELDS:
        # A star at the end of a pattern also matches colons.
        if not str(fields[-1]).endswith("*"):
            return None
        fields += [literal("*")] * (_FIELDS - len(fields))
    _, partition, service, region, account, *resource = fields
    rest = joined(piece for index, field in enumerate(resource) for piece in ((":", field) if index else (field,)))
    return Arn(partition, service, region, account, rest)


def resource_name(value: Text) -> Text:
    """Return the name in the URL of a queue. Return any other value unchanged.

    Example:
        >>> str(resource_name(literal("https://sqs.eu-west-1.amazonaws.com/123456789012/jobs")))
        'jobs'
    """
    if value.parts and _QUEUE_URL.match(value.parts[0]):
        return split(value, "/")[-1]
    return value


def arns_of(value: Text, action: str, part: str = "") -> list[Text]:
    """Return the ARNs that a policy may name to allow an action on a resource. One of these ARNs is enough.

    Args:
        value: the value of the variable: a name, an ARN or the URL of a queue.
        action: an IAM action, e.g. "dynamodb:Query".
        part: "" for the resource itself, "index" for any index of a table, the name of one index, or `ANYWHERE` for
            the table or an index. IAM always checks an action on S3 objects on the objects, for every `part`.

    Returns:
        The ARNs. A region or account that the value does not contain is `*`. For an action without resource types,
        the result is ["*"].

    Example:
        >>> [str(arn) for arn in arns_of(literal("visits"), "dynamodb:Query", "by-user")]
        ['arn:*:dynamodb:*:*:table/visits/index/by-user']
    """
    types = resource_types(action)
    if types == (ResourceType.ANY,):
        return [literal("*")]
    found = list(_of_types(value, action, types, part)) if types else list(_of_formats(value, action))
    if _is_opaque(value):
        if types == (ResourceType.QUEUE,):
            found.append(joined(("arn:*:sqs:*:*:", name_in_url(value))))
        found += [joined((value, suffix)) for suffix in _suffixes(types, part)]
    return list(dict.fromkeys(found))


def may_apply(action: str, resource: Text) -> bool:
    """Return whether IAM may check the action on such a resource.

    For example, IAM does not check an action of tables on an index.
    """
    types, arn = resource_types(action), parsed(resource)
    if arn is None or not types:
        return True
    tail = str(arn.resource)
    if action.startswith("dynamodb:") and "/index/" in tail:
        return ResourceType.INDEX in types
    if action.startswith("s3:"):
        return ("/" in tail or tail.endswith("*")) if ResourceType.OBJECT in types else "/" not in tail
    return True


def name_in_url(url: Text) -> Text:
    """Return a symbol for the queue name in an unknown URL. In a template, `Fn::Select` and `Fn::Split` extract it."""
    return symbol("Fn::Select", f"[4, {{Fn::Split: [/, {url}]}}]")


def _of_types(value: Text, action: str, types: tuple[ResourceType, ...], part: str) -> Iterator[Text]:
    service = action.partition(":")[0]
    chosen = [ResourceType.INDEX] if part and ResourceType.INDEX in types else _without_parts(types)
    if part == ANYWHERE:
        part, chosen = _INDEX_PART, list(types)
    own = parsed(value)
    name = resource_name(value)
    for each in chosen:
        if own is not None:
            yield from _within(value, own, each, part)
        else:
            for shape in _RESOURCES.get(each, ()):
                yield _arn(service, each, _named(shape, name, each, part))


def _without_parts(types: tuple[ResourceType, ...]) -> list[ResourceType]:
    """Return the resource types that a variable can name. An index is left out, unless it is the only type."""
    return [each for each in types if each is not ResourceType.INDEX] or list(types)


def _within(value: Text, own: Arn, kind: ResourceType, part: str) -> Iterator[Text]:
    """Yield the ARNs on which IAM may check an action, for a value that is an ARN."""
    suffix = f"/index/{part}" if kind is ResourceType.INDEX and part != _INDEX_PART else _PART_OF.get(kind, "")
    resource = str(own.resource)
    if kind is ResourceType.LOG_STREAM or (kind is ResourceType.LOG_GROUP and resource.endswith(":*")):
        yield value
        value = literal(str(value).removesuffix(":*")) if value.known else value
    if kind is ResourceType.EXECUTION and resource.startswith("stateMachine:"):
        name = split(own.resource, ":")[-1]
        yield _arn("states", kind, joined(("execution:", name, ":*")))
    if resource.endswith(suffix):
        yield value
    else:
        yield joined((value, suffix))


def _arn(service: str, kind: ResourceType, resource: Text) -> Text:
    prefix = {
        ResourceType.BUCKET: "arn:*:s3:::",
        ResourceType.OBJECT: "arn:*:s3:::",
        ResourceType.ROLE: "arn:*:iam::*:",
        ResourceType.MODEL: "arn:*:bedrock:*::"
        if str(resource).startswith("foundation-model/")
        else "arn:*:bedrock:*:*:",
    }.get(kind, f"arn:*:{service}:*:*:")
    return joined((prefix, resource))


def _named(shape: str, name: Text, kind: ResourceType, part: str) -> Text:
    if kind is ResourceType.INDEX and part not in ("", _INDEX_PART):
        shape = shape.replace("*", part)
    if kind is ResourceType.PARAMETER and str(name).startswith("/"):
        shape = "parameter{}"
    if kind is ResourceType.KEY and str(name).startswith("alias/"):
        shape = "{}"
    before, _, after = shape.partition("{}")
    return joined((before, name, after))


def _of_formats(value: Text, action: str) -> Iterator[Text]:
    """Yield the ARNs for an action that is not in an enum of the library.

    The ARNs have the formats of the Service Authorization Reference.
    """
    if parsed(value) is not None:
        yield value
        return
    for shape in resource_formats(action):
        fields = shape.split(":", _FIELDS - 1)
        if len(fields) < _FIELDS:
            yield literal("*")
            continue
        before, name, after = _around_name(fields[-1])
        region, account = ("*" if field else "" for field in fields[3:5])
        yield joined((f"arn:*:{fields[2]}:{region}:{account}:", before, resource_name(value) if name else "", after))


def _around_name(resource: str) -> tuple[str, bool, str]:
    """Return the text before the first placeholder, whether a placeholder exists, and the text after it.

    In the text after the first placeholder, `*` replaces each further placeholder.
    """
    match = _PLACEHOLDER.search(resource)
    if match is None:
        return resource, False, ""
    return resource[: match.start()], True, _PLACEHOLDER.sub("*", resource[match.end() :])


def _is_opaque(value: Text) -> bool:
    """Return whether the whole value is unknown. Such a value may be an ARN."""
    return len(value.parts) == 1 and is_symbol(value.parts[0])


def _suffixes(types: tuple[ResourceType, ...], part: str) -> list[str]:
    if part and ResourceType.INDEX in types:
        suffix = "/index/*" if part in (_INDEX_PART, ANYWHERE) else f"/index/{part}"
        return ["", suffix] if part == ANYWHERE else [suffix]
    return [_PART_OF.get(types[0], "")] if types else [""]
