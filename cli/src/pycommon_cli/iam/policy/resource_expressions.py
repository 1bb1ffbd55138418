"""Writes the resource that a variable names, for the `Resource` of a policy in a template.

If the template has the resource, the policy refers to it. Otherwise the policy has an ARN. The result does not depend
on a stage: names come from the variable, and region and account come from CloudFormation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.resource_perms import ResourceType
from pycommon_cli.analysis.serverless.resource_types import KINDS, LAMBDA_FUNCTION, ResourceIdentifier
from pycommon_cli.analysis.serverless.symbolic_text import is_symbol, joined, literal, symbol
from pycommon_cli.iam.policy.arn_templates import ANYWHERE, arns_of, name_in_url, parsed, resource_name
from pycommon_cli.iam.policy.iam_actions import resource_types

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pycommon_cli.analysis.facts import ConfigurationFacts, LambdaFunction, TemplateResource, Text

__all__ = ["Expression", "InexpressibleError", "expression_of", "referred", "resource_expressions", "template_resource"]

Value = str | Mapping[str, object]

_NAME = symbol("the name")  # the placeholder for the resource's name in an ARN
_STACK = ("AWS::Partition", "", "AWS::Region", "AWS::AccountId")
_ASKED_BY_OSLS = ("self", "ssm", "env", "cf", "s3", "file", "param", "sls")
_KINDS_OF = {
    "bedrock": ("AWS::Bedrock::Guardrail", "AWS::Bedrock::KnowledgeBase"),
    "cognito-idp": ("AWS::Cognito::UserPool",),
    "dynamodb": ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"),
    "events": ("AWS::Events::EventBus", "AWS::Events::Rule"),
    "kinesis": ("AWS::Kinesis::Stream",),
    "kms": ("AWS::KMS::Key", "AWS::KMS::Alias"),
    "lambda": (LAMBDA_FUNCTION,),
    "logs": ("AWS::Logs::LogGroup",),
    "s3": ("AWS::S3::Bucket",),
    "scheduler": ("AWS::Scheduler::Schedule", "AWS::Scheduler::ScheduleGroup"),
    "secretsmanager": ("AWS::SecretsManager::Secret",),
    "sns": ("AWS::SNS::Topic",),
    "sqs": ("AWS::SQS::Queue",),
    "ssm": ("AWS::SSM::Parameter",),
    "states": ("AWS::StepFunctions::StateMachine",),
}
# CloudFormation creates the role first, then the functions, and then a bucket that notifies the functions. A reference
# from the role to a function or to the bucket would therefore close a circle. The policy names such resources by their
# names. If the variable of the function is itself a reference, the circle exists already.
_BY_NAME = ("AWS::S3::Bucket", LAMBDA_FUNCTION)
_PROFILE = re.compile(
    r"(?:us|us-gov|eu|apac|ap|au|ca|jp|sa|me|af|il|global)\.(?P<model>[\w.:-]+)"
)  # the prefixes of inference profiles


class InexpressibleError(Exception):
    """The policy cannot name a resource, because its ARN is not known. The message says why."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A value in a template, and the text of this value as far as it is known."""

    value: Value
    text: Text


def resource_expressions(  # noqa: PLR0911 (one for each form that a value may have)
    function: LambdaFunction, variable: str, action: str, part: str, configuration: ConfigurationFacts
) -> list[Expression]:
    """Return the values of `Resource` for an action on the resource that a variable of a function names.

    Raises:
        InexpressibleError: the variable is not set, or no ARN can be made from its value.
    """
    if resource_types(action) == (ResourceType.ANY,):
        return [Expression("*", literal("*"))]
    if part == ANYWHERE:
        parts = (resource_expressions(function, variable, action, each, configuration) for each in ("", "index"))
        return [expression for expressions in parts for expression in expressions]
    value = function.environment.get(variable)
    if value is None:
        raise InexpressibleError(f"{variable} is not set in serverless.yml, so its resource is unknown")
    targets = arns_of(value, action, part)
    if targets == [literal("*")]:
        return [Expression("*", literal("*"))]
    if ResourceType.MODEL in resource_types(action) and parsed(value) is None:
        return _models(function, variable, value)
    resource = template_resource(value, action.partition(":")[0], configuration)
    if parsed(value) is None:
        return [_expression(function, variable, value, shape, resource) for shape in _shapes(action, part, value)]
    if resource is None:
        return [_behind_arn(function, variable, value, targets[0])]
    by_shape = [_expression(function, variable, value, shape, resource) for shape in _shapes(action, part, value)]
    return [Expression(each.value, targets[0]) for each in by_shape]


def _shapes(action: str, part: str, value: Text) -> list[Text]:
    """Return the ARN on which IAM checks an action, with `_NAME` in place of the name."""
    shapes = [shape for shape in arns_of(_NAME, action, part) if parsed(shape) is not None]
    if not shapes:
        raise InexpressibleError(f"the resource that {action} is checked on is unknown")
    return _with_slash(shapes[0], value) if ResourceType.PARAMETER in resource_types(action) else shapes[:1]


def template_resource(value: Text, service: str, configuration: ConfigurationFacts) -> TemplateResource | None:
    """Return the resource of the template with this name, ARN or queue URL."""
    name, arn = resource_name(value), parsed(value)
    for resource in configuration.resources.values():
        if resource.kind not in _KINDS_OF.get(service, ()):
            continue
        names = (resource.name, symbol("ref", resource.logical_id), symbol("name", resource.logical_id))
        if name in names or (arn and arn.resource in _tails(resource.kind, names)):
            return resource
    return None


def referred(arn: Text, service: str, configuration: ConfigurationFacts) -> Expression | None:
    """Return a reference to a resource of the template. `arn` is the ARN of the resource or of its stream.

    Return None if `arn` is not such an ARN.
    """
    last = arn.parts[-1] if arn.parts else ""
    if last.startswith("<streamLabel:"):
        return Expression({"Fn::GetAtt": [last[1:-1].partition(":")[2], "StreamArn"]}, arn)
    resource = template_resource(arn, service, configuration) if parsed(arn) else None
    if resource is None or resource.kind in _BY_NAME:
        return None
    by_ref = KINDS[resource.kind].ref is ResourceIdentifier.ARN
    return Expression({"Ref": resource.logical_id} if by_ref else {"Fn::GetAtt": [resource.logical_id, "Arn"]}, arn)


def expression_of(text: Text) -> Expression:
    """Return a text in the form of a template: unchanged, or with `Fn::Sub` if CloudFormation inserts a part.

    Raises:
        InexpressibleError: a part comes from a CloudFormation function that is not supported here.
    """
    imports: dict[str, object] = {}
    by_cloudformation = any(_is_reference(part) for part in text.parts)
    written = "".join(_written(part, imports, in_sub=by_cloudformation) for part in text.parts)
    if imports:
        return Expression({"Fn::Sub": [written, imports]}, text)
    return Expression({"Fn::Sub": written} if by_cloudformation else written, text)


def _models(function: LambdaFunction, variable: str, value: Text) -> list[Expression]:
    """Return the resource of a Bedrock model, or the resources of an inference profile and of its model.

    The model of a profile may run in another region. The prefix of the name shows whether it is a profile. If the name
    is not known, return a model and a profile.
    """
    own, anywhere = "arn:*:bedrock:*:*:inference-profile/", "arn:*:bedrock:*::foundation-model/"
    match = _PROFILE.fullmatch(str(value)) if value.known else None
    model = [_expression(function, variable, value, joined((anywhere, _NAME)), None)]
    profile = [_expression(function, variable, value, joined((own, _NAME)), None)]
    if match is None:
        return model if value.known else [*model, *profile]
    behind = f"foundation-model/{match['model']}"
    arn = symbol("pseudo", "AWS::Partition")
    expression = expression_of(joined(("arn:", arn, ":bedrock:*::", behind)))
    return [*profile, Expression(expression.value, literal(f"arn:*:bedrock:*::{behind}"))]


def _with_slash(shape: Text, value: Text) -> list[Text]:
    """Return the ARN of a parameter with exactly one slash before the name. The name may begin with this slash.

    If the name is not known, return the ARN for each of the two cases.
    """
    own = joined(
        "parameter" if part == "parameter/" else part.replace(":parameter/", ":parameter") for part in shape.parts
    )
    if is_symbol(str(value)):
        return [own, shape]
    return [own] if str(value).startswith("/") else [shape]


def _tails(kind: str, names: Iterable[Text | None]) -> list[Text]:
    """Return the part of a resource's ARN after the account, for each name of the resource."""
    before, _, after = KINDS[kind].arn.split(":", 4)[4].partition("{name}")
    return [joined((before, name, suffix)) for name in names if name for suffix in {after, ""}]


def _expression(
    function: LambdaFunction, variable: str, value: Text, shape: Text, resource: TemplateResource | None
) -> Expression:
    name = resource_name(value)
    if resource is not None and (resource.kind not in _BY_NAME or variable in function.computed):
        return _by_reference(resource, shape, _with_name(shape, name))
    reference = f"${{self:{_reference(function, variable)}}}"
    if name != value or ("sqs" in str(shape) and is_symbol(str(value)) and variable.endswith("URL")):
        queue = {"Fn::Select": [4, {"Fn::Split": ["/", reference]}]}
        target = _with_name(shape, name if name != value else name_in_url(value))
        return _with_map(_with_name(_of_own_stack(shape), symbol("ref", "Queue")), "Queue", queue, target)
    if variable in function.computed:
        own = _with_name(_of_own_stack(shape), symbol("ref", "Name"))
        return _with_map(own, "Name", reference, _with_name(shape, name))
    of_osls = symbol("self", _reference(function, variable))
    return Expression(expression_of(_with_name(_of_own_stack(shape), of_osls)).value, _with_name(shape, name))


def _with_map(text: Text, key: str, value: object, target: Text) -> Expression:
    """Return `Fn::Sub` with its own variable `key`.

    The value of this variable may be a mapping. The Serverless Framework (osls) cannot insert a mapping into a text.
    """
    written = expression_of(text).value
    return Expression(
        {"Fn::Sub": [written["Fn::Sub"] if isinstance(written, Mapping) else written, {key: value}]}, target
    )


def _by_reference(resource: TemplateResource, shape: Text, target: Text) -> Expression:
    """Return `Fn::GetAtt` or `Ref`, with a suffix for the part of the resource.

    If the needed ARN does not begin with the ARN of the resource, write an ARN with the name of the resource.
    """
    kind = KINDS[resource.kind]
    behind, own = _behind_name(shape), kind.arn.partition("{name}")[2]
    if not behind.startswith(own):
        own_name = symbol("ref" if kind.ref is ResourceIdentifier.NAME else "name", resource.logical_id)
        return Expression(expression_of(_with_name(_of_own_stack(shape), own_name)).value, target)
    suffix = behind.removeprefix(own)
    is_ref = kind.ref is ResourceIdentifier.ARN
    if suffix:
        name = resource.logical_id if is_ref else f"{resource.logical_id}.Arn"
        return Expression({"Fn::Sub": f"${{{name}}}{suffix}"}, target)
    return Expression({"Ref": resource.logical_id} if is_ref else {"Fn::GetAtt": [resource.logical_id, "Arn"]}, target)


def _behind_arn(function: LambdaFunction, variable: str, value: Text, target: Text) -> Expression:
    """Return the expression for a variable that holds an ARN."""
    if not str(target).startswith(str(value)):
        raise InexpressibleError(f"{variable} holds the ARN of another type of resource")
    reference, suffix = f"${{self:{_reference(function, variable)}}}", str(target).removeprefix(str(value))
    if variable in function.computed and suffix:
        return _with_map(joined((symbol("ref", "Arn"), suffix)), "Arn", reference, target)
    return Expression(reference + suffix, target)


def _behind_name(shape: Text) -> str:
    index = shape.parts.index(_NAME.parts[0])
    return "".join(shape.parts[index + 1 :])


def _with_name(shape: Text, name: Text) -> Text:
    return joined(name if part == _NAME.parts[0] else part for part in shape.parts)


def _of_own_stack(shape: Text) -> Text:
    """Replace each `*` of an ARN's partition, region and account by the value of the stack."""
    arn = parsed(shape)
    if arn is None:
        return shape
    fields = zip(_STACK, (arn.partition, arn.service, arn.region, arn.account), strict=True)
    written = [symbol("pseudo", name) if str(field) == "*" else field for name, field in fields]
    return joined(("arn", *(piece for field in (*written, arn.resource) for piece in (":", field))))


def _reference(function: LambdaFunction, variable: str) -> str:
    """Return the path of a function's variable in serverless.yml, for `${self:...}`."""
    own = function.properties.get("environment") if isinstance(function.properties, Mapping) else None
    section = f"functions.{function.name}" if isinstance(own, Mapping) and variable in own else "provider"
    return f"{section}.environment.{variable}"


def _is_reference(part: str) -> bool:
    """Return whether CloudFormation inserts the value of the part at the deployment."""
    return is_symbol(part) and not part[1:].startswith(
        tuple(f"{source}{mark}" for source in _ASKED_BY_OSLS for mark in ":(")
    )


def _written(part: str, imports: dict[str, object], *, in_sub: bool) -> str:
    if not is_symbol(part):
        return part.replace("${", "${!") if in_sub else part
    if not _is_reference(part):
        return f"${{{part[1:-1]}}}"
    source, _, address = part[1:-1].partition(":")
    if part == "<aws:accountId>":
        return "${AWS::AccountId}"
    if source == "importValue":
        key = f"Imported{len(imports) + 1}"
        imports[key] = {"Fn::ImportValue": address}
        return f"${{{key}}}"
    if source in ("pseudo", "ref", "parameter", "getAtt"):
        return f"${{{address}}}"
    if source == "name":
        return f"${{{address}.QueueName}}"
    raise InexpressibleError(f"CloudFormation computes {part}")
