"""Handle the AWS SDK: the SDK's objects that the code makes, and the operations that the code calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.aws.aws_call_effects import AwsCallRecorder
from pycommon_cli.analysis.python.aws.boto3_resource_models import resource_kind
from pycommon_cli.analysis.python.aws.powertools_calls import POWERTOOLS
from pycommon_cli.analysis.python.aws.sdk_clients import SdkClients
from pycommon_cli.analysis.python.aws.sdk_resources import SdkResources
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
from pycommon_cli.analysis.python.values.abstract_values import UNKNOWN, Value, one, texts
from pycommon_cli.analysis.python.values.code_contexts import BoundMethod

if TYPE_CHECKING:
    import ast

    from pycommon_cli.analysis.python.aws.aws_call_effects import MakesLists, RunningCode
    from pycommon_cli.analysis.python.values.call_arguments import Call

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


class Sdk:
    """Answers what attributes, items and calls of the AWS SDK's objects return, and records the calls of AWS."""

    __slots__ = ("_clients", "_lists", "_recorder", "_resources")

    def __init__(self, code: RunningCode, lists: MakesLists) -> None:
        """Make the SDK. It records the calls of AWS for `code`, and `lists` makes the lists that calls return."""
        self._lists = lists
        self._recorder = AwsCallRecorder(code)
        self._clients = SdkClients(code, self._recorder)
        self._resources = SdkResources(code, lists, self._recorder)

    # Values

    def attribute(self, receiver: SdkValue, name: str, node: ast.expr) -> Value:
        """Return the value of `receiver.name`."""
        if name == "meta":
            return one(SdkMeta(receiver.service)) if isinstance(receiver, SdkClient | SdkResource) else UNKNOWN
        match receiver:
            case SdkClient():
                return one(BoundMethod(receiver, name)) if self._clients.has_method(receiver, name) else UNKNOWN
            case SdkMeta():
                return one(SdkClient(receiver.service)) if name == "client" else UNKNOWN
            case SdkResource():
                return self._resources.attribute(receiver, name, node)
        return one(BoundMethod(receiver, name))

    def item(self, container: SdkValue, key: Value) -> Value:
        """Return the value of `container[key]`. A URL or ARN in a response names the same resource as the request."""
        if isinstance(container, SdkResponse):
            names = texts(key)
            if names and all(_NAMING.search(name) for name in names):
                return container.named or UNKNOWN
            return one(container)
        return UNKNOWN

    def members_of(self, container: SdkValue) -> Value:
        """Return the members that a loop over `container` iterates over."""
        if isinstance(container, SdkCollection):
            return self._resources.members_of(container)
        return one(container) if isinstance(container, SdkResponse) else UNKNOWN

    def of_type(self, name: str) -> Value:
        """Return the client or resource that an annotation of boto3's type stubs names.

        Example:
            "mypy_boto3_s3.client.S3Client" is the type of a client of S3.
        """
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

    # Calls

    def call_external(self, name: str, call: Call) -> Value | None:
        """Return the value of a function of the SDK or of Powertools, or None for any other function."""
        if name in _SESSIONS:
            return one(SdkSession())
        module, _, function = name.rpartition(".")
        if module in _MODULES and function in ("client", "resource"):
            return _made_by_session(function, call)
        known = POWERTOOLS.get(name)
        if known is None:
            return None
        for service, operation, parameters in known(self._lists, call):
            self._recorder.record(service, operation, parameters, call.place)
        return UNKNOWN

    def call_method(self, receiver: SdkValue, name: str, call: Call) -> Value:  # noqa: PLR0911 - one for each kind of value
        """Return the value of `receiver.name(...)`."""
        match receiver:
            case SdkSession():
                return _made_by_session(name, call)
            case SdkClient():
                return self._clients.call_method(receiver, name, call)
            case SdkResource():
                return self._resources.call_method(receiver, name, call)
            case SdkCollection():
                return self._resources.call_collection(receiver, name, call)
            case SdkPaginator() | SdkWaiter():
                if name not in ("paginate", "wait"):
                    return UNKNOWN
                return self._recorder.record(receiver.service, receiver.operation, call.keywords, call.place)
            case SdkBatchWriter():
                if name not in ("put_item", "delete_item"):
                    return UNKNOWN
                return self._recorder.record_batch_write(receiver, call.place)
            case SdkResponse() if name == "get":
                return self.item(receiver, call.given(0))
        return one(receiver) if isinstance(receiver, SdkResponse) else UNKNOWN


def _made_by_session(name: str, call: Call) -> Value:
    services = texts(call.given(0, "service_name"))
    if name in ("client", "create_client"):
        return frozenset(SdkClient(service) for service in services) or UNKNOWN
    if name == "resource":
        return frozenset(SdkResource(service) for service in services) or UNKNOWN
    return UNKNOWN
