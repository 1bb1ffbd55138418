"""Stacks of the local AWS: their status, their exports, and how a stack that is stuck is removed."""

import time
from collections.abc import Callable
from typing import Any

from pycommon_cli.cli_error import CliError

SETTLE_SECONDS = 60.0
_PARAMETERS_A_CALL = 10
# A stack in one of these takes no update: the first never had resources, the second's were rolled back at its creation.
DEAD_ENDS = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE")


class StuckStackError(CliError):
    """A stack that can neither be updated nor deleted."""


def status(cloudformation: Any, stack: str) -> str | None:
    """The stack's status, None when there is no such stack."""
    try:
        stacks = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except cloudformation.exceptions.ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    current: str = stacks[0]["StackStatus"]
    return None if current == "DELETE_COMPLETE" else current


def updatable(stack_status: str | None) -> bool:
    """Whether a deployment can start from this status."""
    return stack_status is None or (stack_status.endswith("_COMPLETE") and stack_status not in DEAD_ENDS)


def exports(cloudformation: Any) -> dict[str, str]:
    """All exported values by their names."""
    pages = cloudformation.get_paginator("list_exports").paginate()
    return {export["Name"]: export["Value"] for page in pages for export in page["Exports"]}


def published(client: Callable[[str], Any], stack: str) -> dict[str, str]:
    """What the stack offers to others: the values of its exports and of the parameters that it made."""
    offered = {
        export["Name"]: export["Value"]
        for page in client("cloudformation").get_paginator("list_exports").paginate()
        for export in page["Exports"]
        if f":stack/{stack}/" in export["ExportingStackId"]
    }
    names = _physical_ids(client("cloudformation"), stack, "AWS::SSM::Parameter")
    for start in range(0, len(names), _PARAMETERS_A_CALL):
        found = client("ssm").get_parameters(Names=names[start : start + _PARAMETERS_A_CALL])
        offered |= {parameter["Name"]: parameter["Value"] for parameter in found["Parameters"]}
    return offered


def functions(cloudformation: Any, stack: str) -> list[str]:
    """Names of the stack's Lambda functions."""
    return _physical_ids(cloudformation, stack, "AWS::Lambda::Function")


def _physical_ids(cloudformation: Any, stack: str, resource_type: str) -> list[str]:
    if status(cloudformation, stack) is None:
        return []
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    return sorted(
        r["PhysicalResourceId"] for r in resources if r["ResourceType"] == resource_type and r.get("PhysicalResourceId")
    )


def failures(cloudformation: Any, stack: str, since: float) -> list[str]:
    """What failed in the stack since a moment, the first cause first: `Table (AWS::DynamoDB::Table): reason`."""
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [e for e in reversed(events) if e["ResourceStatus"].endswith("_FAILED")]
    # Where the stack's own events say no more than that validation failed, the reasons are events of the operation.
    operation = cloudformation.describe_events(StackName=stack, Filters={"FailedEvents": True})["OperationEvents"]
    explained = [e for e in operation if e.get("ValidationStatusReason")]
    return [_cause(event) for event in [*failed, *explained] if event["Timestamp"].timestamp() >= since]


def _cause(event: dict[str, Any]) -> str:
    reason = event.get("ValidationStatusReason") or event.get("ResourceStatusReason") or event["ResourceStatus"]
    return f"{event.get('LogicalResourceId')} ({event.get('ResourceType')}): {reason}"


def settle(cloudformation: Any, stack: str, *, at_work: bool) -> str | None:
    """Wait while the stack is being changed; return its status.

    Args:
        cloudformation: The client.
        stack: The stack's name.
        at_work: Whether anything can be changing it: what was under way when MiniStack ended never goes on.
    """
    current = status(cloudformation, stack)
    deadline = time.monotonic() + (SETTLE_SECONDS if at_work else 0)
    while current and current.endswith("_IN_PROGRESS") and current not in DEAD_ENDS and time.monotonic() < deadline:
        time.sleep(0.2)
        current = status(cloudformation, stack)
    return current


def delete(client: Callable[[str], Any], stack: str) -> None:
    """Delete the stack with everything in it; its buckets are emptied first, as CloudFormation asks."""
    cloudformation, s3 = client("cloudformation"), client("s3")
    for bucket in _physical_ids(cloudformation, stack, "AWS::S3::Bucket"):
        _empty(s3, bucket)
    cloudformation.delete_stack(StackName=stack)
    left = settle(cloudformation, stack, at_work=True)
    if left:
        raise StuckStackError(
            f"Stack {stack} could not be deleted, it is {left}.", "`pycommon local down --wipe`, then `up`."
        )


def _empty(s3: Any, bucket: str) -> None:
    try:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    except s3.exceptions.NoSuchBucket:
        return
