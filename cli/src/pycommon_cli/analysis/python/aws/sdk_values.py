"""The objects of boto3 and botocore, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import AbstractValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.abstract_values import Value

__all__ = [
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
    """Base of them all."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class SdkSession(SdkValue):
    """`boto3.Session()`, and what else makes clients."""


@dataclass(frozen=True, slots=True)
class SdkClient(SdkValue):
    """`boto3.client(service)`."""

    service: str


@dataclass(frozen=True, slots=True)
class SdkResource(SdkValue):
    """`boto3.resource(service)`, `kind` ""; or one of its objects, such as a "Table".

    Attributes:
        identifiers: what the object is named by, e.g. (("Name", value),).
        loaded: whether its attributes came with it, so that reading one makes no call.
    """

    service: str
    kind: str = ""
    identifiers: tuple[tuple[str, Value], ...] = ()
    loaded: bool = False


@dataclass(frozen=True, slots=True)
class SdkCollection(SdkValue):
    """Objects of a kind that a resource has many of: `bucket.objects`. `listed` once a method of it was called."""

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
    """What a call returned; `named` is what the call named its resource by, so that URLs and ARNs in it are told."""

    named: Value
