"""Test that a guarded handler refuses forged, changed and stolen tokens. The keys are real.

The classes are those of RFC 8725 (JSON Web Token Best Current Practices) and of published attacks on JWT libraries.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from pycommon.testing import LambdaContext, TokenIssuer, fresh_execution_environment, rest_api_event
from tests.authz.service import PATH, body_of, charge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Aws

GOOD_BODY = {"data": {"accountId": "a", "charge": 1}}


def b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def encode(value: Any) -> str:
    return b64(value if isinstance(value, bytes) else json.dumps(value).encode())


class Keys(TokenIssuer):
    """An issuer whose JWK set may have more keys than its signing key."""

    def __init__(self) -> None:
        super().__init__()
        self.more: list[dict[str, Any]] = []

    def jwks(self) -> dict[str, Any]:
        return {"keys": [*super().jwks()["keys"], *self.more]}


@dataclass
class Forger:
    """What an attacker may have: the public keys, a valid token of a user, and own keys."""

    issuer: Keys
    own_key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    weak_key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 1024))  # noqa: S505 - to see it refused
    ec_key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def header(self, **changes: Any) -> dict[str, Any]:
        merged = {"alg": "RS256", "typ": "JWT", "kid": self.issuer.key_id, **changes}
        return {name: value for name, value in merged.items() if value is not None}

    def claims(self, **changes: Any) -> dict[str, Any]:
        return self.issuer.claims("mallory", **changes)

    def sign(self, header: Any, claims: Any, key: rsa.RSAPrivateKey | None = None) -> str:
        """Sign any header and claims with RS256, with the issuer's key or another."""
        signed = f"{encode(header)}.{encode(claims)}"
        signature = (key or self.issuer.private_key).sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{b64(signature)}"

    def hmac(self, header: Any, secret: bytes, algorithm: str = "sha256") -> str:
        signed = f"{encode(header)}.{encode(self.claims())}"
        return f"{signed}.{b64(hmac.new(secret, signed.encode(), algorithm).digest())}"

    def public_pem(self) -> bytes:
        return self.issuer.private_key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def public_der(self) -> bytes:
        return self.issuer.private_key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def jwk_json(self) -> bytes:
        return json.dumps(self.issuer.jwks()["keys"][0]).encode()

    def own_jwk(self, **changes: Any) -> dict[str, Any]:
        numbers = self.own_key.public_key().public_numbers()
        n, e = (b64(x.to_bytes((x.bit_length() + 7) // 8)) for x in (numbers.n, numbers.e))
        return {"kty": "RSA", "n": n, "e": e, "kid": "own", "alg": "RS256", "use": "sig", **changes}

    def published(self, kid: str, **changes: Any) -> str:
        """Return a token signed with the attacker's key, which is in the issuer's set, but not for signatures."""
        jwk = {name: value for name, value in self.own_jwk(kid=kid, **changes).items() if value is not None}
        self.issuer.more.append(jwk)
        return self.sign(self.header(kid=kid), self.claims(), self.own_key)

    def es256(self, header: Any) -> str:
        signed = f"{encode(header)}.{encode(self.claims())}"
        r, s = decode_dss_signature(self.ec_key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{b64(r.to_bytes(32) + s.to_bytes(32))}"

    def published_weak(self) -> str:
        numbers = self.weak_key.public_key().public_numbers()
        n = b64(numbers.n.to_bytes(128))
        self.issuer.more.append({"kty": "RSA", "n": n, "e": "AQAB", "kid": "weak", "use": "sig", "alg": "RS256"})
        return self.sign(self.header(kid="weak"), self.claims(), self.weak_key)

    def twin(self) -> str:
        """Two keys with the same kid; the second is the attacker's."""
        self.issuer.more += [self.own_jwk(kid="twin"), self.own_jwk(kid="twin", e="AQAB")]
        return self.sign(self.header(kid="twin"), self.claims(), self.own_key)

    def secret_in_set(self) -> str:
        secret = b"shared-secret-in-the-set-32-bytes"
        self.issuer.more.append({"kty": "oct", "k": b64(secret), "kid": "oct", "use": "sig", "alg": "HS256"})
        return self.hmac(self.header(alg="HS256", kid="oct"), secret)

    def private_in_set(self) -> str:
        jwk = self.own_jwk(kid="private", d=b64(self.own_key.private_numbers().d.to_bytes(256)))
        self.issuer.more.append(jwk)
        return self.sign(self.header(kid="private"), self.claims(), self.own_key)

    def good(self) -> str:
        return self.issuer.token("mallory")

    def with_signature(self, change: Callable[[str], str]) -> str:
        header, payload, signature = self.good().split(".")
        return f"{header}.{payload}.{change(signature)}"

    def raw_header(self, text: str) -> str:
        return self.sign(text.encode(), self.claims())

    def raw_claims(self, text: str) -> str:
        return self.sign(self.header(), text.encode())


NOW = int(time.time())
Attack = "Callable[[Forger], str]"

ATTACKS: dict[str, Callable[[Forger], str]] = {
    # alg: none, in all its spellings (RFC 8725 section 3.1)
    **{
        f"alg {alg!r} with {kind} signature": lambda f, alg=alg, signature=signature: (
            f"{encode(f.header(alg=alg))}.{encode(f.claims())}.{signature}"
        )
        for alg in ("none", "None", "NONE", "nOnE", "")
        for kind, signature in (("no", ""), ("some", "AAAA"))
    },
    "no alg": lambda f: f.sign(f.header(alg=None), f.claims()),
    "alg null": lambda f: f.sign({**f.header(), "alg": None}, f.claims()),
    "alg a list": lambda f: f.sign(f.header(alg=["RS256"]), f.claims()),
    "alg a number": lambda f: f.sign(f.header(alg=256), f.claims()),
    "alg in lower case": lambda f: f.sign(f.header(alg="rs256"), f.claims()),
    "alg RS512 that was not configured": lambda f: f.issuer.token("mallory", headers={"alg": "RS512"}),
    "alg PS256 that was not configured": lambda f: f.sign(f.header(alg="PS256"), f.claims()),
    # HMAC with what is public
    "HS256 with the public key as PEM": lambda f: f.hmac(f.header(alg="HS256"), f.public_pem()),
    "HS256 with the public key as stripped PEM": lambda f: f.hmac(f.header(alg="HS256"), f.public_pem().strip()),
    "HS256 with the public key as DER": lambda f: f.hmac(f.header(alg="HS256"), f.public_der()),
    "HS256 with the JWK as secret": lambda f: f.hmac(f.header(alg="HS256"), f.jwk_json()),
    "HS256 with the modulus as secret": lambda f: f.hmac(
        f.header(alg="HS256"), f.issuer.jwks()["keys"][0]["n"].encode()
    ),
    "HS256 with an empty secret": lambda f: f.hmac(f.header(alg="HS256"), b""),
    "HS384 with the public key": lambda f: f.hmac(f.header(alg="HS384"), f.public_pem(), "sha384"),
    "HS512 with the public key": lambda f: f.hmac(f.header(alg="HS512"), f.public_pem(), "sha512"),
    "HMAC under alg RS256": lambda f: f.hmac(f.header(), f.public_pem()),
    "HS256 with a symmetric key of the set": lambda f: f.secret_in_set(),
    # another algorithm's key
    "ES256 by a key of the attacker": lambda f: f.es256(f.header(alg="ES256")),
    "ES256 signature under alg RS256": lambda f: f.es256(f.header()),
    # the attacker's key, offered in the token
    "signed by another key": lambda f: f.sign(f.header(), f.claims(), f.own_key),
    "jwk in the header": lambda f: f.sign(f.header(jwk=f.own_jwk()), f.claims(), f.own_key),
    "jwk in the header, own kid": lambda f: f.sign(f.header(jwk=f.own_jwk(), kid="own"), f.claims(), f.own_key),
    "jku in the header": lambda f: f.sign(f.header(jku="http://127.0.0.1:9/jwks"), f.claims(), f.own_key),
    "jku, signed by the issuer": lambda f: f.sign(f.header(jku="http://127.0.0.1:9/jwks"), f.claims()),
    "x5u in the header": lambda f: f.sign(f.header(x5u="http://127.0.0.1:9/cert"), f.claims(), f.own_key),
    "x5c in the header": lambda f: f.sign(f.header(x5c=["MIIB"]), f.claims(), f.own_key),
    # kid
    "unknown kid": lambda f: f.sign(f.header(kid="unknown"), f.claims(), f.own_key),
    "no kid": lambda f: f.sign(f.header(kid=None), f.claims()),
    "empty kid": lambda f: f.sign(f.header(kid=""), f.claims()),
    "kid a number": lambda f: f.sign(f.header(kid=1), f.claims()),
    "kid a list": lambda f: f.sign(f.header(kid=[f.issuer.key_id]), f.claims()),
    "kid a path": lambda f: f.sign(f.header(kid="../../../../dev/null"), f.claims(), f.own_key),
    "kid an SQL fragment": lambda f: f.sign(f.header(kid="x' UNION SELECT 'key"), f.claims(), f.own_key),
    "kid a URL": lambda f: f.sign(f.header(kid="http://127.0.0.1:9/key"), f.claims(), f.own_key),
    "kid with a zero byte": lambda f: f.sign(f.header(kid=f.issuer.key_id + "\x00"), f.claims()),
    "kid in another case": lambda f: f.sign(f.header(kid=f.issuer.key_id.upper() + "X"), f.claims()),
    "kid of 100,000 characters": lambda f: f.sign(f.header(kid="k" * 100_000), f.claims()),
    "kid that two keys have": lambda f: f.twin(),
    # keys of the set that are for something else
    "key for encryption (use)": lambda f: f.published("enc", use="enc"),
    "key for an unknown use": lambda f: f.published("tls", use="tls"),
    "key for encryption (key_ops)": lambda f: f.published("ops", use=None, key_ops=["encrypt"]),
    "key for signing only (key_ops)": lambda f: f.published("sign", use=None, key_ops=["sign"]),
    "key_ops a text": lambda f: f.published("text", use=None, key_ops="verify-not"),
    "key bound to another alg": lambda f: f.published("alg", alg="RS512"),
    "key of another kty": lambda f: f.published("kty", kty="EC", crv="P-256"),
    "key whose kty is oct": lambda f: f.published("oct2", kty="oct", k="AAAA"),
    "private key in the set": lambda f: f.private_in_set(),
    "RSA key of 1,024 bits": lambda f: f.published_weak(),
    # crit and friends (RFC 7515 section 4.1.11, RFC 7797)
    "crit with an unknown extension": lambda f: f.sign(f.header(crit=["exp2"], exp2=1), f.claims()),
    "crit empty": lambda f: f.sign(f.header(crit=[]), f.claims()),
    "crit with a registered name": lambda f: f.sign(f.header(crit=["alg"]), f.claims()),
    "b64 false": lambda f: f.sign(f.header(b64=False, crit=["b64"]), f.claims()),
    "zip": lambda f: f.sign(f.header(zip="DEF"), f.claims()),
    "typ of something else": lambda f: f.sign(f.header(typ="secevent+jwt"), f.claims()),
    "typ a number": lambda f: f.sign(f.header(typ=1), f.claims()),
    "cty JWT: a token in a token": lambda f: f.sign(f.header(cty="JWT"), f.good().encode()),
    # issuer
    "iss of somebody else": lambda f: f.sign(f.header(), f.claims(iss="https://issuer.example.com")),
    "iss with a slash more": lambda f: f.sign(f.header(), f.claims(iss=f.issuer.issuer + "/")),
    "iss that begins right": lambda f: f.sign(f.header(), f.claims(iss=f.issuer.issuer + ".example.com")),
    "iss that ends right": lambda f: f.sign(f.header(), f.claims(iss="https://x/" + f.issuer.issuer)),
    "iss a part": lambda f: f.sign(f.header(), f.claims(iss=f.issuer.issuer[:-1])),
    "iss in upper case": lambda f: f.sign(f.header(), f.claims(iss=f.issuer.issuer.upper())),
    "iss a list": lambda f: f.sign(f.header(), f.claims(iss=[f.issuer.issuer])),
    "no iss": lambda f: f.sign(f.header(), f.claims(iss=None)),
    # audience
    "client_id of another client": lambda f: f.sign(f.header(), f.claims(client_id="other")),
    "no client_id and no aud": lambda f: f.sign(f.header(), f.claims(client_id=None)),
    "client_id a list": lambda f: f.sign(f.header(), f.claims(client_id=[f.issuer.audience])),
    "aud of another beside the right client_id": lambda f: f.sign(f.header(), f.claims(aud="other")),
    "aud a list without the audience": lambda f: f.sign(f.header(), f.claims(aud=["other", "another"])),
    "aud a part of the audience": lambda f: f.sign(f.header(), f.claims(aud=f.issuer.audience[:-1])),
    "aud that contains the audience": lambda f: f.sign(f.header(), f.claims(aud=f"x{f.issuer.audience}x")),
    "aud an object": lambda f: f.sign(f.header(), f.claims(aud={f.issuer.audience: True})),
    "aud null": lambda f: f.sign(f.header(), {**f.claims(), "aud": None}),
    # an ID token instead of an access token, and other uses
    "ID token": lambda f: f.sign(
        f.header(), f.claims(token_use="id", aud=f.issuer.audience, client_id=None, **{"cognito:username": "mallory"})
    ),
    "refresh token": lambda f: f.sign(f.header(), f.claims(token_use="refresh")),
    "token_use a list": lambda f: f.sign(f.header(), f.claims(token_use=["access"])),
    "token_use null": lambda f: f.sign(f.header(), {**f.claims(), "token_use": None}),
    # times
    "expired": lambda f: f.sign(f.header(), f.claims(exp=NOW - 1)),
    "expired long ago": lambda f: f.sign(f.header(), f.claims(exp=1)),
    "no exp": lambda f: f.sign(f.header(), f.claims(exp=None)),
    "exp a text": lambda f: f.sign(f.header(), f.claims(exp=str(NOW + 3600))),
    "exp true": lambda f: f.sign(f.header(), f.claims(exp=True)),
    "exp null": lambda f: f.sign(f.header(), {**f.claims(), "exp": None}),
    "exp a list": lambda f: f.sign(f.header(), f.claims(exp=[NOW + 3600])),
    "exp NaN": lambda f: f.raw_claims(json.dumps(f.claims(exp=float("nan")))),
    "exp Infinity": lambda f: f.raw_claims(json.dumps(f.claims(exp=float("inf")))),
    "exp minus a googol": lambda f: f.sign(f.header(), f.claims(exp=-(10**100))),
    "nbf in the future": lambda f: f.sign(f.header(), f.claims(nbf=NOW + 3600)),
    "nbf a text": lambda f: f.sign(f.header(), f.claims(nbf="0")),
    "nbf a googol": lambda f: f.sign(f.header(), f.claims(nbf=10**100)),
    "iat in the future": lambda f: f.sign(f.header(), f.claims(iat=NOW + 3600)),
    # who
    "no username and no sub": lambda f: f.sign(f.header(), f.claims(username=None, sub=None)),
    "username empty": lambda f: f.sign(f.header(), f.claims(username="", sub=None)),
    "username a list": lambda f: f.sign(f.header(), f.claims(username=["root"], sub=None)),
    # the signature
    "no signature": lambda f: f.with_signature(lambda _: ""),
    "another token's signature": lambda f: f.with_signature(lambda _: f.issuer.token("x").split(".")[2]),
    "signature cut": lambda f: f.with_signature(lambda s: s[:-4]),
    "signature lengthened": lambda f: f.with_signature(lambda s: s + "AAAA"),
    "signature with one bit changed": lambda f: f.with_signature(lambda s: ("B" if s[0] != "B" else "C") + s[1:]),
    "signature all zero": lambda f: f.with_signature(lambda _: b64(bytes(256))),
    "claims swapped under the signature": lambda f: ".".join(
        [f.good().split(".")[0], encode(f.claims(username="root")), f.good().split(".")[2]]
    ),
    # sloppy base64 (RFC 7515 section 2; RFC 4648 section 3.5)
    "padding": lambda f: f.with_signature(lambda s: s + "=="),
    "base64 instead of base64url": lambda f: f.with_signature(lambda s: s.replace("-", "+").replace("_", "/") + "+"),
    "line break in the signature": lambda f: f.with_signature(lambda s: s[:10] + "\n" + s[10:]),
    "blank in the signature": lambda f: f.with_signature(lambda s: s[:10] + " " + s[10:]),
    "percent-encoded": lambda f: f.with_signature(lambda s: "%41" + s[1:]),
    "trailing bits set in the signature": lambda f: f.with_signature(lambda s: s[:-1] + _sibling(s[-1])),
    "a character outside ASCII": lambda f: f.with_signature(lambda s: s + "é"),
    # structure
    "two parts": lambda f: ".".join(f.good().split(".")[:2]),
    "four parts": lambda f: f.good() + ".AAAA",
    "five parts, a JWE": lambda f: (
        f"{encode({'alg': 'RSA-OAEP', 'enc': 'A256GCM', 'kid': f.issuer.key_id})}.AAAA.AAAA.AAAA.AAAA"
    ),
    "a JWE's header on a JWS": lambda f: f.sign(f.header(enc="A256GCM"), f.claims()),
    "JSON serialization": lambda f: json.dumps({"payload": encode(f.claims()), "signatures": []}),
    "empty parts": lambda _: "..",
    "dots only": lambda _: "....",
    "not a token at all": lambda _: "hello",
    "a good token twice": lambda f: f"{f.good()}.{f.good()}",
    "a very long token": lambda f: f.sign(f.header(), f.claims(padding="x" * 100_000)),
    "header no JSON": lambda f: f.raw_header("{"),
    "header a list": lambda f: f.raw_header('["RS256"]'),
    "header a text": lambda f: f.raw_header('"RS256"'),
    "header not UTF-8": lambda f: f.sign(b"\xff\xfe", f.claims()),
    "header nested 5,000 deep": lambda f: f.raw_header("[" * 5000 + "]" * 5000),
    "alg twice in the header": lambda f: f.raw_header(
        f'{{"alg":"none","alg":"RS256","kid":"{f.issuer.key_id}","typ":"JWT"}}'
    ),
    "kid twice in the header": lambda f: f.raw_header(f'{{"alg":"RS256","kid":"x","kid":"{f.issuer.key_id}"}}'),
    "claims no JSON": lambda f: f.raw_claims("{"),
    "claims a list": lambda f: f.raw_claims("[]"),
    "claims a text": lambda f: f.raw_claims('"mallory"'),
    "claims empty": lambda f: f.raw_claims("{}"),
    "username twice in the claims": lambda f: f.raw_claims(json.dumps(f.claims())[:-1] + ', "username": "root"}'),
    "claims with a byte order mark": lambda f: f.sign(f.header(), b"\xef\xbb\xbf" + json.dumps(f.claims()).encode()),
    "claims in UTF-16": lambda f: f.sign(f.header(), json.dumps(f.claims()).encode("utf-16")),
    # invalid API keys
    "API key made up": lambda _: "amp-v1-" + "A" * 43,
    "API key, old form, made up": lambda _: "amp-0123456789abcdef",
    "API key prefix only": lambda _: "amp-",
    "API key of 10,000 characters": lambda _: "amp-" + "a" * 10_000,
    "API key digest in place of the key": lambda _: hashlib.shake_256(b"amp-v1-x").hexdigest(64),
}


def _sibling(last: str) -> str:
    """Replace the last character by another that non-strict decoders decode to the same bytes."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(last) ^ 1]


@pytest.fixture
def forger(aws: Aws) -> Iterator[Forger]:
    with Keys() as issuer, fresh_execution_environment({**aws.variables, **issuer.environment()}):
        yield Forger(issuer)


def ask(token: str) -> dict[str, Any]:
    answer: dict[str, Any] = charge(rest_api_event("POST", PATH, GOOD_BODY, token=token), LambdaContext())
    return answer


def test_the_token_that_the_attacks_vary_is_good(forger: Forger) -> None:
    second_key = forger.published("second")  # publish a valid key the way the attacks do
    assert ask(forger.good())["statusCode"] == 200
    assert ask(second_key)["statusCode"] == 200
    assert ask(forger.sign(forger.header(), forger.claims()))["statusCode"] == 200
    assert ask(forger.sign(forger.header(typ="at+jwt"), forger.claims()))["statusCode"] == 200
    assert ask(forger.sign(forger.header(), forger.claims(aud=[forger.issuer.audience])))["statusCode"] == 200


def test_none_is_accepted(forger: Forger, aws: Aws) -> None:
    tokens = {name: attack(forger) for name, attack in ATTACKS.items()}
    accepted = {
        name: answer["statusCode"] for name, token in tokens.items() if (answer := ask(token))["statusCode"] != 401
    }
    assert accepted == {}
    assert len(tokens) >= 80
    assert aws.items("USAGE_METRICS_DYNAMO_TABLE") == []


def test_every_refusal_is_the_error_body_and_tells_nothing(forger: Forger) -> None:
    for name, attack in ATTACKS.items():
        answer = ask(attack(forger))
        body = body_of(answer)
        assert body.keys() == {"success", "error", "requestId", "details"}, name
        assert body["error"] in {
            "The token is not valid",
            "The API key is not valid",
            "Expected one header `Authorization: Bearer TOKEN`",
        }, name
        assert answer["headers"]["WWW-Authenticate"].startswith("Bearer"), name


def test_a_flood_of_unknown_key_ids_fetches_the_keys_once(forger: Forger) -> None:
    assert ask(forger.good())["statusCode"] == 200
    before = forger.issuer.requests
    for number in range(200):
        token = forger.sign(forger.header(kid=f"flood-{number}"), {"iss": "x"}, forger.own_key)
        assert ask(token)["statusCode"] == 401
    assert forger.issuer.requests - before <= 1


def test_an_expired_token_is_refused_though_it_was_good_before(forger: Forger) -> None:
    token = forger.issuer.token("jane", exp=int(time.time()) + 2)
    assert ask(token)["statusCode"] == 200
    deadline = time.monotonic() + 10
    while time.time() <= json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))["exp"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)  # the test waits for the clock
    assert ask(token)["statusCode"] == 401
