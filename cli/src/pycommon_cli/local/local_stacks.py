"""Read the CloudFormation stacks of the local AWS, wait until they are stable, and delete them."""

import time
from collections.abc import Callable
from typing import Any

from pycommon_cli.cli_error import CliError

STABLE_SECONDS = 60.0
_PARAMETERS_A_CALL = 10
# A stack with one of these statuses cannot be updated: the stack's creation did not start, or was rolled back.
DEAD_ENDS = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE")


class StuckStackError(CliError):
    """The stack can neither be updated nor deleted."""


def status(cloudformation: Any, stack: str) -> str | None:
    """Return the status of the stack, or None when there is no such stack."""
    try:
        stacks = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except cloudformation.exceptions.ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    current: str = stacks[0]["StackStatus"]
    return None if current == "DELETE_COMPLETE" else current


def updatable(stack_status: str | None) -> bool:
    """Return whether a deployment can start from this status."""
    return stack_status is None or (stack_status.endswith("_COMPLETE") and stack_status not in DEAD_ENDS)


def exports(cloudformation: Any) -> dict[str, str]:
    """Return all exported values by their names."""
    pages = cloudformation.get_paginator("list_exports").paginate()
    return {export["Name"]: export["Value"] for page in pages for export in page["Exports"]}


def published(client: Callable[[str], Any], stack: str) -> dict[str, str]:
    """Return the values that the stack publishes: its exports, and the SSM parameters that it created."""
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
    """Return the names of the Lambda functions of the stack."""
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
    """Return the failures of the stack since `since`, oldest first: `Table (AWS::DynamoDB::Table): reason`."""
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [e for e in reversed(events) if e["ResourceStatus"].endswith("_FAILED")]
    # When validation fails, the events of the stack give no reason. The events of the operation do.
    operation = cloudformation.describe_events(StackName=stack, Filters={"FailedEvents": True})["OperationEvents"]
    explained = [e for e in operation if e.get("ValidationStatusReason")]
    return [_cause(event) for event in [*failed, *explained] if event["Timestamp"].timestamp() >= since]


def _cause(event: dict[str, Any]) -> str:
    reason = event.get("ValidationStatusReason") or event.get("ResourceStatusReason") or event["ResourceStatus"]
    return f"{event.get('LogicalResourceId')} ({event.get('ResourceType')}): {reason}"


def wait_until_stable(cloudformation: Any, stack: str, *, at_work: bool) -> str | None:
    """Wait while the stack changes, and return its status.

    Args:
        cloudformation: The client.
        stack: The name of the stack.
        at_work: Whether a change of the stack can be running. If MiniStack ends during a change, the change never
            continues.
    """
    current = status(cloudformation, stack)
    deadline = time.monotonic() + (STABLE_SECONDS if at_work else 0)
    while current and current.endswith("_IN_PROGRESS") and current not in DEAD_ENDS and time.monotonic() < deadline:
        time.sleep(0.2)
        current = status(cloudformation, stack)
    return current


def delete(client: Callable[[str], Any], stack: str) -> None:
    """Delete the stack with its resources. Empty the buckets first: CloudFormation deletes only empty buckets."""
    cloudformation, s3 = client("cloudformation"), client("s3")
    for bucket in _physical_ids(cloudformation, stack, "AWS::S3::Bucket"):
        _empty(s3, bucket)
    cloudformation.delete_stack(StackName=stack)
    left = wait_until_stable(cloudformation, stack, at_work=True)
    if left:
        raise StuckStackError(
            f"The stack {stack} could not be deleted. Its status is {left}.",
            "Run `pycommon local down --wipe`, then `pycommon local up`.",
        )


def _empty(s3: Any, bucket: str) -> None:
    try:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                s3.delete_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
    except s3.exceptions.NoSuchBucket:
        return
