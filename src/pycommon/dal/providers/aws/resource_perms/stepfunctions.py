"""The operations of Step Functions."""

from __future__ import annotations

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, ResourceType, permit

__all__ = ["StepFunctionsOperation"]

_ANY, _EXECUTION = ResourceType.ANY, ResourceType.EXECUTION


class StepFunctionsOperation(
    AWSOperation, service="stepfunctions", prefix="states", resource=ResourceType.STATE_MACHINE
):
    """Operations on a state machine and its executions.

    The operations that send a task's result by its token have no resource.
    """

    START_EXECUTION = "StartExecution"
    START_SYNC_EXECUTION = "StartSyncExecution"
    STOP_EXECUTION = "StopExecution", permit("StopExecution", _EXECUTION)
    REDRIVE_EXECUTION = "RedriveExecution", permit("RedriveExecution", _EXECUTION)
    DESCRIBE_EXECUTION = "DescribeExecution", permit("DescribeExecution", _EXECUTION)
    GET_EXECUTION_HISTORY = "GetExecutionHistory", permit("GetExecutionHistory", _EXECUTION)
    DESCRIBE_STATE_MACHINE = "DescribeStateMachine"
    DESCRIBE_STATE_MACHINE_FOR_EXECUTION = (
        "DescribeStateMachineForExecution",
        permit("DescribeStateMachineForExecution", _EXECUTION),
    )
    LIST_EXECUTIONS = "ListExecutions"
    LIST_STATE_MACHINES = "ListStateMachines", permit("ListStateMachines", _ANY)
    GET_ACTIVITY_TASK = "GetActivityTask", permit("GetActivityTask", ResourceType.ACTIVITY)
    SEND_TASK_SUCCESS = "SendTaskSuccess", permit("SendTaskSuccess", _ANY)
    SEND_TASK_FAILURE = "SendTaskFailure", permit("SendTaskFailure", _ANY)
    SEND_TASK_HEARTBEAT = "SendTaskHeartbeat", permit("SendTaskHeartbeat", _ANY)
