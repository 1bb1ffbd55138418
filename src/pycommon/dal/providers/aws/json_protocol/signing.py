"""Sign requests with Signature Version 4. The JSON protocol sends only POST requests to `/`.

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
    """The signer of requests to one service in one region.

    Example:
        >>> Signer("dynamodb", "eu-central-1").sign({"host": host, "x-amz-target": target}, body, credentials, now)
        {'host': ..., 'x-amz-target': ..., 'x-amz-date': '20260102T030405Z', 'Authorization': 'AWS4-HMAC-SHA256 ...'}
    """

    def __init__(self, service: str, region: str) -> None:
        self._service = service
        self._region = region
        self._cached_key: tuple[tuple[str, str], bytes] | None = None

    def sign(self, headers: Mapping[str, str], body: bytes, credentials: Credentials, at: float) -> dict[str, str]:
        """Return `headers` with the date, the session token and the signature.

        Args:
            headers: the headers to sign, with names in lower case.
            body: the body of the request.
            credentials: the credentials of the caller.
            at: the time of the signature in seconds since 1970. AWS accepts a difference of five minutes.
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
        signature = _hmac(self._signing_key(credentials.secret_key, day), text).hex()
        who = f"{credentials.access_key}/{scope}"
        signed["Authorization"] = f"{_ALGORITHM} Credential={who}, SignedHeaders={name_list}, Signature={signature}"
        return signed

    def _signing_key(self, secret_key: str, day: str) -> bytes:
        """Return the signing key of a day and a secret. The cache is one tuple, which threads replace as a whole."""
        cached = self._cached_key
        if cached is None or cached[0] != (secret_key, day):
            key = f"AWS4{secret_key}".encode()
            for part in (day, self._region, self._service, _TERMINATOR):
                key = _hmac(key, part)
            cached = self._cached_key = ((secret_key, day), key)
        return cached[1]


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
