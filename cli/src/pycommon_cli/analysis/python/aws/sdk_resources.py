"""Handle resources and collections of boto3: the attributes, and the operations that the methods call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.aws.boto3_resource_models import made_by, request_parameters, resource_kind
from pycommon_cli.analysis.python.aws.managed_transfers import TRANSFERS
from pycommon_cli.analysis.python.aws.sdk_values import (
    SdkBatchWriter,
    SdkCollection,
    SdkResource,
)
from pycommon_cli.analysis.python.values.abstract_values import NOTHING, UNKNOWN, Value, join, one
from pycommon_cli.analysis.python.values.code_contexts import BoundMethod

if TYPE_CHECKING:
    import ast
    from typing import Any

    from pycommon_cli.analysis.python.aws.aws_call_effects import AwsCallRecorder, MakesLists, RunningCode
    from pycommon_cli.analysis.python.aws.boto3_resource_models import ResourceKind
    from pycommon_cli.analysis.python.values.call_arguments import Call

__all__ = ["SdkResources"]

_TRANSFERRING = {"Bucket": ("Bucket",), "Object": ("Bucket", "Key"), "ObjectSummary": ("Bucket", "Key")}
_LISTING = frozenset({"all", "filter", "iterator", "limit", "page_size", "pages"})
_NAMING = re.compile(r"(?:Url|URL|Arn|ARN|Name|Names)$")


class SdkResources:
    """Handles the attributes and methods of resources, and the methods of collections."""

    __slots__ = ("_code", "_lists", "_recorder")

    def __init__(self, code: RunningCode, lists: MakesLists, recorder: AwsCallRecorder) -> None:
        self._code = code
        self._lists = lists
        self._recorder = recorder

    # Resources

    def attribute(self, resource: SdkResource, name: str, node: ast.expr) -> Value:
        """Return the value of `resource.name`."""
        kind = resource_kind(resource.service, resource.kind)
        if kind is None:
            return UNKNOWN
        if name in kind.identifiers:
            return dict(resource.identifiers).get(kind.identifiers[name], UNKNOWN)
        if name in kind.collections:
            return one(SdkCollection(resource, name))
        if name in kind.references:
            return one(_made(resource, kind.references[name], None, {}))
        if name in kind.attributes and name not in kind.actions:
            return self._loaded_attribute(resource, kind, name, node)
        return one(BoundMethod(resource, name)) if _has_method(resource, kind, name) else UNKNOWN

    def call_method(self, resource: SdkResource, name: str, call: Call) -> Value:  # noqa: PLR0911 - one for each kind of method
        """Return the value of `resource.name(...)`."""
        kind = resource_kind(resource.service, resource.kind)
        if kind is None:
            return UNKNOWN
        if name in TRANSFERS and resource.kind in _TRANSFERRING:
            names = _TRANSFERRING[resource.kind]
            values = [value for _, value in resource.identifiers] or [UNKNOWN] * len(names)
            return self._recorder.record_transfer(name, call, dict(zip(names, values, strict=False)))
        if name == "batch_writer":
            return one(SdkBatchWriter(resource))
        if name in ("load", "reload"):
            if kind.load:
                self._record(resource, kind.load, None, call)
            return UNKNOWN
        if name in kind.waiters:
            operation, definition = kind.waiters[name]
            parameters = request_parameters(definition, resource, call)
            return self._recorder.record(resource.service, operation, parameters, call.place)
        if name in kind.subresources:
            return one(_made(resource, kind.subresources[name], call, {}))
        action = kind.actions.get(name)
        return UNKNOWN if action is None else self._call_action(resource, action, call)

    def _loaded_attribute(self, resource: SdkResource, kind: ResourceKind, name: str, node: ast.expr) -> Value:
        """Return an attribute that boto3 loads from AWS.

        Record the call that loads the resource, unless the attributes came with a list of resources.
        """
        parameters = request_parameters(kind.load, resource, None) if kind.load else {}
        if kind.load and not resource.loaded:
            self._recorder.record(resource.service, kind.load["operation"], parameters, self._code.place(node))
        is_name = _NAMING.search(name.title().replace("_", ""))
        named = join(*(value for _, value in resource.identifiers)) if is_name else NOTHING
        return named or UNKNOWN

    def _call_action(self, resource: SdkResource, action: dict[str, Any], call: Call) -> Value:
        parameters = request_parameters(action["request"], resource, call)
        response = self._recorder.record(resource.service, action["request"]["operation"], parameters, call.place)
        definition = action.get("resource")
        if not definition:
            return response
        made = _made(resource, definition, call, parameters, loaded="path" in definition)
        several = "[]" in str(definition.get("path", "")) or any(
            "[]" in str(each.get("path", "")) for each in definition.get("identifiers", ())
        )
        return one(self._lists.sequence(call.node, [], one(made))) if several else one(made)

    def _record(self, resource: SdkResource, request: dict[str, Any], arguments: Call | None, call: Call) -> None:
        parameters = request_parameters(request, resource, arguments)
        self._recorder.record(resource.service, request["operation"], parameters, call.place)

    # Collections

    def call_collection(self, collection: SdkCollection, name: str, call: Call) -> Value:
        """Return the value of `collection.name(...)`."""
        parent = collection.parent
        kind = resource_kind(parent.service, parent.kind)
        definition = kind.collections.get(collection.name) if kind is not None else None
        if definition is None:
            return UNKNOWN
        if name in _LISTING:
            if not collection.listed:
                self._record(parent, definition["request"], call, call)
            listed = one(SdkCollection(parent, collection.name, listed=True))
            if name != "pages":
                return listed
            return one(self._lists.sequence(call.node, [], self.members_of(collection)))
        members = resource_kind(parent.service, str(definition.get("resource", {}).get("type", "")))
        batch = members.batch_actions.get(name) if members is not None else None
        if batch is None:
            return UNKNOWN
        if not collection.listed:
            self._record(parent, definition["request"], call, call)
        for member in self.members_of(collection):
            if isinstance(member, SdkResource):
                self._record(member, batch["request"], call, call)
        return UNKNOWN

    def members_of(self, collection: SdkCollection) -> Value:
        """Return the resources of a collection. The attributes of these resources came with the list."""
        parent = collection.parent
        kind = resource_kind(parent.service, parent.kind)
        definition = kind.collections[collection.name] if kind is not None else {}
        made = definition.get("resource")
        return one(_made(parent, made, None, {}, loaded=True)) if made else UNKNOWN


def _has_method(resource: SdkResource, kind: ResourceKind, name: str) -> bool:
    return (
        name in kind.actions
        or name in kind.subresources
        or name in kind.waiters
        or name in ("load", "reload", "batch_writer")
        or (name in TRANSFERS and resource.kind in _TRANSFERRING)
    )


def _made(
    resource: SdkResource,
    definition: dict[str, Any],
    call: Call | None,
    parameters: dict[str, Value],
    *,
    loaded: bool = False,
) -> SdkResource:
    """Return the resource that a method or reference of `resource` makes."""
    identifiers = made_by(definition, resource, call, parameters)
    return SdkResource(resource.service, str(definition.get("type", "")), identifiers, loaded)
