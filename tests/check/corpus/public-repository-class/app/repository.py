import os

import boto3
from boto3.dynamodb.conditions import Key


class AlbumRepository:
    def __init__(self, table_name=None):
        self._table = boto3.resource("dynamodb").Table(table_name or os.environ["TABLE_NAME"])

    def get(self, album_id):
        response = self._table.get_item(Key={"id": album_id})
        return response.get("Item")

    def by_artist(self, artist):
        response = self._table.query(
            IndexName="artist-index",
            KeyConditionExpression=Key("artist").eq(artist),
        )
        return response["Items"]
