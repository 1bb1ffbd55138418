"""Read botocore's and boto3's descriptions of each service: methods, operations, waiters, shapes."""

from __future__ import annotations

import gzip
import re
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson
from botocore import xform_name

__all__ = ["ServiceModel", "resource_models", "service_model"]

_DATED = re.compile(r"\d{4}_\d{2}_\d{2}$")  # CreateInvalidation2020_05_31
_API = "service-2.json"


class ServiceModel:
    """One service, e.g. "dynamodb", as botocore describes it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self._folder = folder

    @cached_property
    def _model(self) -> dict[str, Any]:
        return _read(self._folder, _API)

    @cached_property
    def operations(self) -> dict[str, str]:
        """The operation of each method of the client: "put_item" is "PutItem"."""
        return {xform_name(_DATED.sub("", name)): name for name in self._model.get("operations", {})}

    @cached_property
    def waiters(self) -> dict[str, str]:
        """The operation of each waiter, by the name that `get_waiter` takes and by the waiter's own name."""
        found = {}
        for name, waiter in _read(self._folder, "waiters-2.json").get("waiters", {}).items():
            found[name] = found[xform_name(name)] = str(waiter.get("operation", ""))
        return found

    @property
    def signing_name(self) -> str:
        """The service name in the signature of a request, which usually is the prefix of the service's IAM actions."""
        metadata = self._model.get("metadata", {})
        return str(metadata.get("signingName") or metadata.get("endpointPrefix") or self.name)

    def http_method(self, operation: str) -> str:
        """Return the HTTP method of an operation. The IAM actions of API Gateway have the names of HTTP methods."""
        return str(self._model.get("operations", {}).get(operation, {}).get("http", {}).get("method", "GET"))

    def attributes(self, shape: str) -> frozenset[str]:
        """Return the members of a shape, by the names of the attributes of resources."""
        return frozenset(xform_name(name) for name in self._model.get("shapes", {}).get(shape, {}).get("members", {}))


@cache
def service_model(name: str) -> ServiceModel | None:
    """Return the service for which `boto3.client(name)` makes a client, or None."""
    folder = _latest("botocore", name)
    return ServiceModel(name, folder) if folder is not None and _has(folder, _API) else None


@cache
def resource_models(name: str) -> dict[str, Any]:
    """Return the description of `boto3.resource(name)`, or an empty dict if boto3 has no such resource."""
    folder = _latest("boto3", name)
    return _read(folder, "resources-1.json") if folder is not None else {}


@cache
def _data(package: str) -> Path | None:
    spec = find_spec(package)
    locations = spec.submodule_search_locations if spec is not None else None
    return Path(next(iter(locations)), "data") if locations else None


def _latest(package: str, service: str) -> Path | None:
    data = _data(package)
    if data is None or not re.fullmatch(r"[a-z0-9-]+", service):
        return None
    folder = data / service
    versions = sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
    return versions[-1] if versions else None


def _has(folder: Path, name: str) -> bool:
    return (folder / f"{name}.gz").is_file() or (folder / name).is_file()


def _read(folder: Path, name: str) -> dict[str, Any]:
    packed, plain = folder / f"{name}.gz", folder / name
    try:
        content = gzip.decompress(packed.read_bytes()) if packed.is_file() else plain.read_bytes()
    except FileNotFoundError:
        return {}
    found = orjson.loads(content)
    return found if isinstance(found, dict) else {}
