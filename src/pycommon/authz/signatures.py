"""Verify the signature of a JWS with a public JWK (RFC 7515 section 5.2, RFC 7518 sections 3 and 6, RFC 8037).

This module calls `cryptography` directly. PyJWT would also import the X.509, SSH and PKCS formats, and a cold start
would take 20 ms more.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.hashes import HashAlgorithm

__all__ = ["SignatureError", "load_verification", "verify_signature"]

_COORDINATE_BYTES = {"ES256": 32, "ES384": 48, "ES512": 66}
_PRIMITIVES = "cryptography.hazmat.primitives"
_MODULES = {
    "RS": ("asymmetric.padding", "asymmetric.rsa", "hashes"),
    "PS": ("asymmetric.padding", "asymmetric.rsa", "hashes"),
    "ES": ("asymmetric.ec", "asymmetric.utils", "hashes"),
    "Ed": ("asymmetric.ed448", "asymmetric.ed25519"),
}


def load_verification(algorithm: str) -> None:
    """Import the modules that verify signatures of `algorithm`. Call this function before the first signature."""
    for module in _MODULES[algorithm[:2]]:
        import_module(f"{_PRIMITIVES}.{module}")


class SignatureError(Exception):
    """A signature is wrong or cannot be verified.

    The message gives the reason, and contains no part of the token or the key.
    """


def verify_signature(signed: bytes, signature: bytes, key: Mapping[str, Any], algorithm: str) -> None:
    """Return if the private key of `key` made `signature` over `signed`. Otherwise raise an error.

    Args:
        signed: the header and the payload as the client sent them: `header.payload`.
        signature: the decoded bytes of the signature.
        key: a public JWK of the type and curve that `algorithm` needs; see `jwks.key_matches`.
        algorithm: the name of the algorithm: RS, PS or ES with 256, 384 or 512, or EdDSA.

    Raises:
        SignatureError: the signature is wrong, or `key` is not a usable key.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    try:
        match algorithm[:2]:
            case "RS" | "PS":
                _verify_rsa(signed, signature, key, algorithm)
            case "ES":
                _verify_ecdsa(signed, signature, key, algorithm)
            case _:
                _verify_eddsa(signed, signature, key)
    except InvalidSignature:
        raise SignatureError("the signature does not verify") from None
    except (
        UnsupportedAlgorithm,
        LookupError,
        TypeError,
        ValueError,
    ) as error:  # the key is malformed
        raise SignatureError(f"the signature cannot be verified ({type(error).__name__})") from None


def _verify_rsa(signed: bytes, signature: bytes, key: Mapping[str, Any], algorithm: str) -> None:
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    digest = _digest(algorithm)
    public_key = rsa.RSAPublicNumbers(_number(key["e"]), _number(key["n"])).public_key()
    if algorithm.startswith("RS"):
        public_key.verify(signature, signed, padding.PKCS1v15(), digest)
    else:  # the salt is as long as the digest (RFC 7518 section 3.5)
        public_key.verify(signature, signed, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)


def _verify_ecdsa(signed: bytes, signature: bytes, key: Mapping[str, Any], algorithm: str) -> None:
    """Verify an ECDSA signature. A JWS has R followed by S (RFC 7518 section 3.4). `cryptography` needs DER."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    size = _COORDINATE_BYTES[algorithm]
    curve = {"ES256": ec.SECP256R1(), "ES384": ec.SECP384R1(), "ES512": ec.SECP521R1()}[algorithm]
    x, y = _bytes(key["x"]), _bytes(key["y"])
    if not len(x) == len(y) == size:
        raise ValueError("a coordinate does not have the length of the curve")
    if len(signature) != 2 * size:
        raise InvalidSignature
    public_key = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), curve).public_key()
    r, s = int.from_bytes(signature[:size]), int.from_bytes(signature[size:])
    public_key.verify(encode_dss_signature(r, s), signed, ec.ECDSA(_digest(algorithm)))


def _verify_eddsa(signed: bytes, signature: bytes, key: Mapping[str, Any]) -> None:
    from cryptography.hazmat.primitives.asymmetric import ed448, ed25519

    if key["crv"] == "Ed25519":
        ed25519.Ed25519PublicKey.from_public_bytes(_bytes(key["x"])).verify(signature, signed)
    else:
        ed448.Ed448PublicKey.from_public_bytes(_bytes(key["x"])).verify(signature, signed)


def _digest(algorithm: str) -> HashAlgorithm:
    from cryptography.hazmat.primitives import hashes

    return {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}[algorithm[2:]]


def _number(text: Any) -> int:
    return int.from_bytes(_bytes(text))


def _bytes(text: Any) -> bytes:
    """Decode base64url without padding (RFC 7515 section 2)."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
