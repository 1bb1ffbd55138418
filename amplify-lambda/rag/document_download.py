"""Download an uploaded object into a file, up to the size limit of documents."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from files.document_formats import MAX_BYTES
from pycommon.dal.providers.aws.clients import client, error_code
from rag.document_refusal import DocumentRefusedError, RefusalCode

if TYPE_CHECKING:
    from pathlib import Path

    from rag.upload_notification import S3Upload

__all__ = ["download", "hide"]

_PIECE = 1 << 20
_GONE = frozenset({"NoSuchKey", "404"})
_CHANGED = frozenset({"PreconditionFailed", "412"})


def download(upload: S3Upload, path: Path) -> None:
    """Write the object of `upload` to `path`. Never write the object of a later upload of the same key.

    Raises:
        DocumentRefusedError: the object is too large, missing, or replaced by a later upload.
    """
    _check_size(upload.size)
    try:
        answer = client("s3").get_object(Bucket=upload.bucket, Key=upload.key, IfMatch=f'"{upload.etag}"')
    except Exception as error:
        if error_code(error) in _GONE:
            raise DocumentRefusedError(RefusalCode.MISSING, "The uploaded file is gone; upload it again.") from error
        if error_code(error) in _CHANGED:
            raise DocumentRefusedError(
                RefusalCode.REPLACED, "The file was replaced before it was processed."
            ) from error
        raise
    with closing(answer["Body"]) as body, path.open("wb") as file:
        _check_size(answer["ContentLength"])
        for piece in body.iter_chunks(_PIECE):
            file.write(piece)


def hide(upload: S3Upload) -> None:
    """Delete the object of `upload`. The bucket keeps the old version until its lifecycle rule removes it."""
    client("s3").delete_object(Bucket=upload.bucket, Key=upload.key)


def _check_size(size: int) -> None:
    if size >= MAX_BYTES:
        raise DocumentRefusedError(
            RefusalCode.TOO_LARGE, f"The file has {size:,} bytes; less than {MAX_BYTES:,} are allowed."
        )
