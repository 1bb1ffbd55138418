"""The objects of boto3 and botocore, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import Atom

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.abstract_values import Value

__all__ = [
    "BatchWriter",
    "Client",
    "Collection",
    "Meta",
    "Paginator",
    "Resource",
    "Response",
    "SdkAtom",
    "Session",
    "Waiter",
]


class SdkAtom(Atom):
    """Base of them all."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Session(SdkAtom):
    """`boto3.Session()`, and what else makes clients."""


@dataclass(frozen=True, slots=True)
class Client(SdkAtom):
    """`boto3.client(service)`."""

    service: str


@dataclass(frozen=True, slots=True)
class Resource(SdkAtom):
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
class Collection(SdkAtom):
    """Objects of a kind that a resource has many of: `bucket.objects`. `listed` once a method of it was called."""

    parent: Resource
    name: str
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Paginator(SdkAtom):
    """`client.get_paginator(...)`."""

    service: str
    operation: str


@dataclass(frozen=True, slots=True)
class Waiter(SdkAtom):
    """`client.get_waiter(...)`."""

    service: str
    operation: str


@dataclass(frozen=True, slots=True)
class BatchWriter(SdkAtom):
    """`table.batch_writer()`."""

    table: Resource


@dataclass(frozen=True, slots=True)
class Meta(SdkAtom):
    """`client.meta`, `resource.meta`."""

    service: str


@dataclass(frozen=True, slots=True)
class Response(SdkAtom):
    """What a call returned; `named` is what the call named its resource by, so that URLs and ARNs in it are told."""

    named: Value
