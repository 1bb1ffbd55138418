"""Define the objects of boto3 and botocore as abstract values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import AbstractValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.values.abstract_values import Value

__all__ = [
    "SDK_VALUES",
    "SdkBatchWriter",
    "SdkClient",
    "SdkCollection",
    "SdkMeta",
    "SdkPaginator",
    "SdkResource",
    "SdkResponse",
    "SdkSession",
    "SdkValue",
    "SdkWaiter",
]


class SdkValue(AbstractValue):
    """Base class of the objects of the SDK."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class SdkSession(SdkValue):
    """`boto3.Session()`, or another object that makes clients."""


@dataclass(frozen=True, slots=True)
class SdkClient(SdkValue):
    """`boto3.client(service)`."""

    service: str


@dataclass(frozen=True, slots=True)
class SdkResource(SdkValue):
    """`boto3.resource(service)`, or one of its objects, such as a table.

    Attributes:
        kind: the kind of the object ("Table"), or "" for the service itself.
        identifiers: the values that identify the object, e.g. (("Name", value),).
        loaded: whether the object came with its attributes. If so, the code does not call AWS to read an attribute.
    """

    service: str
    kind: str = ""
    identifiers: tuple[tuple[str, Value], ...] = ()
    loaded: bool = False


@dataclass(frozen=True, slots=True)
class SdkCollection(SdkValue):
    """A collection of a resource: `bucket.objects`. `listed` is true once the code has listed its members."""

    parent: SdkResource
    name: str
    listed: bool = False


@dataclass(frozen=True, slots=True)
class SdkPaginator(SdkValue):
    """`client.get_paginator(...)`."""

    service: str
    operation: str


@dataclass(frozen=True, slots=True)
class SdkWaiter(SdkValue):
    """`client.get_waiter(...)`."""

    service: str
    operation: str


@dataclass(frozen=True, slots=True)
class SdkBatchWriter(SdkValue):
    """`table.batch_writer()`."""

    table: SdkResource


@dataclass(frozen=True, slots=True)
class SdkMeta(SdkValue):
    """`client.meta`, `resource.meta`."""

    service: str


@dataclass(frozen=True, slots=True)
class SdkResponse(SdkValue):
    """The response to a call.

    `named` is the argument of the call that contained the name of the resource. URLs and ARNs in the response name the
    same resource.
    """

    named: Value


SDK_VALUES: tuple[type[SdkValue], ...] = (
    SdkBatchWriter,
    SdkClient,
    SdkCollection,
    SdkMeta,
    SdkPaginator,
    SdkResource,
    SdkResponse,
    SdkSession,
    SdkWaiter,
)
"""Every kind of value of the SDK."""
