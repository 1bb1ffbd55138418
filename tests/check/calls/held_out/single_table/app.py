import os
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Key

from model import Entity


def handler(event, context):
    entity = Entity.load(event["id"])
    if entity is None:
        entity = Entity(event["id"], balance=Decimal(0))
    entity.balance += 1
    entity.store()
    return [each.id for each in Entity.by_owner(event["owner"])]
