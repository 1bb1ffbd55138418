"""The operations of DynamoDB."""

from __future__ import annotations

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, ResourceType, permit

__all__ = ["DynamoDBOperation"]

_ANY, _INDEX, _TABLE = ResourceType.ANY, ResourceType.INDEX, ResourceType.TABLE
# The action that authorises a PartiQL statement depends on its verb. The declaration does not know the verb.
_PARTIQL = (permit("PartiQLSelect", _TABLE, _INDEX), "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete")


class DynamoDBOperation(AWSOperation, service="dynamodb", prefix="dynamodb", resource=_TABLE):
    """Operations on a table. IAM has no action for a transaction. IAM checks each part of the transaction."""

    GET_ITEM = "GetItem"
    PUT_ITEM = "PutItem"
    UPDATE_ITEM = "UpdateItem"
    DELETE_ITEM = "DeleteItem"
    QUERY = "Query", permit("Query", _TABLE, _INDEX)
    SCAN = "Scan", permit("Scan", _TABLE, _INDEX)
    BATCH_GET_ITEM = "BatchGetItem"
    BATCH_WRITE_ITEM = "BatchWriteItem"
    TRANSACT_GET_ITEMS = "TransactGetItems", "GetItem"
    TRANSACT_WRITE_ITEMS = "TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"
    EXECUTE_STATEMENT = "ExecuteStatement", *_PARTIQL
    BATCH_EXECUTE_STATEMENT = "BatchExecuteStatement", *_PARTIQL
    EXECUTE_TRANSACTION = "ExecuteTransaction", *_PARTIQL
    DESCRIBE_TABLE = "DescribeTable"
    DESCRIBE_TIME_TO_LIVE = "DescribeTimeToLive"
    DESCRIBE_CONTINUOUS_BACKUPS = "DescribeContinuousBackups"
    LIST_TAGS_OF_RESOURCE = "ListTagsOfResource"
    LIST_TABLES = "ListTables", permit("ListTables", _ANY)
