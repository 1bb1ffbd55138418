"""Builds facts for one function and its handler. A test gives only the facts that matter."""

from __future__ import annotations

from typing import Any

from pycommon_cli.analysis.facts import (
    AwsCall,
    CodeFacts,
    ConfigurationFacts,
    DeclaredVariable,
    Grant,
    HandlerFacts,
    LambdaFunction,
    Place,
    Text,
    VariableRead,
)
from pycommon_cli.analysis.serverless.symbolic_text import literal
from pycommon_cli.analysis.service_facts import Service
from pycommon_cli.check.rules import rules

REFERENCE = "core.run"
TABLE = "FILES_TABLE"
ARN = "arn:aws:dynamodb:us-east-1:*:table/files"


def place(line: int, path: str = "core.py") -> Place:
    return Place(path, line)


def yml(line: int) -> Place:
    return Place("serverless.yml", line)


def declared(*actions: str, variable: str = TABLE, line: int = 2) -> DeclaredVariable:
    return DeclaredVariable(variable, actions, place(line))


def read(variable: str = TABLE, line: int = 10, **members: Any) -> VariableRead:
    return VariableRead(variable, place(line), **members)


def call(
    operation: str, *, variable: str | None = TABLE, line: int = 20, service: str = "dynamodb", **members: Any
) -> AwsCall:
    return AwsCall(service, operation, (f"{service}:{operation}",), variable, place(line), **members)


def grant(*actions: str, resources: tuple[str | Text, ...] = (ARN,), line: int = 30, **members: Any) -> Grant:
    lines = range(line + 1, line + 1 + len(actions) + len(resources))
    places = [yml(each) for each in lines]
    return Grant(
        "Allow",
        actions,
        tuple(each if isinstance(each, Text) else literal(each) for each in resources),
        yml(line),
        action_places=tuple(places[: len(actions)]),
        resource_places=tuple(places[len(actions) :]),
        **members,
    )


def handler(reference: str = REFERENCE, **members: Any) -> HandlerFacts:
    members.setdefault("decorators", (("required_env_vars", place(1)),) if members.get("declared") else ())
    return HandlerFacts(reference, place(5), **members)


def function(name: str = "run", reference: str = REFERENCE, **members: Any) -> LambdaFunction:
    values: dict[str, str | Text] = members.pop("environment", {TABLE: "files"})
    environment = {name: each if isinstance(each, Text) else literal(each) for name, each in values.items()}
    return LambdaFunction(name, reference, yml(3), environment, **members)


def service(*parts: HandlerFacts | LambdaFunction, code: dict[str, Any] | None = None, **members: Any) -> Service:
    handlers = {each.reference: each for each in parts if isinstance(each, HandlerFacts)}
    functions = {each.name: each for each in parts if isinstance(each, LambdaFunction)}
    configuration = ConfigurationFacts(".", "dev", literal("files"), functions, **members.pop("configuration", {}))
    return Service(CodeFacts(handlers, **(code or {})), configuration, **members)


def found(code: str, of: Service) -> list[tuple[str, int]]:
    """What a rule finds: file and line."""
    return [(each.place.path, each.place.line) for each in rules()[code].findings(of)]
