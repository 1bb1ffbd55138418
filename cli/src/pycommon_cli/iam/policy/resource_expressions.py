"""How a resource is written in a template: by reference where the template has it, else by an ARN of what names it.

Nothing of a stage goes into it: names come from the variable that holds them, region and account from CloudFormation.
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

_NAME = symbol("the name")  # stands in an ARN where the resource's name goes
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
# A bucket waits for the functions that it notifies, and these for their role: a reference back would close a circle.
# Where the variable itself is one, nothing is lost.
_BY_NAME = ("AWS::S3::Bucket", LAMBDA_FUNCTION)
_PROFILE = re.compile(
    r"(?:us|us-gov|eu|apac|ap|au|ca|jp|sa|me|af|il|global)\.(?P<model>[\w.:-]+)"
)  # regions of profiles


class InexpressibleError(Exception):
    """A resource of which nothing that is known makes an ARN; the message says why."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A value of a template, and the text that it comes to as far as that is known."""

    value: Value
    text: Text


def resource_expressions(  # noqa: PLR0911 (one for each form that a value may have)
    function: LambdaFunction, variable: str, action: str, part: str, configuration: ConfigurationFacts
) -> list[Expression]:
    """What to write under `TemplateResource` for an action on what a variable of a function names.

    Raises:
        InexpressibleError: the variable is not set, or nothing that is known of its value makes an ARN.
    """
    if resource_types(action) == (ResourceType.ANY,):
        return [Expression("*", literal("*"))]
    if part == ANYWHERE:
        parts = (resource_expressions(function, variable, action, each, configuration) for each in ("", "index"))
        return [expression for expressions in parts for expression in expressions]
    value = function.environment.get(variable)
    if value is None:
        raise InexpressibleError(f"{variable} is not set in serverless.yml, so nothing tells what it names")
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
    """The ARN on which an action is checked, with `_NAME` in the place of the name."""
    shapes = [shape for shape in arns_of(_NAME, action, part) if parsed(shape) is not None]
    if not shapes:
        raise InexpressibleError(f"on what {action} is checked is not known")
    return _with_slash(shapes[0], value) if ResourceType.PARAMETER in resource_types(action) else shapes[:1]


def template_resource(value: Text, service: str, configuration: ConfigurationFacts) -> TemplateResource | None:
    """The resource of the template that a name, an ARN or a queue's URL means."""
    name, arn = resource_name(value), parsed(value)
    for resource in configuration.resources.values():
        if resource.kind not in _KINDS_OF.get(service, ()):
            continue
        names = (resource.name, symbol("ref", resource.logical_id), symbol("name", resource.logical_id))
        if name in names or (arn and arn.resource in _tails(resource.kind, names)):
            return resource
    return None


def referred(arn: Text, service: str, configuration: ConfigurationFacts) -> Expression | None:
    """A resource of the template by reference, from its whole ARN or that of its stream; None for any other text."""
    last = arn.parts[-1] if arn.parts else ""
    if last.startswith("<streamLabel:"):
        return Expression({"Fn::GetAtt": [last[1:-1].partition(":")[2], "StreamArn"]}, arn)
    resource = template_resource(arn, service, configuration) if parsed(arn) else None
    if resource is None or resource.kind in _BY_NAME:
        return None
    by_ref = KINDS[resource.kind].ref is ResourceIdentifier.ARN
    return Expression({"Ref": resource.logical_id} if by_ref else {"Fn::GetAtt": [resource.logical_id, "Arn"]}, arn)


def expression_of(text: Text) -> Expression:
    """A text as a template writes it: as it is, or by `Fn::Sub`.

    Raises:
        InexpressibleError: a part of it is worked out by a function of CloudFormation that is not written again here.
    """
    imports: dict[str, object] = {}
    by_cloudformation = any(_is_reference(part) for part in text.parts)
    written = "".join(_written(part, imports, in_sub=by_cloudformation) for part in text.parts)
    if imports:
        return Expression({"Fn::Sub": [written, imports]}, text)
    return Expression({"Fn::Sub": written} if by_cloudformation else written, text)


def _models(function: LambdaFunction, variable: str, value: Text) -> list[Expression]:
    """A model, or an inference profile with the model behind it, which may answer in another region.

    Which of the two a name is, its beginning tells; both are there for a name that is not known.
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
    """The ARN of a parameter has one slash before its name, which is the name's own where that begins with one."""
    own = joined(
        "parameter" if part == "parameter/" else part.replace(":parameter/", ":parameter") for part in shape.parts
    )
    if is_symbol(str(value)):
        return [own, shape]
    return [own] if str(value).startswith("/") else [shape]


def _tails(kind: str, names: Iterable[Text | None]) -> list[Text]:
    """What stands behind the account in a resource's ARN, for each of its names."""
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
    """`Fn::Sub` with a value of its own: osls puts a mapping into a template only where it is a whole value."""
    written = expression_of(text).value
    return Expression(
        {"Fn::Sub": [written["Fn::Sub"] if isinstance(written, Mapping) else written, {key: value}]}, target
    )


def _by_reference(resource: TemplateResource, shape: Text, target: Text) -> Expression:
    """By `Fn::GetAtt` or `Ref`, with what the part adds behind it; by the name where the ARN has more behind that."""
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
    """For a variable that holds an ARN."""
    if not str(target).startswith(str(value)):
        raise InexpressibleError(f"the ARN in {variable} is that of another resource")
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
    """An ARN with the stack's own partition, region and account in the place of stars."""
    arn = parsed(shape)
    if arn is None:
        return shape
    fields = zip(_STACK, (arn.partition, arn.service, arn.region, arn.account), strict=True)
    written = [symbol("pseudo", name) if str(field) == "*" else field for name, field in fields]
    return joined(("arn", *(piece for field in (*written, arn.resource) for piece in (":", field))))


def _reference(function: LambdaFunction, variable: str) -> str:
    """Where serverless.yml sets a variable of a function, as `${self:...}` names it."""
    own = function.properties.get("environment") if isinstance(function.properties, Mapping) else None
    section = f"functions.{function.name}" if isinstance(own, Mapping) and variable in own else "provider"
    return f"{section}.environment.{variable}"


def _is_reference(part: str) -> bool:
    """Whether a part is put in by CloudFormation."""
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
    raise InexpressibleError(f"{part} is worked out by CloudFormation")
