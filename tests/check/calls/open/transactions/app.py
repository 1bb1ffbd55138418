import os

import boto3

ddb = boto3.client("dynamodb")


def handler(event, context):
    stock, orders = os.environ["STOCK_TABLE"], os.environ["ORDERS_TABLE"]
    ddb.transact_write_items(  # aws: dynamodb:UpdateItem STOCK_TABLE; dynamodb:PutItem ORDERS_TABLE; dynamodb:ConditionCheckItem STOCK_TABLE
        TransactItems=[
            {"Update": {"TableName": stock, "Key": {"id": {"S": "1"}}, "UpdateExpression": "SET n = n - :o"}},
            {"Put": {"TableName": orders, "Item": {"id": {"S": "2"}}}},
            {"ConditionCheck": {"TableName": stock, "Key": {"id": {"S": "3"}}, "ConditionExpression": "n > :z"}},
        ]
    )
    answer = ddb.batch_get_item(  # aws: dynamodb:BatchGetItem STOCK_TABLE; dynamodb:BatchGetItem ORDERS_TABLE
        RequestItems={stock: {"Keys": []}, orders: {"Keys": []}}
    )
    requests = [{"PutRequest": {"Item": item}} for item in answer["Responses"]]
    while requests:
        answer = ddb.batch_write_item(RequestItems={orders: requests[:25]})  # aws: dynamodb:BatchWriteItem ORDERS_TABLE
        requests = requests[25:]
    items = []
    for key in event["keys"]:
        items.append({"Get": {"TableName": orders, "Key": key}})
    return ddb.transact_get_items(TransactItems=items)  # aws: dynamodb:GetItem ORDERS_TABLE
