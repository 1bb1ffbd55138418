"""Generate the OpenAPI 3.1 document of a service, with its routed operations and its endpoints under `@validated`.

Source: https://spec.openapis.org/oas/v3.1.1
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

from pycommon.interfaces.format_notes import FormatNote, NotExpressibleError
from pycommon.interfaces.guarded_endpoints import reaches
from pycommon.interfaces.openapi_responses import COMPONENTS, responses
from pycommon.interfaces.operation_names import NameLimit
from pycommon.interfaces.schema_dialect import to_2020_12
from pycommon.interfaces.schema_keywords import ANNOTATIONS, DEFINITIONS, IDENTIFIERS
from pycommon.interfaces.schema_references import has_references, moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pycommon.api.api_operation import Operation
    from pycommon.interfaces.guarded_endpoints import GuardedEndpoint, HttpEvent

__all__ = ["OpenAPI", "openapi_document"]

VERSION = "3.1.0"
UNVERSIONED = "unversioned"

_COMPONENT = NameLimit("a-zA-Z0-9._-", 100)
_PATH_VARIABLE = re.compile(r"\{([^{}+]+)\+?\}")
_TOKEN, _KEY = {"token": []}, {"apiKey": []}  # type: ignore[var-annotated]  # no security scheme has scopes
_SECTION = re.compile(r"\n\n?(?:Args|Attributes|Example|Examples|Raises|Returns|Source|Yields):\n.*", re.DOTALL)
_WITHOUT_BODY = frozenset({"GET", "DELETE"})
_SAID_IN_QUERY = frozenset({"type", "properties", "required", *DEFINITIONS, *ANNOTATIONS, *IDENTIFIERS})


@dataclass(frozen=True, slots=True)
class OpenAPI:
    """An OpenAPI document, and notes about the parts of operations that the document cannot express."""

    document: dict[str, Any]
    notes: tuple[FormatNote, ...]


def openapi_document(  # noqa: PLR0913 - the parts of a document; only two may be passed by position
    operations: Iterable[Operation],
    endpoints: Iterable[GuardedEndpoint] = (),
    *,
    title: str,
    version: str = UNVERSIONED,
    servers: Sequence[str] = (),
    events: Sequence[HttpEvent] | None = None,
) -> OpenAPI:
    """Return the OpenAPI document of a service.

    Args:
        operations: the operations of the registry. If an operation is an endpoint too, the endpoint's description uses
            the operation's name, description, tags and output.
        endpoints: the endpoints under `@validated`, from `guarded_endpoints`.
        title: the title of the document.
        version: the version of the service's interface.
        servers: the base URLs of the paths.
        events: the HTTP events of serverless.yml. If no event reaches a routed operation, there is a note about the
            operation.

    Example:
        >>> openapi_document(registry.operations(), title="amplify-agent-loop").document["openapi"]
        '3.1.0'
    """
    builder = _DocumentBuilder()
    operations = list(operations)
    described = {each.path: each for each in operations if each.arguments is None}
    for endpoint in endpoints:
        builder.add_endpoint(endpoint, described.pop(endpoint.path, None))
    for operation in [*described.values(), *(each for each in operations if each.arguments is not None)]:
        builder.add_operation(operation, events)
    document: dict[str, Any] = {
        "openapi": VERSION,
        "info": {"title": title, "version": version},
        **({"servers": [{"url": url} for url in servers]} if servers else {}),
        "paths": {path: builder.paths[path] for path in sorted(builder.paths)},
        "components": {**COMPONENTS, "schemas": {**COMPONENTS["schemas"], **builder.schemas}},
        "tags": [{"name": name} for name in sorted(builder.tags)],
    }
    return OpenAPI(document, tuple(builder.notes))


class _DocumentBuilder:
    """The builder that collects the parts of a document."""

    def __init__(self) -> None:
        self.paths: dict[str, dict[str, Any]] = {}
        self.schemas: dict[str, Any] = {}
        self.tags: set[str] = set()
        self.notes: list[FormatNote] = []
        self._ids: set[str] = set()

    def add_operation(self, operation: Operation, events: Sequence[HttpEvent] | None) -> None:
        """Add an operation that `@api_tool` describes."""
        if events is not None and not any(reaches(each, operation.method, operation.path) for each in events):
            self._note(
                operation.name, f"no event of serverless.yml leads {operation.method} requests to {operation.path}"
            )
        entry, name = operation.entry, self._id(operation.name)
        self._add(
            operation.path,
            operation.method,
            {
                **self._head(name, operation.name, entry["description"], entry["tags"]),
                **self._arguments(name, operation.method, entry["parameters"]),
                "security": [_TOKEN, _KEY],
                "responses": responses(self._result(name, entry["output"])),
            },
        )

    def add_endpoint(self, endpoint: GuardedEndpoint, described: Operation | None) -> None:
        """Add an endpoint that its rules describe. If the endpoint also has `@api_tool`, use the description there."""
        name = self._id(described.name if described else endpoint.operation)
        text = described.entry["description"] if described else endpoint.text
        tags = described.entry["tags"] if described else []
        schemas = [each for each in (endpoint.schema, endpoint.key_schema) if each is not None]
        security = [
            *([_TOKEN] if endpoint.schema is not None else []),
            *([_KEY] if endpoint.key_schema is not None else []),
        ]
        self._add(
            endpoint.path,
            endpoint.method,
            {
                **self._head(name, endpoint.operation, text, tags or [endpoint.path.split("/")[1]]),
                **self._body_of_endpoint(name, endpoint, schemas),
                "security": security,
                "responses": responses(self._result(name, described.entry["output"] if described else {})),
            },
        )

    def _head(self, name: str, title: str, text: str, tags: Sequence[str]) -> dict[str, Any]:
        text = _SECTION.sub("", cleandoc(text))  # later sections of a docstring are for readers of the code
        summary, _, _ = text.partition("\n\n")
        self.tags |= set(tags)
        head: dict[str, Any] = {"operationId": name, "summary": " ".join(summary.split()) or title}
        if text and text != head["summary"]:
            head["description"] = text
        return {**head, "tags": list(tags)} if tags else head

    def _add(self, path: str, method: str, described: dict[str, Any]) -> None:
        variables = _PATH_VARIABLE.findall(path)
        in_path = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in variables]
        parameters = [*in_path, *described.pop("parameters", [])]
        item = self.paths.setdefault(_PATH_VARIABLE.sub(r"{\1}", path), {})
        item[method.lower()] = {**described, **({"parameters": parameters} if parameters else {})}

    def _arguments(self, name: str, method: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        if method not in _WITHOUT_BODY:
            return {"requestBody": _envelope(self._schema(name, "Arguments", parameters), required=True)}
        return {"parameters": list(self._query(name, parameters))}

    def _query(self, name: str, parameters: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
        schema = to_2020_12(parameters)
        lost = sorted(schema.keys() - _SAID_IN_QUERY)
        if schema.get("additionalProperties") is False:  # a query can only have the described parameters
            lost.remove("additionalProperties")
        if lost:
            self._note(
                name, f"a query cannot express {' and '.join(lost)} of its parameters; calls are still validated"
            )
        whole = self._schema(name, "Arguments", schema)
        for each, described in schema.get("properties", {}).items():
            pointer = f"{whole.get('$ref', '')}/properties/{each.replace('~', '~0').replace('/', '~1')}"
            shown = {"$ref": pointer} if "$ref" in whole else whole["properties"][each]
            required = each in schema.get("required", ()) and not _has_default(described)
            yield {"name": each, "in": "query", "required": required, **_in_query(shown, described)}

    def _body_of_endpoint(self, name: str, endpoint: GuardedEndpoint, schemas: Sequence[Any]) -> dict[str, Any]:
        if endpoint.method in _WITHOUT_BODY:
            return {}
        same = len(schemas) == 1 or schemas[0] == schemas[1]
        kinds = ["Arguments"] if same else ["Arguments", "KeyArguments"]
        found = [self._schema(name, kind, schema) for kind, schema in zip(kinds, schemas, strict=False)]
        if not same:
            self._note(name, "callers with a token and callers with an API key have different schemas")
        data = found[0] if same else {"anyOf": found}
        return {"requestBody": _envelope(data, required=any(schema != {} for schema in schemas))}

    def _result(self, name: str, output: Mapping[str, Any]) -> dict[str, Any]:
        return self._schema(name, "Result", output)

    def _schema(self, name: str, kind: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        """Return the schema.

        If the schema has references, store it in the components, and return a reference to the component.
        """
        key = _COMPONENT.applied_to(f"{name}{kind}")
        current = to_2020_12(schema)
        try:
            placed = moved(current, f"#/components/schemas/{key}")
        except NotExpressibleError as error:
            self._note(name, f"the schema of its {kind.lower()} is left out: {error}")
            return {}
        if not has_references(current):
            return placed
        self.schemas[key] = placed
        return {"$ref": f"#/components/schemas/{key}"}

    def _id(self, name: str) -> str:
        """Return a unique `operationId`, because one operation may have several paths."""
        unique = next(each for each in _numbered(name) if each not in self._ids)
        if unique != name:
            self._note(name, f"its operationId is {unique}, because {name} is used by another operation")
        self._ids.add(unique)
        return unique

    def _note(self, operation: str, text: str) -> None:
        self.notes.append(FormatNote(operation, text))


def _numbered(name: str) -> Iterable[str]:
    yield name
    count = 1
    while count := count + 1:
        yield f"{name}_{count}"


def _envelope(data: Mapping[str, Any], *, required: bool) -> dict[str, Any]:
    """Return the schema of a request body. The body's member `data` has the arguments."""
    schema: dict[str, Any] = {"type": "object", "properties": {"data": dict(data)}}
    if required:
        schema["required"] = ["data"]
    return {"required": required, "content": {"application/json": {"schema": schema}}}


def _in_query(shown: Any, described: Any) -> dict[str, Any]:
    """Describe a query parameter. An object is written as JSON text. All other values use OpenAPI's default form."""
    kinds = described.get("type", ()) if isinstance(described, dict) else ()
    if kinds == "object" or "object" in kinds:
        return {"content": {"application/json": {"schema": shown}}}
    return {"schema": shown}


def _has_default(described: Any) -> bool:
    return isinstance(described, dict) and "default" in described
