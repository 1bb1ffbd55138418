"""Announcements whose upload never arrived are removed. Uploads that arrived, or may still arrive, stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from files.expiry_handler import expire_uploads
from files.file_record import AWAITED_SHARDS
from pycommon.testing import LambdaContext
from tests.amplify_lambda.documents_service import BUCKET, FILES

if TYPE_CHECKING:
    from tests.amplify_lambda.documents_service import DocumentService

SCHEDULED = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}


def ago(**time: float) -> str:
    return (datetime.now(UTC) - timedelta(**time)).strftime("%Y-%m-%dT%H:%M:%SZ")


def expire(context: LambdaContext | None = None) -> dict[str, Any]:
    return expire_uploads(SCHEDULED, context or LambdaContext(timeout_s=300))


def test_only_overdue_announcements_go(service: DocumentService) -> None:
    overdue = {service.announce(expires_at=ago(hours=1), awaited=shard) for shard in AWAITED_SHARDS}
    kept = {
        service.announce(),
        service.announce(expires_at=ago(seconds=30)),
        service.announce(expires_at=ago(minutes=-9)),
    }
    assert expire() == {"success": True, "removed": 4, "arrived": 0, "unfinished": False}
    assert {item["id"] for item in service.aws.items(FILES)} == kept
    assert not kept & overdue


@pytest.mark.parametrize("status", ["uploaded", "processing", "chunked", "failed"])
def test_a_file_that_has_got_on_stays_though_the_index_is_late(service: DocumentService, status: str) -> None:
    service.announce(expires_at=ago(hours=1), status=status)
    assert expire()["removed"] == 0
    assert len(service.aws.items(FILES)) == 1


def test_a_file_that_came_and_waits_stays_and_leaves_the_index(service: DocumentService) -> None:
    file_id = service.announce(expires_at=ago(days=2))
    service.aws.client("s3").put_object(Bucket=service.variables[BUCKET], Key=file_id, Body=b"x")
    assert (expire()["arrived"], service.record(file_id)["status"]) == (1, "uploaded")
    assert "awaited" not in service.record(file_id)
    assert expire()["arrived"] == 0


def test_a_longer_key_is_not_taken_for_the_upload(service: DocumentService) -> None:
    file_id = service.announce(expires_at=ago(days=2))
    service.aws.client("s3").put_object(Bucket=service.variables[BUCKET], Key=f"{file_id}.bak", Body=b"x")
    assert expire()["removed"] == 1


def test_each_uploader_pays_for_their_own(service: DocumentService) -> None:
    for user in ("ada", "ada", "eve"):
        service.announce(user=user, expires_at=ago(hours=1))
    expire()
    assert service.usage() == {("account-of-ada", "ada"): 2, ("account-of-eve", "eve"): 1}


def test_the_system_pays_for_looking_in_vain(service: DocumentService) -> None:
    expire()
    assert list(service.usage()) == [("system", "system")]


def test_what_the_time_does_not_allow_is_left_to_the_next_run(service: DocumentService) -> None:
    service.announce(expires_at=ago(hours=1))
    assert expire(LambdaContext(timeout_s=5)) == {"success": True, "removed": 0, "arrived": 0, "unfinished": True}
    assert expire()["removed"] == 1
