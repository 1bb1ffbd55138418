"""Find how `serverless.yml` sets a variable of a function: what the value depends on. Never keep the value itself."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pycommon_cli.analysis.facts import ConfigurationFacts, LambdaFunction, Place, Text
from pycommon_cli.analysis.serverless.symbolic_text import is_symbol

PROVIDER = "provider.environment"
_PARAMETER = re.compile(r"ssm:(?P<path>.+)")
_NOT_A_PARAMETER = "/aws/reference/"  # such a path names a secret, which Parameter Store returns only decrypted
_UNRESOLVED = "unresolved:"  # the reader's symbol for a variable without a value


@dataclass(frozen=True, slots=True)
class Setting:
    """The way in which serverless.yml sets one variable.

    Attributes:
        where: the section of serverless.yml that sets the variable, e.g. "provider.environment".
        parameters: the Parameter Store paths that the Serverless Framework (osls) reads for the value.
        elsewhere: osls variables that a deployment resolves from a source that this command does not read.
        unanswered: osls variables for which no file has a value.
        empty: whether the value is empty. The library treats an empty variable as not set.
        by_cloudformation: whether CloudFormation makes the value (!Ref, !Sub, ...).
    """

    where: str
    parameters: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    unanswered: tuple[str, ...] = ()
    empty: bool = False
    by_cloudformation: bool = False


def setting_of(function: LambdaFunction, variable: str, configuration: ConfigurationFacts) -> Setting | None:
    """Return how a variable of a function is set. Return None if `serverless.yml` does not mention the variable.

    The function's own environment takes precedence over that of the provider.
    """
    if variable in _environment(function.properties):
        where = f"functions.{function.name}.environment"
    elif variable in _environment(configuration.provider):
        where = PROVIDER
    else:
        return None
    value = function.environment.get(variable)
    if value is None:
        return Setting(where, empty=True)
    sources = list(_sources(value))
    parameters = tuple(path for source in sources if (path := _parameter(source)))
    if variable in function.computed:
        return Setting(where, parameters, by_cloudformation=True)
    unanswered = [each.removeprefix(_UNRESOLVED) for each in sources if each.startswith(_UNRESOLVED)]
    others = (each for each in sources if not _parameter(each) and not each.startswith(_UNRESOLVED))
    return Setting(where, parameters, tuple(f"${{{each}}}" for each in others), tuple(unanswered))


def plain_value(function: LambdaFunction, variable: str) -> str | None:
    """Return the value of a variable. Return None if files do not contain the whole value."""
    value = function.environment.get(variable)
    return str(value) if value is not None and value.known else None


def without_function(configuration: ConfigurationFacts) -> LambdaFunction:
    """Return a function that replaces the missing functions of a service. Its environment is the provider's."""
    shared = _environment(configuration.provider)
    values = {name: value for name, value in shared.items() if isinstance(value, Text) and str(value)}
    place = configuration.provider_place or Place(f"{configuration.folder}/serverless.yml", 1)
    return LambdaFunction("", "", place, values)


def _environment(section: object) -> Mapping[str, object]:
    found = section.get("environment") if isinstance(section, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _sources(value: Text) -> Iterator[str]:
    """Yield the first unknown source of each osls variable. Skip variables whose last fallback is a plain value."""
    for part in value.parts:
        if is_symbol(part):
            first, *fallbacks = part[1:-1].split(", ")
            if not (fallbacks and _is_literal(fallbacks[-1])):
                yield first


def _parameter(source: str) -> str | None:
    match = _PARAMETER.fullmatch(source)
    return match["path"].strip() if match and not match["path"].strip().startswith(_NOT_A_PARAMETER) else None


def _is_literal(source: str) -> bool:
    try:
        ast.literal_eval(source)
    except (SyntaxError, ValueError):
        return False
    return True
