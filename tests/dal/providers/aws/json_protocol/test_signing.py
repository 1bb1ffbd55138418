"""Test signatures against botocore's signatures of the same requests."""

from __future__ import annotations

import string
from datetime import UTC, datetime

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoresCredentials
from hypothesis import given
from hypothesis import strategies as st

from pycommon.dal.providers.aws.json_protocol.credentials import Credentials
from pycommon.dal.providers.aws.json_protocol.signing import Signer

words = st.text(string.ascii_letters + string.digits + "/+=-", min_size=1, max_size=60)
lines = st.text([chr(code) for code in range(32, 127)], max_size=60)
hosts = st.from_regex(r"[a-z][a-z0-9-]{0,20}(\.[a-z0-9]{1,10}){0,3}(:(8080|4566))?", fullmatch=True)
moments = st.floats(0, 4e9)


def botocores(
    service: str, region: str, headers: dict[str, str], body: bytes, credentials: Credentials, at: float
) -> str:
    """Return the signature of botocore's single steps, because its `add_auth` always uses the current time."""
    moment = datetime.fromtimestamp(int(at), UTC).strftime("%Y%m%dT%H%M%SZ")
    sent = {**headers, "X-Amz-Date": moment}
    if credentials.token is not None:
        sent["X-Amz-Security-Token"] = credentials.token
    request = AWSRequest("POST", f"http://{headers['host']}/", headers=sent, data=body)
    request.context["timestamp"] = moment
    signer = SigV4Auth(BotocoresCredentials(credentials.access_key, credentials.secret_key), service, region)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signer._inject_signature_to_request(request, signer.signature(text, request))
    return str(request.headers["Authorization"])


@given(
    service=st.sampled_from(["dynamodb", "ssm", "sqs"]),
    region=st.sampled_from(["us-east-1", "cn-north-1", "il-central-1"]),
    host=hosts,
    target=words,
    body=st.binary(max_size=200),
    access_key=words,
    secret=lines.filter(bool),
    token=st.none() | lines.filter(str.strip),
    at=moments,
)
def test_a_signature_is_the_one_that_botocore_makes(service, region, host, target, body, access_key, secret, token, at):
    headers = {"content-type": "application/x-amz-json-1.0", "host": host, "x-amz-target": target}
    credentials = Credentials(access_key, secret, token)
    signed = Signer(service, region).sign(headers, body, credentials, at)
    assert signed["Authorization"] == botocores(service, region, headers, body, credentials, at)
    assert (signed["host"], signed.get("x-amz-security-token")) == (host, token)


@given(st.lists(st.tuples(moments, words), min_size=2, max_size=6))
def test_the_kept_key_is_that_of_the_day_and_the_secret(calls: list[tuple[float, str]]) -> None:
    signer = Signer("dynamodb", "us-east-1")
    headers = {"host": "example"}
    for at, secret in calls:
        credentials = Credentials("AKID", secret, None)
        fresh = Signer("dynamodb", "us-east-1").sign(headers, b"", credentials, at)
        assert signer.sign(headers, b"", credentials, at) == fresh


def test_credentials_say_nothing_of_themselves() -> None:
    assert "CANARY" not in repr(Credentials("AKID", "CANARY", "CANARY"))
