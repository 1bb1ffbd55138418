"""Create the presigned URL with which one file can be uploaded once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from pycommon.execution_environment import per_execution_environment

__all__ = ["DEFAULT_VALIDITY_SECONDS", "MAX_VALIDITY_SECONDS", "UploadAddress", "presign"]

DEFAULT_VALIDITY_SECONDS = 900
MAX_VALIDITY_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class UploadAddress:
    """A presigned URL, and the headers of its request.

    Attributes:
        url: the URL for one PUT of the file's bytes. A person who has the URL may upload. Keep the URL secret, like a
            password.
        headers: the headers that are part of the signature. Send the headers unchanged. Browsers set Content-Length
            themselves.
    """

    url: str
    headers: dict[str, str]


def presign(key: str, content_type: str, size: int | None, valid_seconds: int) -> UploadAddress:
    """Return the URL for the object at `key` in `S3_RAG_INPUT_BUCKET_NAME`.

    S3 refuses a different content type with 403, because the signature does not match. If `size` (in bytes) is given,
    S3 also refuses a different length. S3 refuses a second upload with 412, because of `If-None-Match: *`. The object
    therefore always matches its chunks.

    The URL works for `valid_seconds`, and at most as long as the credentials that signed it. Lambda renews them hours
    before they expire.
    """
    parameters: dict[str, Any] = {
        "Bucket": os.environ["S3_RAG_INPUT_BUCKET_NAME"],
        "Key": key,
        "ContentType": content_type,
        "IfNoneMatch": "*",
    }
    headers = {"Content-Type": content_type, "If-None-Match": "*"}
    if size is not None:
        parameters["ContentLength"] = size
        headers["Content-Length"] = str(size)
    url = _signer().generate_presigned_url("put_object", Params=parameters, ExpiresIn=valid_seconds, HttpMethod="PUT")
    return UploadAddress(str(url), headers)


@per_execution_environment
def _signer() -> Any:
    """Return a client that signs with SigV4. By default botocore uses the weaker SigV2 for URLs of some regions."""
    import botocore.session
    from botocore.config import Config

    return botocore.session.get_session().create_client("s3", config=Config(signature_version="s3v4"))
