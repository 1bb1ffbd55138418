"""Signature Version 4 of a POST to `/`, which is all that the JSON protocol has.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pycommon.dal.providers.aws.json_protocol.credentials import Credentials

__all__ = ["Signer"]

_ALGORITHM = "AWS4-HMAC-SHA256"
_TERMINATOR = "aws4_request"


class Signer:
    """Signs requests to one service in one region.

    Example:
        >>> Signer("dynamodb", "eu-central-1").sign({"host": host, "x-amz-target": target}, body, credentials, now)
        {'host': ..., 'x-amz-target': ..., 'x-amz-date': '20260102T030405Z', 'Authorization': 'AWS4-HMAC-SHA256 ...'}
    """

    def __init__(self, service: str, region: str) -> None:
        self._service = service
        self._region = region
        self._kept: tuple[tuple[str, str], bytes] | None = None

    def sign(self, headers: Mapping[str, str], body: bytes, credentials: Credentials, at: float) -> dict[str, str]:
        """`headers`, with the date, the token and the signature over all of them.

        Args:
            headers: names in lower case.
            body: what is sent.
            credentials: of the caller.
            at: the moment of the signature, in seconds since 1970; AWS takes it for five minutes around that.
        """
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
        signed = {**headers, "x-amz-date": moment}
        if credentials.token is not None:
            signed["x-amz-security-token"] = credentials.token
        names = sorted(signed)
        lines = "".join([f"{name}:{' '.join(signed[name].split())}\n" for name in names])
        name_list = ";".join(names)
        request = f"POST\n/\n\n{lines}\n{name_list}\n{hashlib.sha256(body).hexdigest()}"
        day = moment[:8]
        scope = f"{day}/{self._region}/{self._service}/{_TERMINATOR}"
        text = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = _hmac(self._key(credentials.secret_key, day), text).hex()
        who = f"{credentials.access_key}/{scope}"
        signed["Authorization"] = f"{_ALGORITHM} Credential={who}, SignedHeaders={name_list}, Signature={signature}"
        return signed

    def _key(self, secret_key: str, day: str) -> bytes:
        """The signing key, which stays the same for a day and a secret. One tuple, so that threads see it whole."""
        kept = self._kept
        if kept is None or kept[0] != (secret_key, day):
            key = f"AWS4{secret_key}".encode()
            for part in (day, self._region, self._service, _TERMINATOR):
                key = _hmac(key, part)
            kept = self._kept = ((secret_key, day), key)
        return kept[1]


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
