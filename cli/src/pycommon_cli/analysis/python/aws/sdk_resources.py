"""What boto3's resources and collections have, and what their methods call."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import NOTHING, UNKNOWN, BoundMethod, Value, join, one
from pycommon_cli.analysis.python.aws.aws_call_effects import Emissions
from pycommon_cli.analysis.python.aws.boto3_resource_models import made_by, request_parameters, resource_kind
from pycommon_cli.analysis.python.aws.managed_transfers import TRANSFERS
from pycommon_cli.analysis.python.aws.sdk_values import (
    SdkBatchWriter,
    SdkCollection,
    SdkResource,
)

if TYPE_CHECKING:
    import ast

    from pycommon_cli.analysis.python.aws.boto3_resource_models import ResourceKind
    from pycommon_cli.analysis.python.interpreter.attributes import Objects
    from pycommon_cli.analysis.python.interpreter.call_arguments import Call

__all__ = ["SdkResourceCalls"]

_TRANSFERRING = {"Bucket": ("Bucket",), "Object": ("Bucket", "Key"), "ObjectSummary": ("Bucket", "Key")}
_LISTING = frozenset({"all", "filter", "iterator", "limit", "page_size", "pages"})
_NAMING = re.compile(r"(?:Url|URL|Arn|ARN|Name|Names)$")


class SdkResourceCalls(Emissions):
    """Resources and their collections."""

    def of_resource(self, machine: Objects, resource: SdkResource, name: str, node: ast.expr) -> Value:
        kind = resource_kind(resource.service, resource.kind)
        if kind is None:
            return UNKNOWN
        if name in kind.identifiers:
            return dict(resource.identifiers).get(kind.identifiers[name], UNKNOWN)
        if name in kind.collections:
            return one(SdkCollection(resource, name))
        if name in kind.references:
            return one(self.made(resource, kind.references[name], None, {}))
        if name in kind.attributes and name not in kind.actions:
            return self._loaded(machine, resource, kind, name, node)
        return one(BoundMethod(resource, name)) if self._has_action(resource, kind, name) else UNKNOWN

    def _has_action(self, resource: SdkResource, kind: ResourceKind, name: str) -> bool:
        return (
            name in kind.actions
            or name in kind.subresources
            or name in kind.waiters
            or name in ("load", "reload", "batch_writer")
            or (name in TRANSFERS and resource.kind in _TRANSFERRING)
        )

    def _loaded(self, machine: Objects, resource: SdkResource, kind: ResourceKind, name: str, node: ast.expr) -> Value:
        """An attribute that a resource has to be asked for first, unless it came with a list."""
        parameters = request_parameters(kind.load, resource, None) if kind.load else {}
        if kind.load and not resource.loaded:
            self.emit(machine, resource.service, kind.load["operation"], parameters, machine.place(node))
        named = (
            join(*(value for _, value in resource.identifiers))
            if _NAMING.search(name.title().replace("_", ""))
            else NOTHING
        )
        return frozenset(named) or UNKNOWN

    def call_resource(self, machine: Objects, resource: SdkResource, name: str, call: Call) -> Value:  # noqa: PLR0911 - each
        kind = resource_kind(resource.service, resource.kind)
        if kind is None:
            return UNKNOWN
        if name in TRANSFERS and resource.kind in _TRANSFERRING:
            names = _TRANSFERRING[resource.kind]
            values = [value for _, value in resource.identifiers] or [UNKNOWN] * len(names)
            return self.transfer(machine, name, call, dict(zip(names, values, strict=False)))
        if name == "batch_writer":
            return one(SdkBatchWriter(resource))
        if name in ("load", "reload"):
            if kind.load:
                self.emit(
                    machine,
                    resource.service,
                    kind.load["operation"],
                    request_parameters(kind.load, resource, None),
                    call.place,
                )
            return UNKNOWN
        if name in kind.waiters:
            operation, definition = kind.waiters[name]
            return self.emit(
                machine, resource.service, operation, request_parameters(definition, resource, call), call.place
            )
        if name in kind.subresources:
            return one(self.made(resource, kind.subresources[name], call, {}))
        action = kind.actions.get(name)
        if action is None:
            return UNKNOWN
        parameters = request_parameters(action["request"], resource, call)
        answer = self.emit(machine, resource.service, action["request"]["operation"], parameters, call.place)
        made = action.get("resource")
        if not made:
            return answer
        atom = self.made(resource, made, call, parameters, loaded="path" in made)
        several = "[]" in str(made.get("path", "")) or any(
            "[]" in str(each.get("path", "")) for each in made.get("identifiers", ())
        )
        return one(machine.sequence(call.node, [], one(atom))) if several else one(atom)

    def call_collection(self, machine: Objects, collection: SdkCollection, name: str, call: Call) -> Value:
        kind = resource_kind(collection.parent.service, collection.parent.kind)
        definition = kind.collections.get(collection.name) if kind is not None else None
        if definition is None:
            return UNKNOWN
        parent = collection.parent
        parameters = request_parameters(definition["request"], parent, call)
        if name in _LISTING:
            if not collection.listed:
                self.emit(machine, parent.service, definition["request"]["operation"], parameters, call.place)
            listed = SdkCollection(parent, collection.name, listed=True)
            return (
                one(machine.sequence(call.node, [], machine.members_of(one(listed))))
                if name == "pages"
                else one(listed)
            )
        members = resource_kind(parent.service, str(definition.get("resource", {}).get("type", "")))
        batch = members.batch_actions.get(name) if members is not None else None
        if batch is None:
            return UNKNOWN
        if not collection.listed:
            self.emit(machine, parent.service, definition["request"]["operation"], parameters, call.place)
        for atom in self.members_of_collection(collection):
            if isinstance(atom, SdkResource):
                own = request_parameters(batch["request"], atom, call)
                self.emit(machine, parent.service, batch["request"]["operation"], own, call.place)
        return UNKNOWN

    def members_of_collection(self, collection: SdkCollection) -> Value:
        """The objects that iterating over a collection gives; their attributes came with the list."""
        kind = resource_kind(collection.parent.service, collection.parent.kind)
        definition = kind.collections[collection.name] if kind is not None else {}
        made = definition.get("resource")
        return one(self.made(collection.parent, made, None, {}, loaded=True)) if made else UNKNOWN

    def made(
        self,
        resource: SdkResource,
        definition: dict[str, object],
        call: Call | None,
        parameters: dict[str, Value],
        *,
        loaded: bool = False,
    ) -> SdkResource:
        """`resource.name`."""
        identifiers = made_by(definition, resource, call, parameters)
        return SdkResource(resource.service, str(definition.get("type", "")), identifiers, loaded)
