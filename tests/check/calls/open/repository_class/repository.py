import os
from typing import Optional

import boto3
from boto3.dynamodb.conditions import Attr, Key


class BaseRepository:
    table_variable = ""

    def __init__(self, resource=None):
        self._resource = resource or boto3.resource("dynamodb", region_name=os.getenv("AWS_REGION", "us-east-1"))
        self._table = self._resource.Table(os.environ[self.table_variable])

    def find(self, key):
        return self._table.get_item(Key={"id": key}).get("Item")  # aws: dynamodb:GetItem CUSTOMERS_TABLE

    def save(self, item):
        self._table.put_item(Item=item, ConditionExpression=Attr("id").not_exists())  # aws: dynamodb:PutItem CUSTOMERS_TABLE


class CustomerRepository(BaseRepository):
    table_variable = "CUSTOMERS_TABLE"

    def remove(self, key) -> Optional[dict]:
        for child in self.orders(key):
            self._table.delete_item(Key={"id": child["id"]})  # aws: dynamodb:DeleteItem CUSTOMERS_TABLE
        return self._table.delete_item(Key={"id": key})  # aws: dynamodb:DeleteItem CUSTOMERS_TABLE

    def orders(self, key):
        return self._table.query(IndexName="by-customer", KeyConditionExpression=Key("customer").eq(key))["Items"]  # aws: dynamodb:Query CUSTOMERS_TABLE
