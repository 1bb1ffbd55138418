"""Define the endpoints of a user's files: announce an upload, read its status, delete the file."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from files.file_key import file_key, upload_id_of
from files.file_record import FileRecord, FileStatus, announce, find, instant, remove
from files.presigned_upload import DEFAULT_VALIDITY_SECONDS, presign
from pycommon.authz import add_api_access_types, setup_validated, validated
from pycommon.const import APIAccessType
from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, S3Operation
from pycommon.decorators import required_env_vars
from pycommon.exceptions import HTTPNotFound
from pycommon.logger import getLogger
from schemata.permissions import get_permission_checker
from schemata.schema_validation_rules import rules

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = getLogger("files")

setup_validated(rules, get_permission_checker)
add_api_access_types([APIAccessType.FILE_UPLOAD.value])

_NO_SUCH_FILE = "There is no such file"


@required_env_vars(
    {
        "FILES_DYNAMO_TABLE": [DynamoDBOperation.PUT_ITEM],
        "S3_RAG_INPUT_BUCKET_NAME": [S3Operation.PUT_OBJECT],
    }
)
@validated("upload_file")
def get_presigned_url(
    event: Mapping[str, Any], context: object, user: str, name: str, data: Mapping[str, Any]
) -> dict[str, Any]:
    """Announce a file, and return the URL for its upload.

    Args:
        event: the event from API Gateway.
        context: Lambda's context object.
        user: the caller, who will own the file.
        name: the user's display name.
        data: the request; `data["data"]` has passed `schemata/upload_file_schema.py`.

    Returns:
        `fileId` is the id of the file for the other endpoints. `uploadUrl` is the URL for the upload. `method` and
        `headers` are the HTTP method and the headers of the upload. `expiresAt` (ISO 8601, UTC) is the time by which
        the upload must begin.
    """
    wanted = data["data"]
    now = datetime.now(UTC)
    valid_seconds = int(wanted.get("expiresIn", DEFAULT_VALIDITY_SECONDS))
    size = int(wanted["fileSize"]) if "fileSize" in wanted else None
    record = FileRecord(
        id=file_key(user, uuid.uuid4().hex, wanted["fileName"]),
        user=user,
        account=data["account"],
        name=wanted["fileName"],
        content_type=wanted["fileType"],
        size=size,
        status=FileStatus.ANNOUNCED,
        created_at=instant(now),
        expires_at=instant(now + timedelta(seconds=valid_seconds)),
    )
    # Write the record before the caller gets the URL, because an object without a record is removed.
    announce(record)
    address = presign(record.id, record.content_type, size, valid_seconds)
    logger.info("upload %s announced: %s, %s bytes", upload_id_of(record.id), record.content_type, size or "unknown")
    return {
        "success": True,
        "fileId": record.id,
        "uploadUrl": address.url,
        "method": "PUT",
        "headers": address.headers,
        "expiresAt": record.expires_at,
    }


@required_env_vars({"FILES_DYNAMO_TABLE": [DynamoDBOperation.GET_ITEM]})
@validated("get_file")
def get_file(
    event: Mapping[str, Any], context: object, user: str, name: str, data: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the status of a file of the caller.

    Returns:
        `status` (see `files.file_record.FileStatus`); `chunks`, the number of chunks of a `chunked` file; `error` with
        `code` and `reason` of a `failed` file; and the announced values.

    Raises:
        HTTPNotFound: the caller has no such file.
    """
    record = find(data["data"]["fileId"], user)
    if record is None:
        raise HTTPNotFound(_NO_SUCH_FILE)
    failure = record.failure
    return {
        "success": True,
        "fileId": record.id,
        "fileName": record.name,
        "fileType": record.content_type,
        "fileSize": record.size,
        "status": record.status,
        "chunks": record.chunks,
        "error": None if failure is None else {"code": failure.code, "reason": failure.reason},
        "createdAt": record.created_at,
        "expiresAt": record.expires_at,
    }


@required_env_vars({"FILES_DYNAMO_TABLE": [DynamoDBOperation.DELETE_ITEM]})
@validated("delete_file")
def delete_file(
    event: Mapping[str, Any], context: object, user: str, name: str, data: Mapping[str, Any]
) -> dict[str, Any]:
    """Remove a file of the caller: the file's record now, the file's object within seconds.

    Consumers keep the chunks that they have received; see docs/documents.md.

    Raises:
        HTTPNotFound: the caller has no such file.
    """
    file_id = data["data"]["fileId"]
    if not remove(file_id, user):
        raise HTTPNotFound(_NO_SUCH_FILE)
    logger.info("upload %s removed by its owner", upload_id_of(file_id))
    return {"success": True, "fileId": file_id}
