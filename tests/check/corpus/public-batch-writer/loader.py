import json
import logging
import os
from decimal import Decimal

import boto3
from botocore.exceptions import ClientError
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars

logger = logging.getLogger()
logger.setLevel(logging.INFO)

TABLE_NAME = os.environ["PRICES"]
dynamodb = boto3.resource("dynamodb", region_name="us-east-2")
table = dynamodb.Table(TABLE_NAME)


@required_env_vars({"PRICES": [DynamoDBOperation.PUT_ITEM]})
def handler(event, context):
    try:
        table.put_item(Item={"id": "latest", "count": len(event["prices"])})
        with table.batch_writer() as batch:
            for price in event["prices"]:
                batch.put_item(Item=json.loads(json.dumps(price), parse_float=Decimal))
    except ClientError as error:
        logger.error(error.response["Error"]["Message"])
        raise
