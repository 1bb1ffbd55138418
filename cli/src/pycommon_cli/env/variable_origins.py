"""How serverless.yml sets a function's variables: what each value rests on. Values themselves are not kept."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pycommon_cli.local.serverless_file import Intrinsic, ServerlessFile, sources, told_by_files

PROVIDER = "provider.environment"
_VARIABLE = re.compile(r"\$\{([^${}]+)\}")
_PARAMETER = re.compile(r"ssm(?:\((?:raw|noDecrypt)\))?:(?P<path>.+)")
_NOT_BY_NAME = ("/aws/reference/",)  # a secret's alias: Parameter Store gives it only decrypted
_LITERAL = re.compile(r"""'[^']+'|"[^"]+"|true|false|-?\d+(?:\.\d+)?""")
_PSEUDO = "AWS::"  # ${AWS::Region} and the like, which !Sub leaves to CloudFormation
_NAMES_SERVICE = ("SERVICE_NAME", "STAGE")


@dataclass(frozen=True, slots=True)
class Setting:
    """One variable as serverless.yml sets it.

    Attributes:
        where: e.g. "provider.environment".
        parameters: Parameter Store paths that osls reads for it.
        elsewhere: osls variables that are answered when it is deployed, by something that is not looked at here.
        unanswered: osls variables that files should answer, and do not.
        empty: whether it is set to nothing, which the library takes for not set.
        by_cloudformation: whether CloudFormation makes the value (!Ref, !Sub, ...).
    """

    where: str
    parameters: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    empty: bool = False
    by_cloudformation: bool = False


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """The variables of one function, its own over those of the provider.

    Attributes:
        settings: by variable.
        service_name: what SERVICE_NAME is set to, where files tell; it is part of the Parameter Store path.
        stage: what STAGE is set to, likewise.
    """

    settings: Mapping[str, Setting]
    service_name: str | None = field(default=None, repr=False)
    stage: str | None = field(default=None, repr=False)


def function_settings(file: ServerlessFile, key: str | None, function: Mapping[str, Any]) -> FunctionSettings:
    """The settings of one function; those of the provider alone where `key` is None."""
    parts = [(PROVIDER, file.at("provider.environment"))]
    if key is not None:
        parts.append((f"functions.{key}.environment", file.resolved(function.get("environment"))))
    settings: dict[str, Setting] = {}
    plain: dict[str, str] = {}
    for where, environment in parts:
        for name, value in environment.items() if isinstance(environment, dict) else ():
            found = file.resolved(value)
            settings[str(name)] = _setting(where, found, file)
            if name in _NAMES_SERVICE:
                plain[name] = found if isinstance(found, str) and "${" not in found else ""
    return FunctionSettings(settings, *(plain.get(name) or None for name in _NAMES_SERVICE))


def _setting(where: str, value: Any, file: ServerlessFile) -> Setting:
    if isinstance(value, dict):  # Ref, Fn::Sub, ... written out
        return Setting(where, tuple(_parameters_below(value, file)), by_cloudformation=True)
    if isinstance(value, Intrinsic):
        return Setting(where, tuple(_parameters_in(file.resolved(value.text))), by_cloudformation=True)
    if value is None or value == "":
        return Setting(where, empty=True)
    text = str(value)
    left = [match[1] for match in _VARIABLE.finditer(text) if not _satisfied(match[1])]
    asked = [(each, _asked(each)) for each in left]
    return Setting(
        where,
        parameters=tuple(path for _, source in asked if (path := _parameter(source))),
        elsewhere=tuple(f"${{{source}}}" for _, source in asked if source and not _parameter(source)),
        unanswered=tuple(f"${{{each}}}" for each, source in asked if not source),
    )


def _parameters_in(text: Any) -> Iterator[str]:
    for match in _VARIABLE.finditer(text if isinstance(text, str) else ""):
        if path := _parameter(_asked(match[1])):
            yield path


def _parameters_below(value: Any, file: ServerlessFile) -> Iterator[str]:
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _parameters_below(inner, file)
    if isinstance(value, str):
        yield from _parameters_in(file.resolved(value))


def _asked(expression: str) -> str:
    """The first source that is not for files to tell; what stands behind it may be a value, and is not repeated."""
    return next((source for source in sources(expression) if not told_by_files(source)), "")


def _parameter(source: str) -> str | None:
    match = _PARAMETER.fullmatch(source)
    return match["path"].strip() if match and not match["path"].strip().startswith(_NOT_BY_NAME) else None


def _satisfied(expression: str) -> bool:
    """Whether the expression ends in a value of its own, or is none of osls's."""
    *_, last = [*sources(expression)] or [""]
    return expression.startswith(_PSEUDO) or _LITERAL.fullmatch(last) is not None
