import json

from app.repository import AlbumRepository
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation
from pycommon.decorators import required_env_vars

repository = AlbumRepository()


def respond(status, body):
    return {"statusCode": status, "body": json.dumps(body)}


@required_env_vars({"TABLE_NAME": [DynamoDBOperation.GET_ITEM, DynamoDBOperation.QUERY]})
def lambda_handler(event, context):
    if "artist" in event:
        return respond(200, repository.by_artist(event["artist"]))
    album = repository.get(event["id"])
    if album is None:
        return respond(404, {"message": "no such album"})
    return respond(200, album)
