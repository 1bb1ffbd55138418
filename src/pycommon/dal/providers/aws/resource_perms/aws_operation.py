"""Define the base class of the enums of AWS operations, with the IAM actions and the resources of each operation."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AWSOperation", "Permission", "ResourceType", "permit"]


class ResourceType(StrEnum):
    """The type of the resource that IAM checks an action on, and that the ARN in a policy names.

    AWS defines the terms.
    """

    ANY = "*"  # the action has no resource types: a policy must have the resource *
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
    """One IAM action, e.g. `dynamodb:Query`, and the resource types that IAM checks the action on.

    A call usually names a resource of the first type. If a call names a resource of another type, IAM checks the action
    on this resource, instead of the first resource or in addition to it. Example: `dynamodb:Query` has TABLE and INDEX.
    IAM checks a query of an index only on the index.
    """

    action: str
    resource_types: tuple[ResourceType, ...]


def permit(action: str, *resource_types: ResourceType) -> Permission:
    """Return a permission whose resource types differ from the default of the enum."""
    return Permission(action, resource_types)


class AWSOperation(Enum):
    """The base class of the enums. Each enum has the operations of one AWS client.

    A service can define a subclass for a client without an enum. `@required_env_vars` and `operation_for` then accept
    the members of the subclass:

        class TextractOperation(AWSOperation, service="textract", prefix="textract", resource=ResourceType.ANY):
            DETECT_DOCUMENT_TEXT = "DetectDocumentText"

    The value of a member begins with the operation. IAM actions follow the operation if their names differ from the
    operation's name, or if IAM checks them on another resource type than the default of the enum. IAM authorises some
    operations by other actions when a call has a certain parameter. Such an operation has a second member, with the
    parameter after a question mark: `"GetObject?VersionId"`.

    Attributes:
        service: the name of the client, as in `boto3.client(service)`.
        prefix: the prefix of the service's IAM actions.
    """

    service: str
    prefix: str
    _resource: ResourceType
    _written: tuple[str | Permission, ...]

    def __new__(cls, operation: str, *permissions: str | Permission) -> Self:
        """Create a member from its value. The docstring of the class describes the value."""
        member = object.__new__(cls)
        member._value_ = operation
        member._written = permissions or (operation,)
        return member

    def __init_subclass__(cls, *, service: str, prefix: str, resource: ResourceType) -> None:
        """Set the client, the IAM prefix and the default resource type of the enum."""
        super().__init_subclass__()
        cls.service, cls.prefix, cls._resource = service, prefix, resource

    @property
    def operation(self) -> str:
        """Return the operation in botocore's spelling, which is `value` without the parameter."""
        operation, _, _ = self.value.partition("?")
        return str(operation)

    @property
    def parameter(self) -> str | None:
        """Return the parameter after the question mark, or None."""
        _, _, parameter = self.value.partition("?")
        return parameter or None

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """Return the IAM actions that authorise the operation, with their resource types."""
        return tuple(self._permission(written) for written in self._written)

    @property
    def actions(self) -> tuple[str, ...]:
        """Return the IAM actions that authorise the operation."""
        return tuple(permission.action for permission in self.permissions)

    @property
    def resource(self) -> ResourceType:
        """Return the type of the resource that the declaring variable names."""
        return self.permissions[0].resource_types[0]

    @property
    def companions(self) -> Mapping[str, AWSOperation]:
        """Return the operation that a service must declare for each parameter that names a second resource.

        CopyObject writes to one bucket and reads from another. `S3Operation.COPY_OBJECT` declares the writing.
        `S3Operation.GET_OBJECT` declares the reading from the source, which the parameter CopySource names:

            {"TARGET_BUCKET": [S3Operation.COPY_OBJECT], "SOURCE_BUCKET": [S3Operation.GET_OBJECT]}
        """
        return {}

    def __str__(self) -> str:
        """Return the member as it is written in a declaration, e.g. `DynamoDBOperation.GET_ITEM`."""
        return f"{type(self).__name__}.{self.name}"

    def _permission(self, written: str | Permission) -> Permission:
        action, resource_types = (written, (self._resource,)) if isinstance(written, str) else written
        return Permission(action if ":" in action else f"{self.prefix}:{action}", resource_types)
