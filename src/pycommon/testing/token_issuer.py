"""Issue real tokens for tests: an RSA key pair, and an HTTP server with the public key."""

from __future__ import annotations

import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

__all__ = ["TokenIssuer"]

_KEY_BITS = 2048
_POLL_S = 0.05  # the server checks this often whether it should stop


class TokenIssuer:
    """An issuer of access tokens like those of Cognito.

    As a context manager, it serves its keys on the loopback address.

    Example:
        >>> with TokenIssuer() as issuer:
        ...     token = issuer.token("jane", name="Jane Doe")
    """

    def __init__(self, audience: str = "test-client", issuer: str | None = None) -> None:
        from cryptography.hazmat.primitives.asymmetric import rsa

        self.audience = audience
        self.key_id = uuid.uuid4().hex
        self.private_key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
        self.requests = 0
        self._issuer = issuer
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._request_handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_POLL_S,), daemon=True)

    @property
    def url(self) -> str:
        """Return the URL of the key server, without `/.well-known/jwks.json`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def issuer(self) -> str:
        """Return the claim `iss` of the tokens."""
        return self._issuer or self.url

    def environment(self) -> dict[str, str]:
        """Return the environment variables that make a function trust this issuer."""
        return {
            "OAUTH_ISSUER_BASE_URL": self.issuer,
            "OAUTH_AUDIENCE": self.audience,
            "OAUTH_JWKS_URL": f"{self.url}/.well-known/jwks.json",
        }

    def jwks(self) -> dict[str, Any]:
        """Return the JWK set with the public key."""
        from jwt.algorithms import RSAAlgorithm

        public = RSAAlgorithm.to_jwk(self.private_key.public_key(), as_dict=True)
        public.pop("key_ops", None)
        return {"keys": [{**public, "kid": self.key_id, "use": "sig", "alg": "RS256"}]}

    def claims(self, username: str, /, **changes: Any) -> dict[str, Any]:
        """Return the claims of an access token that is valid for an hour. In `changes`, None removes a claim."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": str(uuid.uuid5(uuid.NAMESPACE_URL, username)),
            "username": username,
            "client_id": self.audience,
            "token_use": "access",
            "scope": "aws.cognito.signin.user.admin",
            "jti": str(uuid.uuid4()),
            "iat": now,
            "exp": now + 3600,
            **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, username: str, /, *, headers: Mapping[str, Any] | None = None, **changes: Any) -> str:
        """Return a signed token of `username`.

        `changes` changes claims, and `headers` adds headers next to `alg` and `kid`.
        """
        import jwt

        return jwt.encode(
            self.claims(username, **changes),
            self.private_key,
            algorithm="RS256",
            headers={"kid": self.key_id, **(headers or {})},
        )

    def __enter__(self) -> Self:
        """Start to serve the keys."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop serving the keys."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _request_handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class _KeySetHandler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.requests += 1
                body = json.dumps(issuer.jwks()).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of http.server
                """Do not log requests."""

        return _KeySetHandler
