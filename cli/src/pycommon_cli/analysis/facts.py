"""Define the facts of a service as values. Rules check them, and policies are generated from them.

Two readers produce the facts: `pycommon_cli.analysis.python` reads the Python, and `pycommon_cli.analysis.serverless`
reads `serverless.yml`. The readers do not run any code. A part that cannot be read becomes a `ReadingTrouble`. It does
not raise an exception.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ApiTool",
    "AwsCall",
    "CodeFacts",
    "ConfigurationFacts",
    "DeclaredVariable",
    "FunctionEvent",
    "Grant",
    "HandlerFacts",
    "LambdaFunction",
    "Place",
    "ReadingTrouble",
    "SchemaRule",
    "SwallowedError",
    "TemplateResource",
    "Text",
    "VariableRead",
]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a file: `path` is relative to the root. Lines and columns start at 1."""

    path: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0


@dataclass(frozen=True, slots=True)
class ReadingTrouble:
    """A part of a file that could not be read: a syntax error, invalid YAML, a missing file, a cycle.

    The readers report one trouble for each cause. `unclear` is true if the text was read, but its meaning is not
    known. Examples are a declaration that the code computes, and code that cannot be followed to its end.
    """

    place: Place
    message: str
    help_text: str = ""
    unclear: bool = False


# The Python


@dataclass(frozen=True, slots=True)
class DeclaredVariable:
    """One variable in a `@required_env_vars` declaration, with the IAM actions of its operations ("dynamodb:GetItem").

    `operations` are the names of the declared enum members, e.g. "DynamoDBOperation.GET_ITEM".
    """

    variable: str
    actions: tuple[str, ...]
    place: Place
    unknown_operations: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class VariableRead:
    """A read of an environment variable in code that a handler reaches.

    Attributes:
        via: the places of the calls that lead to the read, outermost first.
        optional: whether the variable may be missing, because the read has a default (`os.environ.get(name)`).
    """

    variable: str
    place: Place
    via: tuple[Place, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class AwsCall:
    """A call of AWS in code that a handler reaches.

    Attributes:
        service, operation: the names that botocore uses ("dynamodb", "GetItem").
        actions: the IAM actions that authorise the call.
        variable: the environment variable whose value names the resource, or None if no variable is found.
        place: the place of the call.
        via: the places of the calls that lead to this call, outermost first.
        part: the part of the resource that is used: "" for the resource itself, "object" (S3), "index" or the name of
            an index (DynamoDB).
        by_library: whether a decorator of PyCommon makes and declares the call.
        conditional: whether the call happens only in some cases, and the code does not decide which. An example is
            S3's abort of a failed upload.
    """

    service: str
    operation: str
    actions: tuple[str, ...]
    variable: str | None
    place: Place
    via: tuple[Place, ...] = ()
    part: str = ""
    by_library: bool = False
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class SwallowedError:
    """A batch handler that catches every exception of a record and continues as if the record were processed."""

    place: Place


@dataclass(frozen=True, slots=True)
class HandlerFacts:
    """A function with a decorator of PyCommon, or a function that `serverless.yml` names.

    Attributes:
        reference: the name of the handler in `serverless.yml` ("service/core.record_visit").
        decorators: the names of PyCommon's decorators, outermost first, each with its place.
        declared: the variables of `@required_env_vars`, or None if the function does not have this decorator.
        operation: the operation that `@validated` names.
        validates_body: the second argument of `@validated`.
        sets_up: whether a module that the handler runs calls `setup_validated`.
        dispatches: the references of other handlers that this handler reaches and that have their own declaration,
            such as the operations of a router. The reads and calls of these other handlers are not repeated here. The
            role of this function needs the permissions of all these handlers.
    """

    reference: str
    place: Place
    decorators: tuple[tuple[str, Place], ...] = ()
    declared: tuple[DeclaredVariable, ...] | None = None
    operation: str | None = None
    validates_body: bool = True
    sets_up: bool = False
    reads: tuple[VariableRead, ...] = ()
    calls: tuple[AwsCall, ...] = ()
    swallowed: tuple[SwallowedError, ...] = ()
    parameters: tuple[str, ...] = ()
    dispatches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SchemaRule:
    """An entry of `rules` (`kind` "validators" or "api_validators") or of the permissions (`kind` "permission").

    Attributes:
        path: the path of the operation, or None if the permission checker does not look at paths.
        always_true: whether the entry is a permission that allows every caller.
    """

    kind: str
    path: str | None
    operation: str
    place: Place
    always_true: bool = False


@dataclass(frozen=True, slots=True)
class ApiTool:
    """An `@api_tool` with its path, its name and its handler's reference."""

    path: str
    name: str
    reference: str
    place: Place


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """The facts of a service's Python.

    Attributes:
        late_route_data: the calls of `set_route_data` that come after the import of modules with operations.
        looks_up_permissions: whether the permission checker looks up operations in dicts, and these dicts were read.
            If so, there are no other permissions.
        other_declarations: the `@required_env_vars` declarations that are not on a handler. The tuple is empty unless
            `read_code` was called with `all_declarations`.
        unclear_declarations: the declarations whose content the code computes, on handlers and elsewhere.
        noqa: the rule codes that comments suppress: path -> line -> codes. An empty set suppresses all codes.
    """

    handlers: Mapping[str, HandlerFacts] = field(default_factory=dict)
    rules: tuple[SchemaRule, ...] = ()
    permissions: tuple[SchemaRule, ...] = ()
    tools: tuple[ApiTool, ...] = ()
    late_route_data: tuple[Place, ...] = ()
    looks_up_permissions: bool = False
    noqa: Mapping[str, Mapping[int, frozenset[str]]] = field(default_factory=dict)
    other_declarations: tuple[DeclaredVariable, ...] = ()
    unclear_declarations: tuple[ReadingTrouble, ...] = ()
    troubles: tuple[ReadingTrouble, ...] = ()


# serverless.yml


@dataclass(frozen=True, slots=True)
class Text:
    """A value of `serverless.yml` with its variables resolved.

    A part whose value only AWS knows is a symbol: the origin of the value in angle brackets ("<ref:SampleTable>",
    "<ssm:/a/b>", "<aws:accountId>"). `parts` are literal texts and symbols. Two texts are equal if their parts are
    equal. A symbol equals only itself.

    Example:
        >>> str(Text(("arn:aws:dynamodb:", "<aws:region>", ":", "<aws:accountId>", ":table/visits")))
        'arn:aws:dynamodb:<aws:region>:<aws:accountId>:table/visits'
    """

    parts: tuple[str, ...]

    def __str__(self) -> str:
        return "".join(self.parts)

    @property
    def known(self) -> bool:
        """Whether no part is a symbol."""
        return not any(part.startswith("<") and part.endswith(">") for part in self.parts)


@dataclass(frozen=True, slots=True)
class FunctionEvent:
    """A trigger of a function.

    Attributes:
        kind: the name of the event in the Serverless Framework (osls): "http", "sqs", "stream", "s3", "schedule", ...
        source: the ARN or name of the source of the event, if the event names a source.
        properties: all properties of the event, as plain values.
    """

    kind: str
    place: Place
    path: str | None = None
    method: str | None = None
    source: Text | None = None
    properties: object = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A statement of a role's policies: the actions that it allows or denies, the resources, and the condition keys.

    Attributes:
        negated: whether the statement uses NotAction, and so applies to every action except the listed actions.
        negated_resources: whether the statement uses NotResource, and so applies to every resource except the listed
            resources.
        sid: the Sid of the statement, or "".
        condition: the Condition as plain values, with a `Text` for every string, or None if there is no Condition.
        by_framework: whether osls or a plugin adds the grant (logs, triggers). It is also true if a custom role
            repeats such a grant. Functions do not declare these grants.
    """

    effect: str
    actions: tuple[str, ...]
    resources: tuple[Text, ...]
    place: Place
    conditions: tuple[str, ...] = ()
    negated: bool = False
    action_places: tuple[Place, ...] = ()
    resource_places: tuple[Place, ...] = ()
    negated_resources: bool = False
    sid: str = ""
    condition: object = None
    by_framework: bool = False


@dataclass(frozen=True, slots=True)
class TemplateResource:
    """A resource of the template.

    Attributes:
        logical_id: the logical id of the resource ("SampleTable").
        kind: the CloudFormation type ("AWS::DynamoDB::Table").
        name: the physical name of the resource, if the template sets a name.
        properties: the properties of the resource as plain values, with a `Text` for every string.
    """

    logical_id: str
    kind: str
    name: Text | None
    properties: object
    place: Place


@dataclass(frozen=True, slots=True)
class LambdaFunction:
    """A function of `serverless.yml`.

    Attributes:
        environment: the environment variables of the provider and of the function.
        grants: the grants of every policy of the function's role.
        own_role: whether the function has a role of its own. Functions without a role of their own share one role.
        role: the logical id of the role if the template has the role ("IamRoleLambdaExecution" for the shared role).
            For any other role, this is the ARN or name, as far as it is known.
        unread_policies: the policies and roles whose content is not in any file. The grants of these are not known.
        boundary: the permissions boundary of the role.
        deployed_name: the name of the deployed function ("amplify-main-files-dev-upload").
        properties: all properties of the function, as plain values, with a `Text` for every string.
        handler_place: the place of the key `handler:` of the function.
        computed: the variables whose values CloudFormation computes (`!Ref`, `!Sub`).
        trigger_grants: the grants that the triggers and settings of the function need, without the grants for logs.
    """

    name: str
    handler: str
    place: Place
    environment: Mapping[str, Text] = field(default_factory=dict)
    environment_places: Mapping[str, Place] = field(default_factory=dict)
    events: tuple[FunctionEvent, ...] = ()
    grants: tuple[Grant, ...] = ()
    own_role: bool = False
    role: str = ""
    unread_policies: tuple[Text, ...] = ()
    boundary: Text | None = None
    deployed_name: Text | None = None
    properties: object = None
    handler_place: Place | None = None
    computed: frozenset[str] = frozenset()
    trigger_grants: tuple[Grant, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfigurationFacts:
    """A service's `serverless.yml`, with every file that it includes, for one stage.

    Attributes:
        provider: the section `provider` as plain values, with a `Text` for every string.
        package: the section `package` as plain values, with a `Text` for every string.
        files: the paths of all files that were read, in the form of `Place.path`.
        exports: the names that the outputs of the template export, each with the logical id of its resource.
        region: the region of the stack.
    """

    folder: str
    stage: str
    service: Text
    functions: Mapping[str, LambdaFunction] = field(default_factory=dict)
    resources: Mapping[str, TemplateResource] = field(default_factory=dict)
    secrets: tuple[Place, ...] = ()
    troubles: tuple[ReadingTrouble, ...] = ()
    provider: object = None
    package: object = None
    provider_place: Place | None = None
    files: tuple[str, ...] = ()
    exports: Mapping[str, str] = field(default_factory=dict)
    region: Text | None = None
