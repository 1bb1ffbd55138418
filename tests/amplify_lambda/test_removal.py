"""Remove every version of objects whose record was removed, and no other object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from files.removal_handler import remove_stored_object
from pycommon.testing import LambdaContext, fresh_execution_environment
from tests.amplify_lambda.documents_service import BUCKET, FILES

if TYPE_CHECKING:
    from tests.amplify_lambda.documents_service import DocumentService


def records_of(service: DocumentService) -> list[dict[str, Any]]:
    """Return all records of the table's stream."""
    streams = service.aws.client("dynamodbstreams")
    (stream,) = streams.list_streams(TableName=service.variables[FILES])["Streams"]
    found = []
    for shard in streams.describe_stream(StreamArn=stream["StreamArn"])["StreamDescription"]["Shards"]:
        place = {"StreamArn": stream["StreamArn"], "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = streams.get_shard_iterator(**place)["ShardIterator"]
        found += [
            {**record, "eventSource": "aws:dynamodb"}
            for record in streams.get_records(ShardIterator=iterator)["Records"]
        ]
    return found


def put(service: DocumentService, key: str) -> None:
    service.aws.client("s3").put_object(Bucket=service.variables[BUCKET], Key=key, Body=b"x")


def remove_record(service: DocumentService, file_id: str) -> None:
    service.aws.client("dynamodb").delete_item(TableName=service.variables[FILES], Key={"id": {"S": file_id}})


def test_all_versions_go_and_a_repetition_finds_none(service: DocumentService) -> None:
    file_id, other = service.announce(), service.announce(user="eve")
    for key in (file_id, file_id, other, f"{file_id}.bak"):
        put(service, key)
    service.aws.client("s3").delete_object(Bucket=service.variables[BUCKET], Key=file_id)
    assert service.versions(file_id) == (2, 1)
    remove_record(service, file_id)
    event = {"Records": records_of(service)}
    assert [record["eventName"] for record in event["Records"]] == ["INSERT", "INSERT", "REMOVE"]
    answer = remove_stored_object(event, LambdaContext())
    assert answer == {"success": True, "records": 1, "versions": 3}
    assert [service.versions(key) for key in (file_id, other, f"{file_id}.bak")] == [(0, 0), (1, 0), (1, 0)]
    assert remove_stored_object(event, LambdaContext())["versions"] == 0


def test_the_owner_of_the_removed_record_pays(service: DocumentService) -> None:
    remove_record(service, service.announce())
    remove_stored_object({"Records": records_of(service)[-1:]}, LambdaContext())
    assert service.usage() == {("account-of-ada", "ada"): 1}


def test_one_that_fails_does_not_keep_the_others_and_is_raised(service: DocumentService) -> None:
    file_ids = [service.announce(), service.announce()]
    for file_id in file_ids:
        put(service, file_id)
        remove_record(service, file_id)
    keys = [f"arn:aws:s3:::{service.variables[BUCKET]}/{file_ids[1]}", f"arn:aws:s3:::{service.variables[BUCKET]}"]
    role = service.aws.role_variables(
        {"Effect": "Allow", "Action": ["s3:DeleteObject*", "s3:ListBucketVersions"], "Resource": keys}
    )
    credentials = {name: value for name, value in role.items() if name.startswith("AWS_")}
    with (
        fresh_execution_environment({**service.variables, **credentials}),
        pytest.raises(Exception, match="AccessDenied"),
    ):
        remove_stored_object({"Records": records_of(service)}, LambdaContext())
    assert [service.versions(file_id) for file_id in file_ids] == [(1, 0), (0, 0)]
