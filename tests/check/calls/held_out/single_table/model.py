import os

import boto3
from boto3.dynamodb.conditions import Key

_TABLE_NAME = os.environ["MAIN_TABLE"]
_table = boto3.resource("dynamodb").Table(_TABLE_NAME)


class Entity:
    def __init__(self, id, balance):
        self.id = id
        self.balance = balance

    @classmethod
    def load(cls, id):
        item = _table.get_item(Key={"pk": id}).get("Item")  # aws: dynamodb:GetItem MAIN_TABLE
        return cls(item["pk"], item["balance"]) if item else None

    @classmethod
    def by_owner(cls, owner):
        kwargs = {"IndexName": "owner", "KeyConditionExpression": Key("owner").eq(owner)}
        response = _table.query(**kwargs)  # aws: dynamodb:Query MAIN_TABLE
        while True:
            for item in response["Items"]:
                yield cls(item["pk"], item["balance"])
            if not response.get("LastEvaluatedKey"):
                break
            response = _table.query(ExclusiveStartKey=response["LastEvaluatedKey"], **kwargs)  # aws: dynamodb:Query MAIN_TABLE

    def store(self):
        _table.put_item(Item={"pk": self.id, "balance": self.balance})  # aws: dynamodb:PutItem MAIN_TABLE
