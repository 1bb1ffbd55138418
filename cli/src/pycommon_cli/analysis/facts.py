"""Define the facts of a service as values. Rules check them, and policies are generated from them.

Two readers produce them without running any code: `pycommon_cli.analysis.python` reads the Python,
`pycommon_cli.analysis.serverless` reads `serverless.yml`. Anything that cannot be read becomes a `ReadingTrouble`,
never an exception.
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
    """A place in a file: `path` is relative to the root, lines and columns start at 1."""

    path: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0


@dataclass(frozen=True, slots=True)
class ReadingTrouble:
    """Something that could not be read: a syntax error, invalid YAML, a missing file, a cycle.

    There is one trouble for each cause.
    `unclear` is true if the text was read, but does not say what it should: a computed declaration, or code that
    cannot be followed to its end.
    """

    place: Place
    message: str
    help_text: str = ""
    unclear: bool = False


# The Python


@dataclass(frozen=True, slots=True)
class DeclaredVariable:
    """One variable of a `@required_env_vars`, with the IAM actions of its operations ("dynamodb:GetItem").

    `operations` are the members as they are declared, e.g. "DynamoDBOperation.GET_ITEM".
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
        via: the calls that lead to the read, outermost first.
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
        via: the calls that lead to it, outermost first.
        part: the part of the resource: "" for the resource itself, "object" (S3), "index" or the name of an index
            (DynamoDB).
        by_library: whether a decorator of PyCommon makes the call, and declares it.
        conditional: whether the call happens only in cases that the code does not decide, e.g. S3's abort of a failed
            upload.
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
        reference: the name in `serverless.yml` ("service/core.record_visit").
        decorators: the names of PyCommon's decorators, outermost first, each with its place.
        declared: the variables of `@required_env_vars`, or None without that decorator.
        operation: the operation of `@validated`.
        validates_body: the second argument of `@validated`.
        sets_up: whether a module that the handler runs calls `setup_validated`.
        dispatches: the references of other handlers with their own declaration that this handler reaches, such as the
            operations of a router. Their reads and calls are not repeated here. The role of this function needs all
            of them.
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
        path: the path of the operation, or None if the checker does not look at paths.
        always_true: whether a permission allows everybody.
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
        late_route_data: the calls of `set_route_data` after the import of modules with operations.
        looks_up_permissions: whether the permission checker looks up operations in dicts that were read. If so, there
            are no other permissions.
        other_declarations: the declarations of `@required_env_vars` on no handler, if the reader was asked for them.
        unclear_declarations: the declarations that the code does not show, on handlers or not.
        noqa: the codes that comments suppress: path -> line -> codes, where an empty set suppresses all.
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
    """A value of `serverless.yml` with its variables resolved. A part that only AWS knows is a symbol.

    `parts` are literal texts, and symbols in angle brackets ("<ref:SampleTable>", "<ssm:/a/b>", "<aws:accountId>").
    Two texts are equal if their parts are equal. A symbol equals only itself.

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
        kind: the name of the event in osls ("http", "sqs", "stream", "s3", "schedule", ...).
        source: the ARN or name of the source of the event, if it names one.
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
    """A statement of a role's policies: what it allows or denies, on which resources, with which condition keys.

    Attributes:
        negated, negated_resources: whether the statement uses NotAction, NotResource: everything except the listed
            ones.
        sid: its Sid, or "".
        condition: its Condition as plain values, with a `Text` for every string; None without one.
        by_framework: whether osls or a plugin adds the grant (logs, triggers), or a custom role repeats it. Functions
            do not declare these grants.
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
        logical_id, kind: "SampleTable", "AWS::DynamoDB::Table".
        name: its physical name, if the template sets one.
        properties: its properties as plain values, with a `Text` for every string.
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
        environment: the variables of the provider and of the function.
        grants: the grants of every policy of its role.
        own_role: whether its role differs from the role that functions without a role share.
        role: the logical id of its role if the template has the role ("IamRoleLambdaExecution" for the shared one),
            otherwise its ARN or name as far as it is known.
        unread_policies: the policies and roles whose content is not in any file. Their grants are not known.
        boundary: the permissions boundary of its role.
        deployed_name: the name of the deployed function ("amplify-main-files-dev-upload").
        properties: all properties of the function, as plain values, with a `Text` for every string.
        handler_place: the place of its `handler:`.
        computed: the variables whose values CloudFormation computes (`!Ref`, `!Sub`).
        trigger_grants: the grants that its triggers and settings need. Logs are not included.
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
        package: the section `package`, likewise.
        files: all files that were read, as in `Place.path`.
        exports: the names that its outputs export, each with the logical id of the resource.
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
