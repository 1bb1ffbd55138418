"""What code does with boto3's objects: which of them it makes, and which operations it calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pycommon.check.code.aws.atoms import (
    BatchWriter,
    Client,
    Collection,
    Meta,
    Paginator,
    Resource,
    Response,
    SdkAtom,
    Session,
    Waiter,
)
from pycommon.check.code.aws.powertools import POWERTOOLS
from pycommon.check.code.aws.resource_objects import made_by, request_parameters, resource_kind
from pycommon.check.code.aws.service_models import service_model
from pycommon.check.code.aws.transfers import TRANSFERS
from pycommon.check.code.aws.uses import named_by, uses_of
from pycommon.check.code.effects import Use
from pycommon.check.code.values import NOTHING, UNKNOWN, Bound, Const, Mapping, Value, join, one, texts, variables_of

if TYPE_CHECKING:
    import ast

    from pycommon.check.code.aws.resource_objects import ResourceKind
    from pycommon.check.code.interpreter.call import Call
    from pycommon.check.code.interpreter.objects import Objects
    from pycommon.check.facts import Place

__all__ = ["Sdk"]

_SESSIONS = frozenset(
    {
        "aiobotocore.session.AioSession",
        "aiobotocore.session.get_session",
        "aioboto3.Session",
        "aioboto3.session.Session",
        "boto3.Session",
        "boto3.session.Session",
        "botocore.session.Session",
        "botocore.session.get_session",
    }
)
_MODULES = ("boto3", "aioboto3")
_OF_CLIENTS = frozenset(
    {"can_paginate", "generate_presigned_post", "generate_presigned_url", "get_paginator", "get_waiter", *TRANSFERS}
)
_TRANSFERRING = {"Bucket": ("Bucket",), "Object": ("Bucket", "Key"), "ObjectSummary": ("Bucket", "Key")}
_LISTING = frozenset({"all", "filter", "iterator", "limit", "page_size", "pages"})
_STUBS = re.compile(r"(?:mypy_boto3|types_boto3|types_aiobotocore|types_aioboto3)_([a-z0-9_]+)\.")
_NAMING = re.compile(r"(?:Url|URL|Arn|ARN|Name|Names)$")


class Sdk:
    """The AWS SDK, to the interpreter."""

    # What there is

    def attribute(self, machine: Objects, atom: SdkAtom, name: str, node: ast.expr) -> Value:
        """`atom.name`."""
        if name == "meta":
            return one(Meta(atom.service)) if isinstance(atom, Client | Resource) else UNKNOWN
        match atom:
            case Client():
                return one(Bound(atom, name)) if self._has_method(atom, name) else UNKNOWN
            case Meta():
                return one(Client(atom.service)) if name == "client" else UNKNOWN
            case Resource():
                return self._of_resource(machine, atom, name, node)
        return one(Bound(atom, name))

    def _has_method(self, client: Client, name: str) -> bool:
        model = service_model(client.service)
        return model is not None and (name in model.operations or name in _OF_CLIENTS)

    def _of_resource(self, machine: Objects, resource: Resource, name: str, node: ast.expr) -> Value:
        kind = resource_kind(resource.service, resource.kind)
        if kind is None:
            return UNKNOWN
        if name in kind.identifiers:
            return dict(resource.identifiers).get(kind.identifiers[name], UNKNOWN)
        if name in kind.collections:
            return one(Collection(resource, name))
        if name in kind.references:
            return one(self._made(resource, kind.references[name], None, {}))
        if name in kind.attributes and name not in kind.actions:
            return self._loaded(machine, resource, kind, name, node)
        return one(Bound(resource, name)) if self._has_action(resource, kind, name) else UNKNOWN

    def _has_action(self, resource: Resource, kind: ResourceKind, name: str) -> bool:
        return (
            name in kind.actions
            or name in kind.subresources
            or name in kind.waiters
            or name in ("load", "reload", "batch_writer")
            or (name in TRANSFERS and resource.kind in _TRANSFERRING)
        )

    def _loaded(self, machine: Objects, resource: Resource, kind: ResourceKind, name: str, node: ast.expr) -> Value:
        """An attribute that a resource has to be asked for first, unless it came with a list."""
        parameters = request_parameters(kind.load, resource, None) if kind.load else {}
        if kind.load and not resource.loaded:
            self._emit(machine, resource.service, kind.load["operation"], parameters, machine.place(node))
        named = (
            join(*(value for _, value in resource.identifiers))
            if _NAMING.search(name.title().replace("_", ""))
            else NOTHING
        )
        return frozenset(named) or UNKNOWN

    def item(self, atom: SdkAtom, key: Value) -> Value:
        """`atom[key]`: of an answer, the URL or ARN of what was asked for."""
        if isinstance(atom, Response):
            names = texts(key)
            if names and all(_NAMING.search(name) for name in names):
                return atom.named or UNKNOWN
            return one(atom)
        return UNKNOWN

    def members_of(self, atom: SdkAtom) -> Value:
        """What iterating over it gives."""
        if isinstance(atom, Collection):
            kind = resource_kind(atom.parent.service, atom.parent.kind)
            definition = kind.collections[atom.name] if kind is not None else {}
            made = definition.get("resource")
            return one(self._made(atom.parent, made, None, {}, loaded=True)) if made else UNKNOWN
        return one(atom) if isinstance(atom, Response) else UNKNOWN

    def entered(self, atom: SdkAtom) -> Value:
        """`with atom as ...`: itself."""
        return one(atom)

    def of_type(self, name: str) -> Value:
        """What an annotation names, of the type stubs of boto3: "mypy_boto3_s3.client.S3Client"."""
        match = _STUBS.match(name)
        if match is None:
            return UNKNOWN
        service = match[1].replace("_", "-").removesuffix("-")
        last = name.rpartition(".")[2]
        if service_model(service) is None:
            return UNKNOWN
        if last.endswith("Client"):
            return one(Client(service))
        if last.endswith("ServiceResource"):
            return one(Resource(service))
        return one(Resource(service, last)) if resource_kind(service, last) is not None else UNKNOWN

    # What is called

    def call_external(self, machine: Objects, name: str, call: Call) -> Value | None:
        """A function of the SDK's modules, or one that calls AWS itself; None for any other."""
        if name in _SESSIONS:
            return one(Session())
        module, _, function = name.rpartition(".")
        if module in _MODULES and function in ("client", "resource"):
            return self.call_method(machine, Session(), function, call)
        known = POWERTOOLS.get(name)
        if known is None:
            return None
        for service, operation, parameters in known(machine, call):
            self._emit(machine, service, operation, parameters, call.place)
        return UNKNOWN

    def call_method(self, machine: Objects, receiver: SdkAtom, name: str, call: Call) -> Value:  # noqa: PLR0911 - one for each kind of value
        """`receiver.name(...)`."""
        match receiver:
            case Session():
                return self._made_by_session(name, call)
            case Client():
                return self._call_client(machine, receiver, name, call)
            case Resource():
                return self._call_resource(machine, receiver, name, call)
            case Collection():
                return self._call_collection(machine, receiver, name, call)
            case Paginator() | Waiter():
                if name not in ("paginate", "wait"):
                    return UNKNOWN
                return self._emit(machine, receiver.service, receiver.operation, call.keywords, call.place)
            case BatchWriter():
                return self._write(machine, receiver, call) if name in ("put_item", "delete_item") else UNKNOWN
            case Response() if name == "get":
                return self.item(receiver, call.given(0))
        return one(receiver) if isinstance(receiver, Response) else UNKNOWN

    def _made_by_session(self, name: str, call: Call) -> Value:
        services = texts(call.given(0, "service_name"))
        if name in ("client", "create_client"):
            return frozenset(Client(service) for service in services) or UNKNOWN
        if name == "resource":
            return frozenset(Resource(service) for service in services) or UNKNOWN
        return UNKNOWN

    def _call_client(self, machine: Objects, client: Client, name: str, call: Call) -> Value:  # noqa: PLR0911 - each method
        model = service_model(client.service)
        if model is None:
            return UNKNOWN
        if name in TRANSFERS and client.service == "s3":
            return self._transfer(machine, name, call, {})
        if name == "get_paginator":
            asked = texts(call.given(0, "operation_name"))
            return (
                frozenset(
                    Paginator(client.service, model.operations[each]) for each in asked if each in model.operations
                )
                or UNKNOWN
            )
        if name == "get_waiter":
            asked = texts(call.given(0, "waiter_name"))
            return (
                frozenset(Waiter(client.service, model.waiters[each]) for each in asked if each in model.waiters)
                or UNKNOWN
            )
        if name == "generate_presigned_url":
            return self._presigned(machine, client, call)
        if name == "generate_presigned_post":
            given = {"Bucket": call.given(0, "Bucket"), "Key": call.given(1, "Key")}
            return self._emit(machine, client.service, "PutObject", given, call.place)
        operation = model.operations.get(name)
        return (
            UNKNOWN if operation is None else self._emit(machine, client.service, operation, call.keywords, call.place)
        )

    def _presigned(self, machine: Objects, client: Client, call: Call) -> Value:
        model = service_model(client.service)
        parameters: dict[str, Value] = {}
        for atom in call.given(1, "Params"):
            if isinstance(atom, Mapping):
                atom.readers.add(machine.current)
                parameters |= {str(key.value): value for key, value in atom.entries.items() if isinstance(key, Const)}
        for method in texts(call.given(0, "ClientMethod")):
            operation = model.operations.get(method) if model is not None else None
            if operation is not None:
                self._emit(machine, client.service, operation, parameters, call.place)
        return UNKNOWN

    def _transfer(self, machine: Objects, name: str, call: Call, given: dict[str, Value]) -> Value:
        transfer = TRANSFERS[name]
        parameters = transfer.parameters(call, given)
        for operation in transfer.operations:
            self._emit(machine, "s3", operation, parameters, call.place)
        for operation in transfer.seldom:
            self._emit(machine, "s3", operation, parameters, call.place, conditional=True)
        return UNKNOWN

    def _call_resource(self, machine: Objects, resource: Resource, name: str, call: Call) -> Value:  # noqa: PLR0911 - each
        kind = resource_kind(resource.service, resource.kind)
        if kind is None:
            return UNKNOWN
        if name in TRANSFERS and resource.kind in _TRANSFERRING:
            names = _TRANSFERRING[resource.kind]
            values = [value for _, value in resource.identifiers] or [UNKNOWN] * len(names)
            return self._transfer(machine, name, call, dict(zip(names, values, strict=False)))
        if name == "batch_writer":
            return one(BatchWriter(resource))
        if name in ("load", "reload"):
            if kind.load:
                self._emit(
                    machine,
                    resource.service,
                    kind.load["operation"],
                    request_parameters(kind.load, resource, None),
                    call.place,
                )
            return UNKNOWN
        if name in kind.waiters:
            operation, definition = kind.waiters[name]
            return self._emit(
                machine, resource.service, operation, request_parameters(definition, resource, call), call.place
            )
        if name in kind.subresources:
            return one(self._made(resource, kind.subresources[name], call, {}))
        action = kind.actions.get(name)
        if action is None:
            return UNKNOWN
        parameters = request_parameters(action["request"], resource, call)
        answer = self._emit(machine, resource.service, action["request"]["operation"], parameters, call.place)
        made = action.get("resource")
        if not made:
            return answer
        atom = self._made(resource, made, call, parameters, loaded="path" in made)
        several = "[]" in str(made.get("path", "")) or any(
            "[]" in str(each.get("path", "")) for each in made.get("identifiers", ())
        )
        return one(machine.sequence(call.node, [], one(atom))) if several else one(atom)

    def _call_collection(self, machine: Objects, collection: Collection, name: str, call: Call) -> Value:
        kind = resource_kind(collection.parent.service, collection.parent.kind)
        definition = kind.collections.get(collection.name) if kind is not None else None
        if definition is None:
            return UNKNOWN
        parent = collection.parent
        parameters = request_parameters(definition["request"], parent, call)
        if name in _LISTING:
            if not collection.listed:
                self._emit(machine, parent.service, definition["request"]["operation"], parameters, call.place)
            listed = Collection(parent, collection.name, listed=True)
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
            self._emit(machine, parent.service, definition["request"]["operation"], parameters, call.place)
        for atom in self.members_of(collection):
            if isinstance(atom, Resource):
                own = request_parameters(batch["request"], atom, call)
                self._emit(machine, parent.service, batch["request"]["operation"], own, call.place)
        return UNKNOWN

    def _made(
        self,
        resource: Resource,
        definition: dict[str, object],
        call: Call | None,
        parameters: dict[str, Value],
        *,
        loaded: bool = False,
    ) -> Resource:
        identifiers = made_by(definition, resource, call, parameters)
        return Resource(resource.service, str(definition.get("type", "")), identifiers, loaded)

    def _write(self, machine: Objects, writer: BatchWriter, call: Call) -> Value:
        """A batch writer gathers what it is given, and sends it by BatchWriteItem."""
        for variable in variables_of(join(*(value for _, value in writer.table.identifiers))) or (None,):
            use = Use("dynamodb", "BatchWriteItem", ("dynamodb:BatchWriteItem",), variable)
            machine.current.effects.uses[use, call.place] = None
        return UNKNOWN

    def _emit(  # noqa: PLR0913 - what a call of AWS is made of
        self,
        machine: Objects,
        service: str,
        operation: str,
        parameters: dict[str, Value],
        place: Place,
        *,
        conditional: bool = False,
    ) -> Value:
        """Note a call of AWS, and give its answer."""
        model = service_model(service)
        if model is None or not operation:
            return UNKNOWN
        for use in uses_of(model, operation, parameters):
            noted = (
                Use(use.service, use.operation, use.actions, use.variable, use.part, conditional)
                if conditional
                else use
            )
            machine.current.effects.uses[noted, place] = None
        return one(Response(named_by(parameters)))
