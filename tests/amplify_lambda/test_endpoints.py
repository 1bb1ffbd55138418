"""The endpoints: announce, upload only the announced file, read the status, remove; for the owner only."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pycommon.authz.api_key_store import ApiKeyStore
from pycommon.testing import LambdaContext, rest_api_event
from tests.amplify_lambda.documents_service import BUCKET, FILES

if TYPE_CHECKING:
    from types import ModuleType

    from tests.amplify_lambda.documents_service import DocumentService

PDF = {"fileName": "Bericht über 3%.pdf", "fileType": "application/pdf", "fileSize": 9}


@pytest.fixture
def ask(service: DocumentService, endpoints: ModuleType) -> Any:
    """Return `ask(path, data, user)`, which returns the response's status and body."""
    handlers = {
        "/files/upload": endpoints.get_presigned_url,
        "/files/status": endpoints.get_file,
        "/files/delete": endpoints.delete_file,
    }

    def ask(path: str, data: Any, user: str = "ada") -> tuple[int, dict[str, Any]]:
        answer = handlers[path](service.request(path, data, user), LambdaContext())
        return answer["statusCode"], json.loads(answer["body"])

    return ask


def test_an_announcement(service: DocumentService, ask: Any) -> None:
    account = {"id": "acc-1", "name": "Lab", "isDefault": True}
    service.aws.put("ACCOUNTS_DYNAMO_TABLE", {"user": "ada", "accounts": [account]})
    status, body = ask("/files/upload", PDF)
    assert status == 200
    user, _, name = body["fileId"].split("/")
    assert (user, name) == ("ada", "Bericht über 3_.pdf")
    assert body["method"] == "PUT"
    assert body["headers"] == {"Content-Type": "application/pdf", "If-None-Match": "*", "Content-Length": "9"}
    assert parse_qs(urlsplit(body["uploadUrl"]).query)["X-Amz-Expires"] == ["900"]
    item = service.record(body["fileId"])
    assert item.pop("created_at") < item["expires_at"] == body["expiresAt"]
    assert item.pop("awaited") in {"0", "1", "2", "3"}
    assert item == {
        "id": body["fileId"],
        "user": "ada",
        "account": "acc-1",
        "name": "Bericht über 3%.pdf",
        "type": "application/pdf",
        "size": 9,
        "status": "announced",
        "expires_at": body["expiresAt"],
    }


@pytest.mark.parametrize(("access", "status"), [("file_upload", 200), ("full_access", 200), ("chat", 403)])
def test_api_keys_need_the_access_type(
    service: DocumentService, endpoints: ModuleType, access: str, status: int
) -> None:
    keys = ApiKeyStore(service.variables["API_KEYS_DYNAMODB_TABLE"], service.aws.client("dynamodb"))
    key = keys.create("ada", access_types=[access]).key
    event = rest_api_event("POST", "/files/upload", {"data": PDF}, token=key)
    assert endpoints.get_presigned_url(event, LambdaContext())["statusCode"] == status


def test_two_files_of_one_name_do_not_meet(ask: Any) -> None:
    assert ask("/files/upload", PDF)[1]["fileId"] != ask("/files/upload", PDF)[1]["fileId"]


def test_what_was_announced_can_be_uploaded_once(service: DocumentService, ask: Any) -> None:
    body = ask("/files/upload", PDF)[1]
    assert service.put(body["uploadUrl"], body["headers"], b"%PDF-1.7\n").status == 200
    stored = service.aws.client("s3").get_object(Bucket=service.variables[BUCKET], Key=body["fileId"])
    assert (stored["Body"].read(), stored["ContentType"]) == (b"%PDF-1.7\n", "application/pdf")
    assert service.put(body["uploadUrl"], body["headers"], b"%PDF-9.9\n").status == 412


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({"Content-Type": "text/html"}, b"%PDF-1.7\n"),
        ({"If-None-Match": "other"}, b"%PDF-1.7\n"),
        ({}, b"%PDF-1.7\n and more"),
        ({}, b""),
    ],
    ids=["type", "condition", "longer", "shorter"],
)
def test_nothing_else_can_be_uploaded(
    service: DocumentService, ask: Any, headers: dict[str, str], content: bytes
) -> None:
    body = ask("/files/upload", PDF)[1]
    answer = service.put(body["uploadUrl"], {**body["headers"], **headers}, content)
    assert (answer.status, "SignatureDoesNotMatch" in answer.body) == (403, True)
    assert service.versions(body["fileId"]) == (0, 0)


def test_without_a_size_the_length_is_free(service: DocumentService, ask: Any) -> None:
    body = ask("/files/upload", {"fileName": "a.txt", "fileType": "text/plain", "expiresIn": 60})[1]
    assert "Content-Length" not in body["headers"]
    assert service.put(body["uploadUrl"], body["headers"], b"any length").status == 200


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"fileSize": 99_999_999}, 200, ""),
        ({"fileSize": 100_000_000}, 403, "not permitted"),
        ({"fileSize": 0}, 400, "/data/fileSize"),
        ({"fileSize": 1.5}, 400, "/data/fileSize"),
        ({"fileType": "text/html"}, 400, "/data/fileType"),
        ({"fileName": ""}, 400, "/data/fileName"),
        ({"expiresIn": 3600}, 200, ""),
        ({"expiresIn": 3601}, 400, "/data/expiresIn"),
        ({"user": "eve"}, 400, "not allowed"),
    ],
)
def test_what_may_be_announced(ask: Any, change: dict[str, Any], status: int, says: str) -> None:
    found, body = ask("/files/upload", PDF | change)
    assert (found, says in json.dumps(body)) == (status, True)


def test_the_status_of_each_step(service: DocumentService, ask: Any) -> None:
    announced = ask("/files/upload", PDF)[1]
    status, body = ask("/files/status", {"fileId": announced["fileId"]})
    assert status == 200
    assert body.pop("createdAt")
    assert body == {
        "success": True,
        "fileId": announced["fileId"],
        "fileName": PDF["fileName"],
        "fileType": "application/pdf",
        "fileSize": 9,
        "status": "announced",
        "chunks": None,
        "error": None,
        "expiresAt": announced["expiresAt"],
    }
    done = service.announce(status="chunked", chunks=3)
    assert ask("/files/status", {"fileId": done})[1]["chunks"] == 3
    failed = service.announce(status="failed", failure={"code": "empty", "reason": "No text."})
    assert ask("/files/status", {"fileId": failed})[1]["error"] == {"code": "empty", "reason": "No text."}


def test_a_file_is_removed_once(service: DocumentService, ask: Any) -> None:
    file_id = service.announce()
    assert ask("/files/delete", {"fileId": file_id}) == (200, {"success": True, "fileId": file_id})
    assert service.aws.items(FILES) == []
    assert ask("/files/delete", {"fileId": file_id})[0] == 404
    assert ask("/files/status", {"fileId": file_id})[0] == 404


@pytest.mark.parametrize("path", ["/files/status", "/files/delete"])
def test_a_file_is_its_owners_only(service: DocumentService, ask: Any, path: str) -> None:
    file_id = service.announce(user="ada")
    assert ask(path, {"fileId": file_id}, "eve")[0] == 403
    assert ask(path, {"fileId": file_id}, "ad")[0] == 403
    # A record in the user's folder with another owner. The permission checker cannot notice.
    foreign = service.announce(user="ada", id="eve/5f0c/a.txt")
    assert ask(path, {"fileId": foreign}, "eve")[0] == 404
    assert len(service.aws.items(FILES)) == 2


def test_neither_names_nor_addresses_are_logged(ask: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    body = ask("/files/upload", PDF | {"fileName": "CANARY.pdf"})[1]
    ask("/files/status", {"fileId": body["fileId"]})
    ask("/files/delete", {"fileId": body["fileId"]})
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name == "files")
    assert body["fileId"].split("/")[1] in logged
    assert "X-Amz-Signature" not in logged
