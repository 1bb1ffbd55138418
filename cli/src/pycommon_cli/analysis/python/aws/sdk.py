"""What code does with boto3's objects: which of them it makes, and which operations it calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import UNKNOWN, BoundMethod, Value, one, texts
from pycommon_cli.analysis.python.aws.boto3_resource_models import resource_kind
from pycommon_cli.analysis.python.aws.powertools_calls import POWERTOOLS
from pycommon_cli.analysis.python.aws.sdk_clients import SdkClientCalls
from pycommon_cli.analysis.python.aws.sdk_resources import SdkResourceCalls
from pycommon_cli.analysis.python.aws.sdk_values import (
    SdkBatchWriter,
    SdkClient,
    SdkCollection,
    SdkMeta,
    SdkPaginator,
    SdkResource,
    SdkResponse,
    SdkSession,
    SdkValue,
    SdkWaiter,
)
from pycommon_cli.analysis.python.aws.service_models import service_model

if TYPE_CHECKING:
    import ast

    from pycommon_cli.analysis.python.interpreter.attributes import Objects
    from pycommon_cli.analysis.python.interpreter.call_arguments import Call

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


class Sdk(SdkClientCalls, SdkResourceCalls):
    """The AWS SDK, to the interpreter."""

    # What there is

    def attribute(self, machine: Objects, atom: SdkValue, name: str, node: ast.expr) -> Value:
        """`atom.name`."""
        if name == "meta":
            return one(SdkMeta(atom.service)) if isinstance(atom, SdkClient | SdkResource) else UNKNOWN
        match atom:
            case SdkClient():
                return one(BoundMethod(atom, name)) if self.has_method(atom, name) else UNKNOWN
            case SdkMeta():
                return one(SdkClient(atom.service)) if name == "client" else UNKNOWN
            case SdkResource():
                return self.of_resource(machine, atom, name, node)
        return one(BoundMethod(atom, name))

    def item(self, atom: SdkValue, key: Value) -> Value:
        """`atom[key]`: of an answer, the URL or ARN of what was asked for."""
        if isinstance(atom, SdkResponse):
            names = texts(key)
            if names and all(_NAMING.search(name) for name in names):
                return atom.named or UNKNOWN
            return one(atom)
        return UNKNOWN

    def members_of(self, atom: SdkValue) -> Value:
        """What iterating over it gives."""
        if isinstance(atom, SdkCollection):
            return self.members_of_collection(atom)
        return one(atom) if isinstance(atom, SdkResponse) else UNKNOWN

    def entered(self, atom: SdkValue) -> Value:
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
            return one(SdkClient(service))
        if last.endswith("ServiceResource"):
            return one(SdkResource(service))
        return one(SdkResource(service, last)) if resource_kind(service, last) is not None else UNKNOWN

    # What is called

    def call_external(self, machine: Objects, name: str, call: Call) -> Value | None:
        """A function of the SDK's modules, or one that calls AWS itself; None for any other."""
        if name in _SESSIONS:
            return one(SdkSession())
        module, _, function = name.rpartition(".")
        if module in _MODULES and function in ("client", "resource"):
            return self.call_method(machine, SdkSession(), function, call)
        known = POWERTOOLS.get(name)
        if known is None:
            return None
        for service, operation, parameters in known(machine, call):
            self.emit(machine, service, operation, parameters, call.place)
        return UNKNOWN

    def call_method(self, machine: Objects, receiver: SdkValue, name: str, call: Call) -> Value:  # noqa: PLR0911 - one for each kind of value
        """`receiver.name(...)`."""
        match receiver:
            case SdkSession():
                return self._made_by_session(name, call)
            case SdkClient():
                return self.call_client(machine, receiver, name, call)
            case SdkResource():
                return self.call_resource(machine, receiver, name, call)
            case SdkCollection():
                return self.call_collection(machine, receiver, name, call)
            case SdkPaginator() | SdkWaiter():
                if name not in ("paginate", "wait"):
                    return UNKNOWN
                return self.emit(machine, receiver.service, receiver.operation, call.keywords, call.place)
            case SdkBatchWriter():
                return self.write(machine, receiver, call) if name in ("put_item", "delete_item") else UNKNOWN
            case SdkResponse() if name == "get":
                return self.item(receiver, call.given(0))
        return one(receiver) if isinstance(receiver, SdkResponse) else UNKNOWN

    def _made_by_session(self, name: str, call: Call) -> Value:
        services = texts(call.given(0, "service_name"))
        if name in ("client", "create_client"):
            return frozenset(SdkClient(service) for service in services) or UNKNOWN
        if name == "resource":
            return frozenset(SdkResource(service) for service in services) or UNKNOWN
        return UNKNOWN
