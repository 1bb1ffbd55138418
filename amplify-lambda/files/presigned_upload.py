"""The address to which one file can be uploaded, once, by whoever has it."""

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
    """A presigned URL, and what must be sent to it.

    Attributes:
        url: for one PUT of the file's bytes. Whoever holds it may upload; it is as secret as a password.
        headers: signed with it, to be sent exactly so. Browsers set Content-Length themselves.
    """

    url: str
    headers: dict[str, str]


def presign(key: str, content_type: str, size: int | None, valid_seconds: int) -> UploadAddress:
    """The address for the object at `key` in `S3_RAG_INPUT_BUCKET_NAME`.

    S3 refuses another content type, another length where `size` (bytes) is given (403, the signature does not match),
    and a second upload (412): by `If-None-Match: *` whoever may create the object can't change it, and what was cut
    into chunks is what stays.

    The URL works for `valid_seconds`, and not beyond the life of the role's session that signed it, which Lambda renews
    hours before its end.
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
    """A client that signs by SigV4. Left to itself botocore signs URLs of some regions by SigV2, which binds less."""
    import botocore.session
    from botocore.config import Config

    return botocore.session.get_session().create_client("s3", config=Config(signature_version="s3v4"))
