"""What is read out of a service, as values: the facts that rules judge and policies are made from.

Two readers make them, and neither runs anything: `pycommon_cli.analysis.python` from the Python,
`pycommon_cli.analysis.serverless` from `serverless.yml`.
Both are total: what cannot be read becomes a `ReadingTrouble`, never an exception.
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
    """Where something stands: `path` relative to the root that was asked for, lines and columns from 1."""

    path: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0


@dataclass(frozen=True, slots=True)
class ReadingTrouble:
    """Something that could not be read: a syntax error, a broken YAML, a missing file, a cycle. One for each cause.

    `unclear` where it was read, and does not tell what it is to tell: a declaration that is computed, code that cannot
    be followed to its end.
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
    """A read of the environment in code that a handler can reach. `via` are the calls that lead there, outermost first.

    `optional` where a default stands beside it (`os.environ.get(name)`, `getenv(name, default)`): it may be missing.
    """

    variable: str
    place: Place
    via: tuple[Place, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class AwsCall:
    """A call of AWS in code that a handler can reach.

    Attributes:
        service, operation: as botocore names them ("dynamodb", "GetItem").
        actions: the IAM actions that authorise it.
        variable: the environment variable whose value names the resource; None where none is seen to.
        place: the call; `via` are the calls that lead there, outermost first.
        part: which part of the resource it needs: "" for itself, "object" (S3), "index" or an index's name (DynamoDB).
        by_library: made by a decorator of this library, and declared by it.
        conditional: made in some cases only, which the code does not decide: S3's abort of an upload that failed.
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
    """A handler of a batch that catches every exception of a record and goes on as if the record were done."""

    place: Place


@dataclass(frozen=True, slots=True)
class HandlerFacts:
    """A function that is decorated by this library, or that `serverless.yml` names.

    Attributes:
        reference: as `serverless.yml` writes it ("service/core.record_visit").
        decorators: names of this library's decorators, outermost first, each with its place.
        declared: of `@required_env_vars`; None where there is none.
        operation: of `@validated`; `validates_body` its second argument.
        sets_up: whether `setup_validated` is called in a module that counts for this handler.
        dispatches: references of other handlers with a declaration of their own that it can reach (the operations of a
            router). Their reads and calls are theirs, not repeated here; the role of this function needs them all.
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

    `always_true` for a permission that lets everybody through. `path` is None where the checker knows no paths.
    """

    kind: str
    path: str | None
    operation: str
    place: Place
    always_true: bool = False


@dataclass(frozen=True, slots=True)
class ApiTool:
    """An `@api_tool`, with the path and name that it says, and its handler's reference."""

    path: str
    name: str
    reference: str
    place: Place


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """A service's Python.

    `late_route_data` are calls of `set_route_data` that stand after the import of modules with operations.
    `looks_up_permissions`: the permission checker looks operations up in a dict that was read, and so knows no others.
    `other_declarations` are those of `@required_env_vars` on no handler, if the reader was asked for them.
    `unclear_declarations` are declarations that the code does not show, on handlers or not.
    `noqa` are the codes that a line's comment silences: path -> line -> codes, empty for all.
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
    """A value of `serverless.yml` after its variables: what is known of it, and what stays a symbol.

    `parts` are texts and, for what only AWS knows, symbols in angle brackets ("<ref:SampleTable>", "<ssm:/a/b>",
    "<aws:accountId>"). Two are the same where their parts are; a symbol is equal to itself only.

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
    """A trigger of a function: `kind` as osls names it ("http", "sqs", "stream", "s3", "schedule", ...).

    `source` is the ARN or name of what sends it, where it names one; `properties` all that it says, as plain values.
    """

    kind: str
    place: Place
    path: str | None = None
    method: str | None = None
    source: Text | None = None
    properties: object = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A statement of a role's policies: what it allows or denies, on what, under which condition keys.

    Attributes:
        negated, negated_resources: whether it is written as NotAction, as NotResource: all but what is listed.
        sid: its Sid, "" for none.
        condition: its Condition as plain values, `Text` for every string; None for none.
        by_framework: added by osls or a plugin (logs, triggers), or the same in a role of one's own: not for anybody to
            declare.
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
        name: its physical name, where it is given.
        properties: as plain values, `Text` for every string.
    """

    logical_id: str
    kind: str
    name: Text | None
    properties: object
    place: Place


@dataclass(frozen=True, slots=True)
class LambdaFunction:
    """A function of `serverless.yml`.

    `environment` is that of the provider and its own together; `grants` those of every policy of its role.

    Attributes:
        own_role: whether its role is not the one that it shares with the functions that name none.
        role: the logical id of its role where the template has it ("IamRoleLambdaExecution" for the shared one), else
            its ARN or name as far as it is known.
        unread_policies: policies and roles that no file tells of; what they grant is not known.
        boundary: the permissions boundary of its role.
        deployed_name: the name that the function gets ("amplify-main-files-dev-upload").
        properties: all that `serverless.yml` says of it, as plain values, `Text` for every string.
        handler_place: where `handler:` stands.
        computed: the variables whose values CloudFormation makes (`!Ref`, `!Sub`), not osls.
        trigger_grants: what its own triggers and settings need; logs come on top.
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

    `provider` is the section of that name as plain values, `Text` for every string, as in `Resource.properties`.
    `package` is the section of that name, likewise. `files` are all that were read, as in `Place.path`. `region` is
    that of the stack. `exports` are the names that its outputs export, each with the logical id of the resource that
    it tells of.
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
