"""The operations of CloudWatch Logs."""

from __future__ import annotations

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, ResourceType, permit

__all__ = ["LogsOperation"]

_ANY, _LOG_STREAM = ResourceType.ANY, ResourceType.LOG_STREAM


class LogsOperation(AWSOperation, service="logs", prefix="logs", resource=ResourceType.LOG_GROUP):
    """Operations on a log group and its streams."""

    CREATE_LOG_GROUP = "CreateLogGroup"
    PUT_RETENTION_POLICY = "PutRetentionPolicy"
    CREATE_LOG_STREAM = "CreateLogStream", permit("CreateLogStream", _LOG_STREAM)
    PUT_LOG_EVENTS = "PutLogEvents", permit("PutLogEvents", _LOG_STREAM)
    GET_LOG_EVENTS = "GetLogEvents", permit("GetLogEvents", _LOG_STREAM)
    DELETE_LOG_STREAM = "DeleteLogStream", permit("DeleteLogStream", _LOG_STREAM)
    FILTER_LOG_EVENTS = "FilterLogEvents"
    START_QUERY = "StartQuery"
    GET_QUERY_RESULTS = "GetQueryResults"
    STOP_QUERY = "StopQuery", permit("StopQuery", _ANY)
    GET_LOG_RECORD = "GetLogRecord"
    DESCRIBE_LOG_STREAMS = "DescribeLogStreams"
    DESCRIBE_LOG_GROUPS = "DescribeLogGroups", permit("DescribeLogGroups", _ANY)
