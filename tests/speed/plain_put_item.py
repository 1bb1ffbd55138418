"""The least that writing a usage record takes: its JSON, a signature, and one request on a kept connection.

What `tests/speed/test_instructions.py` holds a guarded request against. No retries, no checks: a measure, no client.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import time
from typing import Any
from urllib.parse import urlsplit

SIGNED = "content-type;host;x-amz-date;x-amz-target"
KIND = "application/x-amz-json-1.0"


class PlainPutItem:
    """Puts items into the table of usage records that the environment names."""

    def __init__(self) -> None:
        endpoint = urlsplit(os.environ["AWS_ENDPOINT_URL"])
        self._host = endpoint.netloc
        self._connection = http.client.HTTPConnection(endpoint.netloc)

    def put(self, item: dict[str, Any]) -> None:
        """Write one item of low-level attribute values."""
        body = json.dumps({"TableName": os.environ["USAGE_METRICS_DYNAMO_TABLE"], "Item": item}).encode()
        self._connection.request("POST", "/", body, self._headers("DynamoDB_20120810.PutItem", body))
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"PutItem: {answer.status} {content!r}")
        json.loads(content)

    def _headers(self, target: str, body: bytes) -> dict[str, str]:
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        region = os.environ["AWS_REGION"]
        headers = {"content-type": KIND, "host": self._host, "x-amz-date": moment, "x-amz-target": target}
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        canonical = f"POST\n/\n\n{lines}\n{SIGNED}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{moment[:8]}/{region}/dynamodb/aws4_request"
        to_sign = f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        key = b"AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"].encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
        credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
        authorization = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={SIGNED}, Signature={signature}"
        return {**headers, "authorization": authorization}
