from repository import CustomerRepository

repository = CustomerRepository()


def handler(event, context):
    if event["httpMethod"] == "GET":
        return repository.find(event["pathParameters"]["id"])
    if event["httpMethod"] == "DELETE":
        repository.remove(event["pathParameters"]["id"])
    else:
        repository.save(event["body"])
    return {"statusCode": 204}
