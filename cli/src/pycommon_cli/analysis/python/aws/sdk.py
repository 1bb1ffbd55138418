"""What code does with boto3's objects: which of them it makes, and which operations it calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.aws.sdk_values import (
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
from pycommon_cli.analysis.python.aws.sdk_clients import Clients
from pycommon_cli.analysis.python.aws.powertools_calls import POWERTOOLS
from pycommon_cli.analysis.python.aws.boto3_resource_models import resource_kind
from pycommon_cli.analysis.python.aws.sdk_resources import Resources
from pycommon_cli.analysis.python.aws.service_models import service_model
from pycommon_cli.analysis.python.abstract_values import UNKNOWN, Bound, Value, one, texts

if TYPE_CHECKING:
    import ast

    from pycommon_cli.analysis.python.interpreter.call_arguments import Call
    from pycommon_cli.analysis.python.interpreter.attributes import Objects

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
_STUBS = re.compile(r"(?:mypy_boto3|types_boto3|types_aiobotocore|types_aioboto3)_([a-z0-9_]+)\.")
_NAMING = re.compile(r"(?:Url|URL|Arn|ARN|Name|Names)$")


class Sdk(Clients, Resources):
    """The AWS SDK, to the interpreter."""

    # What there is

    def attribute(self, machine: Objects, atom: SdkAtom, name: str, node: ast.expr) -> Value:
        """`atom.name`."""
        if name == "meta":
            return one(Meta(atom.service)) if isinstance(atom, Client | Resource) else UNKNOWN
        match atom:
            case Client():
                return one(Bound(atom, name)) if self.has_method(atom, name) else UNKNOWN
            case Meta():
                return one(Client(atom.service)) if name == "client" else UNKNOWN
            case Resource():
                return self.of_resource(machine, atom, name, node)
        return one(Bound(atom, name))

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
            return self.members_of_collection(atom)
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
            self.emit(machine, service, operation, parameters, call.place)
        return UNKNOWN

    def call_method(self, machine: Objects, receiver: SdkAtom, name: str, call: Call) -> Value:  # noqa: PLR0911 - one for each kind of value
        """`receiver.name(...)`."""
        match receiver:
            case Session():
                return self._made_by_session(name, call)
            case Client():
                return self.call_client(machine, receiver, name, call)
            case Resource():
                return self.call_resource(machine, receiver, name, call)
            case Collection():
                return self.call_collection(machine, receiver, name, call)
            case Paginator() | Waiter():
                if name not in ("paginate", "wait"):
                    return UNKNOWN
                return self.emit(machine, receiver.service, receiver.operation, call.keywords, call.place)
            case BatchWriter():
                return self.write(machine, receiver, call) if name in ("put_item", "delete_item") else UNKNOWN
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
