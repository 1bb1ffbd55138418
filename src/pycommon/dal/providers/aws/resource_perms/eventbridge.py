"""The operations of EventBridge and of EventBridge Scheduler."""

from __future__ import annotations

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, ResourceType, permit

__all__ = ["EventBridgeOperation", "SchedulerOperation"]

_ANY, _EVENT_BUS, _GROUP = ResourceType.ANY, ResourceType.EVENT_BUS, ResourceType.SCHEDULE_GROUP


class EventBridgeOperation(AWSOperation, service="events", prefix="events", resource=ResourceType.RULE):
    """Operations on an event bus and its rules. `SchedulerOperation` has the operations on schedules."""

    PUT_EVENTS = "PutEvents", permit("PutEvents", _EVENT_BUS)
    DESCRIBE_EVENT_BUS = "DescribeEventBus", permit("DescribeEventBus", _EVENT_BUS)
    PUT_RULE = "PutRule"
    DESCRIBE_RULE = "DescribeRule"
    ENABLE_RULE = "EnableRule"
    DISABLE_RULE = "DisableRule"
    DELETE_RULE = "DeleteRule"
    PUT_TARGETS = "PutTargets"
    REMOVE_TARGETS = "RemoveTargets"
    LIST_TARGETS_BY_RULE = "ListTargetsByRule"
    LIST_RULES = "ListRules", permit("ListRules", _ANY)


class SchedulerOperation(AWSOperation, service="scheduler", prefix="scheduler", resource=ResourceType.SCHEDULE):
    """Operations of EventBridge Scheduler. A schedule runs with a role, so creating a schedule needs iam:PassRole."""

    CREATE_SCHEDULE = "CreateSchedule", "CreateSchedule", permit("iam:PassRole", ResourceType.ROLE)
    UPDATE_SCHEDULE = "UpdateSchedule", "UpdateSchedule", permit("iam:PassRole", ResourceType.ROLE)
    GET_SCHEDULE = "GetSchedule"
    DELETE_SCHEDULE = "DeleteSchedule"
    LIST_SCHEDULES = "ListSchedules", permit("ListSchedules", _ANY)
    CREATE_SCHEDULE_GROUP = "CreateScheduleGroup", permit("CreateScheduleGroup", _GROUP)
    GET_SCHEDULE_GROUP = "GetScheduleGroup", permit("GetScheduleGroup", _GROUP)
    # Deleting a group deletes its schedules.
    DELETE_SCHEDULE_GROUP = "DeleteScheduleGroup", permit("DeleteScheduleGroup", _GROUP), "DeleteSchedule"
    LIST_SCHEDULE_GROUPS = "ListScheduleGroups", permit("ListScheduleGroups", _ANY)
