def handler(event, context):
    print(event)
    return {"statusCode": 204}
