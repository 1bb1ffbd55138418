"""Read boto3's description of its resources: the attributes, and the operations that the methods call."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore import xform_name

from pycommon_cli.analysis.python.aws.authorized_actions import named_by
from pycommon_cli.analysis.python.aws.service_models import resource_models, service_model
from pycommon_cli.analysis.python.values.abstract_values import UNKNOWN, const

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.aws.sdk_values import SdkResource
    from pycommon_cli.analysis.python.values.abstract_values import Value
    from pycommon_cli.analysis.python.values.call_arguments import Call

__all__ = ["ResourceKind", "made_by", "request_parameters", "resource_kind"]


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """One kind of resource, with the names that Python code uses.

    Attributes:
        identifiers: the attributes that identify the resource, each with the name of its identifier.
        actions: the methods that make one call of AWS.
        subresources: the methods that make another resource, e.g. "Object" of a bucket.
        references: the attributes that are another resource, e.g. the `bucket` of an object's version.
        collections: the attributes that are collections of resources, e.g. "objects".
        batch_actions: the methods of a collection of resources of this kind.
        waiters: the methods that wait, and the operation that each method repeats.
        load: the call of AWS that loads the attributes, or None if no call is needed.
        attributes: the attributes that this call loads.
    """

    identifiers: dict[str, str]
    actions: dict[str, dict[str, Any]]
    subresources: dict[str, dict[str, Any]]
    references: dict[str, dict[str, Any]]
    collections: dict[str, dict[str, Any]]
    batch_actions: dict[str, dict[str, Any]]
    waiters: dict[str, tuple[str, dict[str, Any]]]
    load: dict[str, Any] | None
    attributes: frozenset[str]


@cache
def resource_kind(service: str, kind: str) -> ResourceKind | None:
    """Return the kind of resource with this name, or the service itself for the name ""."""
    models = resource_models(service)
    definition = models.get("resources", {}).get(kind) if kind else models.get("service")
    if definition is None:
        return None
    related = definition.get("has", {})
    subresources = {name: each["resource"] for name, each in related.items() if not _needs_data(each)}
    if not kind:
        subresources |= {name: _by_input(name, each) for name, each in models.get("resources", {}).items()}
    model = service_model(service)
    waiters = model.waiters if model is not None else {}
    load = definition.get("load", {}).get("request")
    return ResourceKind(
        identifiers=_identifiers(definition),
        actions={xform_name(name): each for name, each in definition.get("actions", {}).items()},
        subresources=subresources,
        references={xform_name(name): each["resource"] for name, each in related.items() if _needs_data(each)},
        collections={xform_name(name): each for name, each in definition.get("hasMany", {}).items()},
        batch_actions={xform_name(name): each for name, each in definition.get("batchActions", {}).items()},
        waiters={
            f"wait_until_{xform_name(name)}": (waiters.get(each.get("waiterName", ""), ""), each)
            for name, each in definition.get("waiters", {}).items()
        },
        load=load or _INJECTED_LOADS.get((service, kind)),
        attributes=model.attributes(definition.get("shape", "")) if model is not None else frozenset(),
    )


_INJECTED_LOADS: dict[tuple[str, str], dict[str, Any]] = {  # boto3 has these calls in its code, not in its data
    ("s3", "Bucket"): {"operation": "ListBuckets"},
    ("s3", "ObjectSummary"): {
        "operation": "HeadObject",
        "params": [
            {"target": "Bucket", "source": "identifier", "name": "BucketName"},
            {"target": "Key", "source": "identifier", "name": "Key"},
        ],
    },
}


def request_parameters(request: dict[str, Any], resource: SdkResource, call: Call | None) -> dict[str, Value]:
    """Return the parameters of a request of `resource`: its identifiers, and the arguments of the call."""
    known = dict(resource.identifiers)
    found: dict[str, Value] = {}
    for parameter in request.get("params", ()):
        target = str(parameter.get("target", ""))
        source = parameter.get("source")
        name = target.partition(".")[0].partition("[")[0]
        if name != target:
            found.setdefault(name, UNKNOWN)
            found[target] = UNKNOWN
        elif source == "identifier":
            found[name] = known.get(str(parameter.get("name")), UNKNOWN)
        else:
            found[name] = const(parameter["value"]) if "value" in parameter else UNKNOWN
    return found | (call.keywords if call is not None else {})


def made_by(
    definition: dict[str, Any], resource: SdkResource, call: Call | None, parameters: dict[str, Value]
) -> tuple[tuple[str, Value], ...]:
    """Return the identifiers of the resource that an action, a constructor or a collection makes."""
    known = dict(resource.identifiers)
    made: list[tuple[str, Value]] = []
    taken = 0
    for identifier in definition.get("identifiers", ()):
        target, source = str(identifier.get("target")), identifier.get("source")
        value: Value = UNKNOWN
        if source == "identifier":
            value = known.get(str(identifier.get("name")), UNKNOWN)
        elif source == "input" and call is not None:
            value = call.argument(taken, xform_name(target)) or UNKNOWN
            taken += 1
        elif source == "requestParameter":
            value = parameters.get(str(identifier.get("path")).partition(".")[0], UNKNOWN)
        elif source == "response" and str(identifier.get("path", "")).endswith(("Url", "Arn", "Name")):
            value = named_by(parameters) or UNKNOWN
        made.append((target, value))
    return tuple(made)


def _identifiers(definition: dict[str, Any]) -> dict[str, str]:
    found = {}
    for identifier in definition.get("identifiers", ()):
        name = str(identifier["name"])
        found[xform_name(name)] = name
        if "memberName" in identifier:
            found[xform_name(str(identifier["memberName"]))] = name
    return found


def _needs_data(related: dict[str, Any]) -> bool:
    return any(each.get("source") == "data" for each in related.get("resource", {}).get("identifiers", ()))


def _by_input(name: str, definition: dict[str, Any]) -> dict[str, Any]:
    identifiers = [{"target": each["name"], "source": "input"} for each in definition.get("identifiers", ())]
    return {"type": name, "identifiers": identifiers}
