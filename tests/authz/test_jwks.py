"""Test the issuer's signing keys with a real HTTP server that is down, slow, hostile or rotates its keys."""

from __future__ import annotations

import json
import logging
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any, Self

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from pycommon.authz import identity
from pycommon.authz.authentication_settings import TokenSettings
from pycommon.authz.jwks import SigningKeySet, SigningKeysUnavailableError, UnknownSigningKeyError, usable_signing_keys
from pycommon.authz.tokens import TokenError
from pycommon.env.variable_resolver import resolver
from pycommon.exceptions import DeclarationError
from pycommon.execution_environment import renew
from pycommon.testing import LambdaContext, TokenIssuer, fresh_execution_environment, rest_api_event
from tests.authz.service import PATH, body_of, charge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Aws

RS256 = frozenset({"RS256"})
TIMEOUT_S = 0.3
MARGIN_S = 0.5
RETRY_AFTER_S = 5.0
PRIVATE_KEY = rsa.generate_private_key(65537, 2048)
JWK: dict[str, Any] = {
    **RSAAlgorithm.to_jwk(PRIVATE_KEY.public_key(), as_dict=True),
    "use": "sig",
    "key_ops": ["verify"],
}


def jwk_set(*key_ids: str) -> dict[str, Any]:
    return {"keys": [{**JWK, "kid": key_id} for key_id in key_ids]}


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


class KeyServer:
    """Serves `document`, or runs `behave`. Requests that hang end with the server."""

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.document: Any = jwk_set("one")
        self.behave: Any = None
        self.requests = 0
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._scheme = "https" if tls else "http"
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that hang up are the point
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}/.well-known/jwks.json"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.requests += 1
                if server.behave is None:
                    send(self, json.dumps(server.document).encode())
                else:
                    server.behave(self, server)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of http.server
                """Log nothing."""

        return Handler


def slow(handler: BaseHTTPRequestHandler, server: KeyServer) -> None:
    server.closing.wait(10)
    send(handler, json.dumps(jwk_set("one")).encode())


def silent(handler: BaseHTTPRequestHandler, server: KeyServer) -> None:
    server.closing.wait(60)


def dribble(handler: BaseHTTPRequestHandler, server: KeyServer, text: bytes) -> None:
    """Send a byte every 0.1 s, so that no single read takes as long as the time-out."""
    for byte in text * 100:
        if server.closing.wait(0.1):
            return
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()


def dribbling_body(handler: BaseHTTPRequestHandler, server: KeyServer) -> None:
    handler.send_response(200)
    handler.end_headers()
    dribble(handler, server, b" ")


def dribbling_headers(handler: BaseHTTPRequestHandler, server: KeyServer) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    dribble(handler, server, b"X: y\r\n")


def answers(body: bytes, status: int = 200, **headers: str) -> Any:
    return lambda handler, _: send(handler, body, status, **headers)


GOOD = json.dumps(jwk_set("one")).encode()
HANGING: dict[str, Any] = {
    "10 s slow": slow,
    "silent": silent,
    "body byte by byte": dribbling_body,
    "headers byte by byte": dribbling_headers,
}
BROKEN: dict[str, Any] = {
    "hangs up": lambda handler, _: handler.connection.shutdown(socket.SHUT_RDWR),
    "no HTTP": lambda handler, _: handler.wfile.write(b"\x16\x03\x01 hello\r\n\r\n"),
    "HTML": answers(b"<html><body>Sign in</body></html>"),
    "truncated JSON": answers(GOOD[:-10]),
    "cut, and shorter than its Content-Length": answers(GOOD[:-10], **{"Content-Length": "100000"}),
    "1 MB": answers(json.dumps({"keys": [{**JWK, "kid": "one"}], "more": "x" * 1_000_000}).encode()),
    "nested 100,000 deep": answers(b"[" * 100_000),
    "not UTF-8": answers(b'{"keys": "\xff"}'),
    "empty": answers(b""),
    "a list": answers(b"[]"),
    "null": answers(b"null"),
    "no keys": answers(b"{}"),
    "keys empty": answers(b'{"keys": []}'),
    "keys an object": answers(b'{"keys": {}}'),
    "keys of no use": answers(json.dumps({"keys": [1, None, {}, {"kid": "one"}, {**JWK, "kid": ""}]}).encode()),
    "404": answers(GOOD, 404),
    "500": answers(GOOD, 500),
}


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[KeyServer]:
    with KeyServer() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


def key_set(server: KeyServer, clock: Clock, **settings: float) -> SigningKeySet:
    return SigningKeySet(
        server.url, RS256, clock=clock, **{"timeout_s": TIMEOUT_S, "retry_after_s": RETRY_AFTER_S, **settings}
    )


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds


def fetching() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "pycommon-jwks"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# The key set with its own clock


def test_down_from_the_start_and_back_after_a_while(clock: Clock) -> None:
    port = free_port()
    keys = SigningKeySet(f"http://127.0.0.1:{port}/", RS256, clock=clock, retry_after_s=RETRY_AFTER_S)
    with at_most(MARGIN_S), pytest.raises(SigningKeysUnavailableError):
        keys.key("one")
    with KeyServer(port) as server:
        clock.now += RETRY_AFTER_S - 0.1
        with pytest.raises(SigningKeysUnavailableError):
            keys.key("one")
        assert server.requests == 0
        clock.now += 0.2
        assert keys.key("one")["kid"] == "one"


@pytest.mark.parametrize("behaviour", HANGING)
def test_a_server_that_hangs_costs_one_time_out_and_holds_no_thread(
    server: KeyServer, clock: Clock, behaviour: str
) -> None:
    server.behave = HANGING[behaviour]
    keys = key_set(server, clock)
    with at_most(TIMEOUT_S + MARGIN_S), pytest.raises(SigningKeysUnavailableError):
        keys.key("one")
    with at_most(0.2), pytest.raises(SigningKeysUnavailableError):  # the next request does not wait again
        keys.key("one")
    assert server.requests == 1
    for thread in fetching():
        thread.join(TIMEOUT_S + MARGIN_S)
        assert not thread.is_alive()
    server.behave = None
    clock.now += RETRY_AFTER_S
    with at_most(MARGIN_S):
        assert keys.key("one")["kid"] == "one"


@pytest.mark.parametrize("behaviour", BROKEN)
def test_garbage_is_no_key_set_and_does_not_take_the_place_of_one(
    server: KeyServer, clock: Clock, behaviour: str
) -> None:
    server.behave = BROKEN[behaviour]
    keys = key_set(server, clock, refresh_after_s=60)
    with at_most(MARGIN_S), pytest.raises(SigningKeysUnavailableError):
        keys.key("one")
    server.behave = None
    clock.now += RETRY_AFTER_S
    assert keys.key("one")["kid"] == "one"
    server.behave = BROKEN[behaviour]
    clock.now += 61
    assert keys.key("one")["kid"] == "one"
    assert server.requests == 3


def test_a_redirect_is_not_followed(server: KeyServer, clock: Clock) -> None:
    with KeyServer() as elsewhere:
        for status in (301, 302, 303, 307, 308):
            server.behave = answers(b"", status, Location=elsewhere.url)
            with pytest.raises(SigningKeysUnavailableError):
                key_set(server, clock).key("one")
        assert elsewhere.requests == 0


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/keys", "data:,{}", "", "//127.0.0.1/keys"])
def test_an_address_that_is_not_http_is_not_opened(clock: Clock, url: str) -> None:
    with pytest.raises(SigningKeysUnavailableError):
        SigningKeySet(url, RS256, clock=clock).key("one")


def certificate(folder: Path) -> Path:
    """Return a self-signed certificate for 127.0.0.1, and its key."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, PRIVATE_KEY.public_key(), 1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(PRIVATE_KEY, hashes.SHA256())
    )
    pem = signed.public_bytes(serialization.Encoding.PEM) + PRIVATE_KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(pem)
    return path


def test_over_tls_the_server_must_be_vouched_for_and_is_bounded_too(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)
    with KeyServer(tls=tls) as server:
        with pytest.raises(SigningKeysUnavailableError):
            key_set(server, clock).key("one")
        assert server.requests == 0
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        renew()  # the trusted certificates are read once
        assert key_set(server, clock).key("one")["kid"] == "one"
        for behaviour in (dribbling_body, silent):
            server.behave = behaviour
            with at_most(TIMEOUT_S + MARGIN_S), pytest.raises(SigningKeysUnavailableError):
                key_set(server, clock).key("one")
        for thread in fetching():
            thread.join(TIMEOUT_S + MARGIN_S)
            assert not thread.is_alive()


def test_an_outage_is_survived_on_old_keys_until_they_are_too_old(server: KeyServer, clock: Clock) -> None:
    keys = key_set(server, clock, refresh_after_s=60, keep_for_s=600)
    keys.key("one")
    server.behave = BROKEN["500"]
    for age in (61, 300, 599):
        clock.now = 1_000 + age
        assert keys.key("one")["kid"] == "one"
    clock.now = 1_000 + 600
    with pytest.raises(SigningKeysUnavailableError):
        keys.key("one")
    server.behave = None
    clock.now += RETRY_AFTER_S
    assert keys.key("one")["kid"] == "one"


def test_old_keys_cost_one_time_out_in_an_outage_that_hangs(server: KeyServer, clock: Clock) -> None:
    keys = key_set(server, clock, refresh_after_s=60)
    keys.key("one")
    server.behave = silent
    clock.now += 61
    with at_most(TIMEOUT_S + MARGIN_S), pytest.raises(SigningKeysUnavailableError):
        keys.key("unknown")  # a due refresh and an unknown key together: only one wait
    for _ in range(20):
        with at_most(0.2):
            keys.key("one")


def test_rotation(server: KeyServer, clock: Clock) -> None:
    keys = key_set(server, clock, refresh_after_s=3600, cooldown_s=30)
    keys.key("one")
    server.document = jwk_set("one", "two")
    clock.now += 30
    for _ in range(5):
        assert keys.key("two")["kid"] == "two"
    assert server.requests == 2
    server.document = jwk_set("two")
    clock.now += 3600
    with pytest.raises(UnknownSigningKeyError):
        keys.key("one")
    assert server.requests == 3


def test_unknown_keys_fetch_at_most_once_in_a_cool_down(server: KeyServer, clock: Clock) -> None:
    keys = key_set(server, clock, cooldown_s=30)
    for number in range(50):
        with pytest.raises(UnknownSigningKeyError):
            keys.key(f"unknown-{number}")
    assert server.requests == 1
    clock.now += 30
    for number in range(50):
        with pytest.raises(UnknownSigningKeyError):
            keys.key(f"unknown-{number}")
    assert server.requests == 2


def test_an_unknown_key_in_an_outage_is_not_called_unknown(server: KeyServer, clock: Clock) -> None:
    keys = key_set(server, clock, cooldown_s=30)
    keys.key("one")
    server.behave = BROKEN["500"]
    clock.now += 30
    with pytest.raises(SigningKeysUnavailableError):
        keys.key("new")
    assert keys.key("one")["kid"] == "one"


@pytest.mark.parametrize(
    "settings",
    [
        {"refresh_after_s": 5, "cooldown_s": 30, "keep_for_s": 600},
        {"refresh_after_s": 3600, "cooldown_s": 30, "keep_for_s": 5},
    ],
    ids=["refreshed more often than the cool-down", "kept for less than the refresh"],
)
def test_settings_that_cross_each_other_neither_starve_nor_stop(
    server: KeyServer, clock: Clock, settings: dict[str, float]
) -> None:
    keys = key_set(server, clock, **settings)
    for expected in range(1, 6):
        assert keys.key("one")["kid"] == "one"
        assert server.requests == expected
        clock.now += 5


def test_one_fetch_at_a_time(server: KeyServer, clock: Clock) -> None:
    asked, go = threading.Event(), threading.Event()

    def gated(handler: BaseHTTPRequestHandler, _: KeyServer) -> None:
        asked.set()
        go.wait(10)
        send(handler, GOOD)

    server.behave = gated
    keys = key_set(server, clock, timeout_s=10)
    with ThreadPoolExecutor(16) as pool:
        found = [pool.submit(keys.key, "one") for _ in range(16)]
        assert asked.wait(10)
        go.set()
        assert [each.result(10)["kid"] for each in found] == ["one"] * 16
    assert server.requests == 1


def test_sixteen_waiters_on_a_server_that_hangs_all_get_their_answer(server: KeyServer, clock: Clock) -> None:
    server.behave = silent
    keys = key_set(server, clock)
    with ThreadPoolExecutor(16) as pool, at_most(TIMEOUT_S + MARGIN_S):
        found = [pool.submit(keys.key, "one") for _ in range(16)]
        assert {type(each.exception(10)) for each in found} == {SigningKeysUnavailableError}
    assert server.requests == 1


def test_what_was_begun_before_is_waited_for(clock: Clock) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def fetch(_url: str, _timeout_s: float) -> Any:
        asked.set()
        assert go_on.wait(10)
        return jwk_set("1")

    keys = SigningKeySet("http://127.0.0.1/", RS256, fetch=fetch, clock=clock)
    assert keys.prefetch()
    assert asked.wait(10)
    assert keys.prefetch()  # still being fetched
    threading.Timer(0.05, go_on.set).start()
    assert keys.key("1")["kid"] == "1"
    assert not keys.prefetch()


def test_a_fetch_that_was_given_up_does_not_bring_back_older_keys(clock: Clock) -> None:
    late, ended = threading.Event(), threading.Event()
    documents = [jwk_set("old"), jwk_set("new")]

    def fetch(_url: str, _timeout_s: float) -> Any:
        document = documents.pop(0)
        if documents:
            late.wait(10)
            ended.set()
        return document

    keys = SigningKeySet(
        "http://127.0.0.1/", RS256, fetch=fetch, clock=clock, timeout_s=0.1, retry_after_s=RETRY_AFTER_S
    )
    with pytest.raises(SigningKeysUnavailableError):
        keys.key("new")
    (given_up,) = fetching()
    clock.now += RETRY_AFTER_S
    assert keys.key("new")["kid"] == "new"
    late.set()
    given_up.join(10)
    assert ended.is_set()
    assert keys.key("new")["kid"] == "new"
    with pytest.raises(UnknownSigningKeyError):
        keys.key("old")


def padded(jwk: dict[str, Any]) -> dict[str, Any]:
    """Return an RSA key of 1,024 bits, with leading zeros up to the length of a strong key."""
    weak = rsa.generate_private_key(65537, 1024).public_key()  # noqa: S505 - to see it refused
    modulus = RSAAlgorithm.to_jwk(weak, as_dict=True)["n"]
    return {**jwk, "n": "A" * (344 - len(modulus)) + modulus}


ODD_KEYS: dict[str, dict[str, Any]] = {
    "use a list": {"use": ["sig"]},
    "use an object": {"use": {}},
    "alg a list": {"alg": ["RS256"]},
    "kty a list": {"kty": ["RSA"]},
    "key_ops a number": {"key_ops": 1},
    "modulus no base64url": {"n": "!" * 400},
    "modulus a number": {"n": 1},
    "modulus a list": {"n": ["x"]},
    "modulus padded with zeros": padded(JWK),
    "exponent a list": {"e": ["AQAB"]},
    "exponent no base64url": {"e": "!"},
    "exponent missing": {"e": None},
}


@pytest.mark.parametrize("odd", ODD_KEYS)
def test_an_odd_key_is_left_out_and_the_others_serve(odd: str) -> None:
    document = {"keys": [{**JWK, "kid": "odd", **ODD_KEYS[odd]}, {**JWK, "kid": "good"}]}
    assert set(usable_signing_keys(document, RS256)) == {"good"}


# Behind a guarded handler


@contextmanager
def guarded(aws: Aws, issuer: TokenIssuer, url: str, **variables: str) -> Iterator[None]:
    """Start a new execution environment that trusts `issuer`, with its signing keys at `url`."""
    settings = {**aws.variables, **issuer.environment(), "OAUTH_JWKS_URL": url, **variables}
    with fresh_execution_environment(settings):
        yield


def ask(token: str) -> dict[str, Any]:
    event = rest_api_event("POST", PATH, {"data": {"accountId": "a", "charge": 1}}, token=token)
    answer: dict[str, Any] = charge(event, LambdaContext())
    return answer


@pytest.mark.parametrize("behaviour", ["down", *HANGING, "HTML", "500"])
def test_without_keys_the_answer_is_503_in_bounded_time(
    aws: Aws, issuer: TokenIssuer, server: KeyServer, caplog: pytest.LogCaptureFixture, behaviour: str
) -> None:
    server.behave = {**HANGING, **BROKEN}.get(behaviour)
    url = f"http://127.0.0.1:{free_port()}/keys" if behaviour == "down" else server.url
    with guarded(aws, issuer, url, JWKS_TIMEOUT_SECONDS=str(TIMEOUT_S)):
        for seconds in (TIMEOUT_S + 1, 0.3):
            with at_most(seconds):
                answer = ask(issuer.token("jane"))
            assert answer["statusCode"] == 503
            assert "WWW-Authenticate" not in answer["headers"]
            body = body_of(answer)
            assert (body["success"], body["error"]) == (False, "The token cannot be verified at the moment")
    assert any(url in record.getMessage() for record in caplog.records if record.levelname == "WARNING")


def test_an_outage_makes_no_bad_token_good(aws: Aws, issuer: TokenIssuer) -> None:
    with guarded(aws, issuer, f"http://127.0.0.1:{free_port()}/keys"):
        header, claims, _ = issuer.token("mallory").split(".")
        for token in (f"{header}.{claims}.AAAA", "a.b.c", "hello"):
            assert ask(token)["statusCode"] in {401, 503}


def test_a_token_that_was_verified_is_answered_during_an_outage(
    aws: Aws, issuer: TokenIssuer, server: KeyServer
) -> None:
    server.document = issuer.jwks()
    with guarded(aws, issuer, server.url, JWKS_REFRESH_SECONDS="1", JWKS_KEEP_SECONDS="1"):
        token = issuer.token("jane")
        assert ask(token)["statusCode"] == 200
        server.behave = BROKEN["500"]
        identity.token_verifier()._signing_keys._clock = lambda: time.monotonic() + 100
        assert ask(issuer.token("jane"))["statusCode"] == 503
        assert ask(token)["statusCode"] == 200


def test_a_token_by_the_next_key_is_accepted_and_one_by_the_last_key_no_longer(aws: Aws, server: KeyServer) -> None:
    name = "https://issuer.example.com"
    with TokenIssuer(issuer=name) as last, TokenIssuer(issuer=name) as following:
        server.document = last.jwks()
        with guarded(aws, last, server.url, JWKS_COOLDOWN_SECONDS="10"):
            assert ask(last.token("jane"))["statusCode"] == 200
            assert ask(following.token("jane"))["statusCode"] == 401
            server.document = following.jwks()
            identity.token_verifier()._signing_keys._clock = lambda: time.monotonic() + 11
            assert ask(following.token("jane"))["statusCode"] == 200
            assert ask(last.token("john"))["statusCode"] == 401


def test_many_requests_fetch_the_keys_once(aws: Aws, issuer: TokenIssuer, server: KeyServer) -> None:
    server.document = issuer.jwks()
    with guarded(aws, issuer, server.url):
        assert {ask(issuer.token(f"user-{number}"))["statusCode"] for number in range(20)} == {200}
    assert server.requests == 1


@pytest.mark.parametrize("jwk", [{"e": ["AQAB"]}, {"n": "!" * 400}, {"e": "AQ"}])
def test_a_key_of_the_set_that_is_none_is_a_401(
    aws: Aws, issuer: TokenIssuer, server: KeyServer, jwk: dict[str, Any]
) -> None:
    good = issuer.jwks()["keys"][0]
    server.document = {"keys": [good, {**good, "kid": "odd", **jwk}]}
    with guarded(aws, issuer, server.url):
        assert ask(issuer.token("jane", headers={"kid": "odd"}))["statusCode"] == 401
        assert ask(issuer.token("jane"))["statusCode"] == 200
    assert aws.messages() == []


# Settings


@pytest.mark.parametrize(
    ("variable", "attribute", "default", "taken", "refused"),
    [
        ("JWKS_REFRESH_SECONDS", "_refresh_after_s", 3600, ["1", "60.5"], ["0", "-1", "nan", "soon"]),
        ("JWKS_KEEP_SECONDS", "_keep_for_s", 86400, ["1", "7"], ["0", "-inf", "1h"]),
        ("JWKS_COOLDOWN_SECONDS", "_cooldown_s", 30, ["1", "300"], ["0", "0.5", ""]),
        ("JWKS_TIMEOUT_SECONDS", "_timeout_s", 3, ["0.1", "20"], ["0", "21", "inf"]),
    ],
)
def test_settings_of_the_key_set(
    cold_start: dict[str, str], variable: str, attribute: str, default: float, taken: list[str], refused: list[str]
) -> None:
    for text in [*taken, *refused]:
        with fresh_execution_environment({variable: text}):
            expected = float(text) if text in taken else default
            assert getattr(identity.token_verifier()._signing_keys, attribute) == expected, text


def test_symmetric_algorithms_and_none_cannot_be_configured(
    cold_start: dict[str, str], issuer: TokenIssuer, caplog: pytest.LogCaptureFixture
) -> None:
    for algorithms in ("HS256", "none", "RS256,HS256", "RS256, none", ",", "rs256", "RSA-OAEP", "*"):
        settings = {"OAUTH_ALGORITHMS": algorithms}
        with fresh_execution_environment(settings), pytest.raises(DeclarationError, match="OAUTH_ALGORITHMS"):
            TokenSettings.resolve(resolver())
    with fresh_execution_environment({"OAUTH_ALGORITHMS": "RS256, HS256"}):
        answer = ask(issuer.token("jane"))
    assert (answer["statusCode"], body_of(answer)["error"]) == (500, "Internal server error")
    assert "OAUTH_ALGORITHMS must name" in caplog.text


def test_the_configured_algorithms_are_the_only_ones(aws: Aws, issuer: TokenIssuer, server: KeyServer) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    jwk = {**ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": "ec", "use": "sig", "key_ops": ["verify"]}
    server.document = {"keys": [*issuer.jwks()["keys"], jwk]}
    by_ec = jwt.encode(issuer.claims("jane"), key, algorithm="ES256", headers={"kid": "ec"})
    for algorithms, statuses in {"ES256": (200, 401), "RS256": (401, 200), "RS256, ES256": (200, 200)}.items():
        with guarded(aws, issuer, server.url, OAUTH_ALGORITHMS=algorithms):
            assert (ask(by_ec)["statusCode"], ask(issuer.token("jane"))["statusCode"]) == statuses


def test_a_key_that_names_no_algorithm_is_for_the_configured_ones_only(
    aws: Aws, issuer: TokenIssuer, server: KeyServer
) -> None:
    server.document = {"keys": [{**jwk, "alg": None} for jwk in issuer.jwks()["keys"]]}
    with guarded(aws, issuer, server.url):
        for algorithm in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"):
            token = jwt.encode(
                issuer.claims("jane"), issuer.private_key, algorithm=algorithm, headers={"kid": issuer.key_id}
            )
            assert ask(token)["statusCode"] == (200 if algorithm == "RS256" else 401), algorithm


@pytest.mark.parametrize(
    ("leeway", "claims", "accepted"),
    [
        ("60", {"exp": -30}, True),
        ("60", {"exp": -61}, False),
        ("60", {"nbf": 30}, True),
        ("60", {"nbf": 90}, False),
        ("60", {"iat": 90}, False),
        ("0", {"exp": -2}, False),
        ("300", {"exp": -290}, True),
        ("301", {"exp": -30}, False),
        ("nan", {"exp": -30}, False),
        ("inf", {"exp": -30}, False),
        ("-1", {"exp": -30}, False),
    ],
)
def test_leeway(issuer: TokenIssuer, leeway: str, claims: dict[str, int], accepted: bool) -> None:  # noqa: FBT001 - a column
    token = issuer.token("jane", **{name: int(time.time()) + seconds for name, seconds in claims.items()})
    with fresh_execution_environment({**issuer.environment(), "OAUTH_LEEWAY_SECONDS": leeway}):
        for _ in range(2):  # the second time from the cache
            with nullcontext() if accepted else pytest.raises(TokenError):
                assert identity.token_verifier().verify(token)["username"] == "jane"


def test_an_expiry_beyond_every_float_is_no_error(cold_start: dict[str, str], issuer: TokenIssuer) -> None:
    with fresh_execution_environment({"OAUTH_LEEWAY_SECONDS": "1.5"}):
        assert ask(issuer.token("jane", exp=10**400))["statusCode"] == 200


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "{issuer}/.well-known/jwks.json"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9/"}, "http://127.0.0.1:9/us-east-1_abc/.well-known/jwks.json"),
        (
            {"AWS_ENDPOINT_URL": "http://x:1", "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": "http://127.0.0.1:9"},
            "http://127.0.0.1:9/us-east-1_abc/.well-known/jwks.json",
        ),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "OAUTH_JWKS_URL": "https://x/keys"}, "https://x/keys"),
        ({"OAUTH_JWKS_URL": "http://localhost:9/keys"}, "http://localhost:9/keys"),
        (
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "OAUTH_ISSUER_BASE_URL": "https://a/"},
            "https://a/.well-known/jwks.json",
        ),
    ],
)
def test_where_the_keys_are_looked_for(variables: dict[str, str], expected: str) -> None:
    issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_abc"
    settings = {"OAUTH_ISSUER_BASE_URL": issuer, "OAUTH_AUDIENCE": "client", **variables}
    with fresh_execution_environment(settings):
        assert TokenSettings.resolve(resolver()).jwks_url == expected.format(issuer=issuer)


@pytest.mark.parametrize(
    "variables",
    [
        {"OAUTH_JWKS_URL": "http://keys.example.com/jwks.json"},
        {"OAUTH_JWKS_URL": "http://127.0.0.1.example.com/jwks.json"},
        {"OAUTH_JWKS_URL": "http://localhost@keys.example.com/jwks.json"},
        {"OAUTH_JWKS_URL": "file:///etc/passwd"},
        {"OAUTH_ISSUER_BASE_URL": "http://issuer.example.com"},
    ],
)
def test_keys_do_not_come_over_plain_http_from_another_machine(variables: dict[str, str]) -> None:
    settings = {"OAUTH_ISSUER_BASE_URL": "https://issuer.example.com", "OAUTH_AUDIENCE": "client", **variables}
    with fresh_execution_environment(settings), pytest.raises(DeclarationError, match="https"):
        TokenSettings.resolve(resolver())


def test_a_cognito_user_reaches_the_handler_and_an_id_token_does_not(
    aws: Aws, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "botocore")  # the client of the test logs its tokens
    cognito = aws.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="p")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="c",
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]
    cognito.admin_create_user(UserPoolId=pool, Username="jane", MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username="jane", Password="Passw0rd!x", Permanent=True)
    tokens = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "jane", "PASSWORD": "Passw0rd!x"},
    )["AuthenticationResult"]
    issuer = f"https://cognito-idp.us-east-1.amazonaws.com/{pool}"
    with fresh_execution_environment({**aws.variables, "OAUTH_ISSUER_BASE_URL": issuer, "OAUTH_AUDIENCE": client}):
        answer = ask(tokens["AccessToken"])
        assert (answer["statusCode"], body_of(answer)["user"]) == (200, "jane")
        assert ask(tokens["IdToken"])["statusCode"] == 401
