"""Renders generated policies as YAML with CloudFormation's short tags, or as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from pycommon_cli.analysis.facts import ConfigurationFacts
    from pycommon_cli.iam.policy.policy_generation import Generated

__all__ = ["as_json", "as_serverless", "as_template", "yaml_text"]

_WIDTH = 500  # characters of a line; an ARN with its references stays on one line
# PyYAML puts every tagged scalar in quotes. People write tagged scalars without quotes.
_NEEDLESS_QUOTES = re.compile(r"(![A-Z]\w+) '([A-Za-z$][^'\s]*[^'\s:])'$", re.MULTILINE)


def as_template(generated: Generated) -> str:
    """Return the resources as a file that serverless.yml includes."""
    return yaml_text({"Resources": generated.resources})


def as_serverless(generated: Generated) -> str:
    """Return sections of serverless.yml.

    These are `provider.iam.role.statements`, or `functions` and `resources` if each function has its own role.
    """
    if generated.roles:
        functions = {name: {"role": role} for name, role in generated.roles.items()}
        return yaml_text({"functions": functions, "resources": {"Resources": generated.resources}})
    statements = [statement.document() for policy in generated.policies for statement in policy.statements]
    return yaml_text({"provider": {"iam": {"role": {"statements": statements}}}})


def as_json(generated: Generated, configuration: ConfigurationFacts) -> dict[str, object]:
    """Return policy documents by their logical ids. Unknown names are symbols in `<...>`."""
    return {
        policy.logical_id: {
            "functions": list(policy.functions),
            "document": _with_own_stack(policy.known(), str(configuration.region or "<aws:region>")),
        }
        for policy in generated.policies
    }


def _with_own_stack(value: object, region: str) -> object:
    """Replace each `*` of an ARN's partition, region and account by the value of the stack."""
    if isinstance(value, Mapping):
        return {key: _with_own_stack(inner, region) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_own_stack(inner, region) for inner in value]
    if not isinstance(value, str) or not value.startswith("arn:*:"):
        return value
    arn, _, service, *others = value.split(":", 5)
    own = [field.replace("*", known) for field, known in zip(others, (region, "<aws:accountId>"), strict=False)]
    return ":".join((arn, "aws", service, *own, *others[2:]))


def yaml_text(value: object) -> str:
    """Return YAML in block style, with the functions of CloudFormation as tags."""
    written = yaml.dump(
        _tagged(value), Dumper=_Dumper, sort_keys=False, width=_WIDTH, default_flow_style=False, allow_unicode=True
    )
    return _NEEDLESS_QUOTES.sub(r"\1 \2", written)


class _Call:
    """A call of a CloudFormation function."""

    def __init__(self, tag: str, argument: object) -> None:
        self.tag, self.argument = tag, argument


class _Dumper(yaml.SafeDumper):
    """Writes YAML with lists indented below their key, and without aliases."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002, ARG002 (PyYAML's)
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (PyYAML's)
        return True


def _represent_call(dumper: yaml.SafeDumper, call: _Call) -> yaml.Node:
    if isinstance(call.argument, str):
        return dumper.represent_scalar(call.tag, call.argument)
    if isinstance(call.argument, list):
        return dumper.represent_sequence(call.tag, call.argument, flow_style=not _has_call(call.argument))
    return dumper.represent_mapping(call.tag, call.argument if isinstance(call.argument, dict) else {})


_Dumper.add_representer(_Call, _represent_call)


def _tagged(value: object) -> object:
    if isinstance(value, Mapping):
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name == "Ref" or str(name).startswith("Fn::"):
                return _call(str(name).removeprefix("Fn::"), argument)
        return {str(key): _tagged(inner) for key, inner in value.items()}
    return [_tagged(inner) for inner in value] if isinstance(value, list | tuple) else value


def _call(name: str, argument: object) -> _Call:
    if name == "GetAtt" and isinstance(argument, list | tuple):
        return _Call("!GetAtt", ".".join(map(str, argument)))
    return _Call(f"!{name}", _tagged(argument))


def _has_call(values: list[object]) -> bool:
    return any(isinstance(value, _Call | dict) for value in values)


def json_text(value: object) -> str:
    """Return a value as indented JSON."""
    return json.dumps(value, indent=2, ensure_ascii=False)
