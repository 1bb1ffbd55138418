"""What every operation tells: its name in the API, the IAM actions that authorise it, what they are checked on."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AWSOperation", "Permission", "ResourceType", "permit"]


class ResourceType(StrEnum):
    """What an action is checked on, and so what the ARN in a policy names. The terms are those of each service."""

    ANY = "*"  # the action knows no resource: a policy that names one never allows it
    ACTIVITY = "activity"
    AGENT_ALIAS = "agent alias"
    ASYNC_INVOKE = "async invocation"
    BUCKET = "bucket"
    CONFIGURATION_SET = "configuration set"
    EMAIL_TEMPLATE = "email template"
    EVENT_BUS = "event bus"
    EXECUTION = "execution"
    FLOW_ALIAS = "flow alias"
    FUNCTION = "function"
    GUARDRAIL = "guardrail"
    IDENTITY = "identity"
    INDEX = "index"
    INFERENCE_PROFILE = "inference profile"
    KEY = "key"
    KNOWLEDGE_BASE = "knowledge base"
    LOG_GROUP = "log group"
    LOG_STREAM = "log stream"
    MODEL = "model"
    OBJECT = "object"
    PARAMETER = "parameter"
    QUEUE = "queue"
    ROLE = "role"
    RULE = "rule"
    SCHEDULE = "schedule"
    SCHEDULE_GROUP = "schedule group"
    SECRET = "secret"  # noqa: S105 - the name of a resource
    STATE_MACHINE = "state machine"
    TABLE = "table"
    TOPIC = "topic"
    USER_POOL = "user pool"


class Permission(NamedTuple):
    """One IAM action, e.g. `dynamodb:Query`, and what it is checked on.

    Of several resource types the first is what every call names or may name; the others are checked in its place, or
    beside it, by calls that name one. So `dynamodb:Query` has TABLE and INDEX: a query of an index is checked on the
    index alone.
    """

    action: str
    resource_types: tuple[ResourceType, ...]


def permit(action: str, *resource_types: ResourceType) -> Permission:
    """A permission where the resource differs from that of the enum's other members."""
    return Permission(action, resource_types)


class AWSOperation(Enum):
    """Base of the enums, each of which holds the operations of one AWS client.

    A service that has no enum here gets one by a subclass; `@required_env_vars` and `operation_for` know it then:

        class TextractOperation(AWSOperation, service="textract", prefix="textract", resource=ResourceType.ANY):
            DETECT_DOCUMENT_TEXT = "DetectDocumentText"

    A member is written as the operation, followed by the actions that authorise it where they have other names or are
    checked on another resource than the rest of the enum. IAM treats some operations in another way where a parameter
    is given; such a form is a member of its own, with the parameter behind a question mark: `"GetObject?VersionId"`.

    Attributes:
        service: the name of the client, as in `boto3.client(service)`.
        prefix: the prefix of the service's IAM actions.
    """

    service: str
    prefix: str
    _resource: ResourceType
    _written: tuple[str | Permission, ...]

    def __new__(cls, operation: str, *permissions: str | Permission) -> Self:
        """A member as it is written, see above."""
        member = object.__new__(cls)
        member._value_ = operation
        member._written = permissions or (operation,)
        return member

    def __init_subclass__(cls, *, service: str, prefix: str, resource: ResourceType) -> None:
        """`resource` is what the actions are checked on that do not say otherwise."""
        super().__init_subclass__()
        cls.service, cls.prefix, cls._resource = service, prefix, resource

    @property
    def operation(self) -> str:
        """The operation as botocore names it: `value`, without the parameter where it has one."""
        operation, _, _ = self.value.partition("?")
        return str(operation)

    @property
    def parameter(self) -> str | None:
        """The parameter of the call that makes it this form; None for the plain operation."""
        _, _, parameter = self.value.partition("?")
        return parameter or None

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """The actions that authorise it, each with what it is checked on."""
        return tuple(self._permission(written) for written in self._written)

    @property
    def actions(self) -> tuple[str, ...]:
        """The IAM actions that authorise it."""
        return tuple(permission.action for permission in self.permissions)

    @property
    def resource(self) -> ResourceType:
        """What the variable names under which the operation is declared."""
        return self.permissions[0].resource_types[0]

    @property
    def companions(self) -> Mapping[str, AWSOperation]:
        """For parameters that name a second resource: the operation to declare on that one's variable.

        CopyObject writes to one bucket and reads from another. `S3Operation.COPY_OBJECT` is the writing; what its
        parameter CopySource names is read, which is `S3Operation.GET_OBJECT`:

            {"TARGET_BUCKET": [S3Operation.COPY_OBJECT], "SOURCE_BUCKET": [S3Operation.GET_OBJECT]}
        """
        return {}

    def __str__(self) -> str:
        """As one writes it in a declaration, e.g. `DynamoDBOperation.GET_ITEM`."""
        return f"{type(self).__name__}.{self.name}"

    def _permission(self, written: str | Permission) -> Permission:
        action, resource_types = (written, (self._resource,)) if isinstance(written, str) else written
        return Permission(action if ":" in action else f"{self.prefix}:{action}", resource_types)
