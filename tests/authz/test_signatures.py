"""Test signatures of every algorithm with PyJWT: its signatures verify, and changed ones do not."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from pycommon.authz.authentication_settings import ASYMMETRIC_ALGORITHMS
from pycommon.authz.signatures import SignatureError, verify_signature

if TYPE_CHECKING:
    from collections.abc import Mapping

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PRIVATE: Mapping[str, Any] = {
    **{f"{kind}{bits}": RSA for kind in ("RS", "PS") for bits in (256, 384, 512)},
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "ES384": ec.generate_private_key(ec.SECP384R1()),
    "ES512": ec.generate_private_key(ec.SECP521R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate(),
    "Ed448": ed448.Ed448PrivateKey.generate(),
}
CASES = sorted(PRIVATE)
CODECS = {"RS": RSAAlgorithm, "PS": RSAAlgorithm, "ES": ECAlgorithm, "Ed": OKPAlgorithm}
# RFC 8037 appendix A.4: an example from neither library.
RFC_8037_KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
RFC_8037_TOKEN = (
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
)


def algorithm_of(case: str) -> str:
    return "EdDSA" if case.startswith("Ed") else case


def public_jwk(case: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(CODECS[case[:2]].to_jwk(PRIVATE[case].public_key()))
    return found


def signed_by(case: str) -> tuple[bytes, bytes]:
    token = jwt.encode({"sub": "jane"}, PRIVATE[case], algorithm=algorithm_of(case))
    return parts(token)


def parts(token: str) -> tuple[bytes, bytes]:
    signed, _, signature = token.rpartition(".")
    return signed.encode(), base64.urlsafe_b64decode(signature + "==")


def test_every_algorithm_that_can_be_configured_is_tried() -> None:
    assert {algorithm_of(case) for case in CASES} == ASYMMETRIC_ALGORITHMS


@pytest.mark.parametrize("case", CASES)
def test_what_another_library_signs_verifies(case: str) -> None:
    verify_signature(*signed_by(case), public_jwk(case), algorithm_of(case))


def test_an_example_of_the_standard_verifies() -> None:
    verify_signature(*parts(RFC_8037_TOKEN), RFC_8037_KEY, "EdDSA")


@pytest.mark.parametrize("case", CASES)
@given(data=st.data())
def test_one_bit_makes_all_the_difference(case: str, data: st.DataObject) -> None:
    signed, signature = signed_by(case)
    bit = data.draw(st.integers(0, len(signature) * 8 - 1))
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    for of_text, of_signature in ((signed, bytes(changed)), (signed + b"x", signature)):
        with pytest.raises(SignatureError):
            verify_signature(of_text, of_signature, public_jwk(case), algorithm_of(case))


@pytest.mark.parametrize("case", CASES)
def test_a_signature_of_another_length_does_not_verify(case: str) -> None:
    signed, signature = signed_by(case)
    for other in (b"", signature[:-1], signature + b"\0", b"\0" + signature, b"\0" * len(signature)):
        with pytest.raises(SignatureError):
            verify_signature(signed, other, public_jwk(case), algorithm_of(case))


@pytest.mark.parametrize(("case", "other"), [("RS256", "PS256"), ("PS256", "RS256"), ("RS256", "RS512")])
def test_the_algorithms_of_one_key_do_not_stand_for_one_another(case: str, other: str) -> None:
    with pytest.raises(SignatureError, match="does not verify"):
        verify_signature(*signed_by(case), public_jwk(case), other)


@pytest.mark.parametrize("case", ["ES256", "ES384", "ES512"])
def test_der_is_no_signature_of_a_jws(case: str) -> None:
    signed, _ = signed_by(case)
    der = PRIVATE[case].sign(signed, ec.ECDSA(ECAlgorithm(ECAlgorithm.SHA256).hash_alg()))
    with pytest.raises(SignatureError):
        verify_signature(signed, der, public_jwk(case), case)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("value", [None, 7, [], {}, "", "A", "AA", "!", "é", "AQAB" * 1000])
def test_a_key_that_is_none_is_an_error_of_the_signature(case: str, value: Any) -> None:
    key = public_jwk(case)
    for name in {"n", "e", "x", "y"} & key.keys():
        with pytest.raises(SignatureError):
            verify_signature(*signed_by(case), {**key, name: value}, algorithm_of(case))
        lacking = {other: each for other, each in key.items() if other != name}
        with pytest.raises(SignatureError):
            verify_signature(*signed_by(case), lacking, algorithm_of(case))


def test_a_point_beside_the_curve_is_no_key() -> None:
    key = public_jwk("ES256")
    with pytest.raises(SignatureError, match="cannot be verified"):
        verify_signature(*signed_by("ES256"), {**key, "y": key["x"]}, "ES256")
