"""Read the settings of authentication, and declare the environment variables that `@validated` itself uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from pycommon.dal.providers.aws.resource_perms import DynamoDBOperation, SQSOperation
from pycommon.env import process_environment
from pycommon.env.declaration import declare_for_library
from pycommon.exceptions import DeclarationError

if TYPE_CHECKING:
    from pycommon.env.variable_resolver import VariableResolver

__all__ = ["ALWAYS_NEEDED", "LIBRARY_DECLARATION", "TokenSettings"]

ASYMMETRIC_ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
_DEFAULT_ALGORITHMS = "RS256"
_COGNITO = re.compile(r"https://cognito-idp\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([\w-]+)")
_MAX_LEEWAY_S = 300
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})

ALWAYS_NEEDED = ("OAUTH_AUDIENCE", "OAUTH_ISSUER_BASE_URL", "ACCOUNTS_DYNAMO_TABLE", "USAGE_METRICS_DYNAMO_TABLE")
"""The variables that every request needs. The library looks up other variables only when a request needs them."""

LIBRARY_DECLARATION = declare_for_library(
    "pycommon.authz.validated",
    {
        "OAUTH_AUDIENCE": (),
        "OAUTH_ISSUER_BASE_URL": (),
        "IDP_PREFIX": (),
        "ACCOUNTS_DYNAMO_TABLE": (DynamoDBOperation.GET_ITEM,),
        "API_KEYS_DYNAMODB_TABLE": (DynamoDBOperation.QUERY, DynamoDBOperation.UPDATE_ITEM),
        "COST_CALCULATIONS_DYNAMO_TABLE": (DynamoDBOperation.QUERY,),
        "USAGE_METRICS_DYNAMO_TABLE": (DynamoDBOperation.PUT_ITEM,),
        "ENV_VARS_TRACKING_TABLE": (DynamoDBOperation.UPDATE_ITEM,),
        "CRITICAL_ERRORS_SQS_QUEUE_NAME": (SQSOperation.GET_QUEUE_URL, SQSOperation.SEND_MESSAGE),
    },
)
"""The variables and AWS operations that `@validated` itself uses. Services do not declare these variables."""


class TokenSettings(NamedTuple):
    """The settings for the verification of a JWT.

    Attributes:
        issuer: the exact value that the claim `iss` must have.
        audience: the text that the claim `aud` must contain. A token without `aud` (from Cognito) must have this text
            as `client_id`.
        jwks_url: the address of the issuer's signing keys (JWKS).
        algorithms: the accepted values of `alg`. All these algorithms are asymmetric.
        leeway_s: the tolerated difference in seconds between the clocks of the issuer and of this machine.
        username_prefix: the text that the library removes from the start of the username, with the underscore. "" if
            there is no prefix.
    """

    issuer: str
    audience: str
    jwks_url: str
    algorithms: frozenset[str]
    leeway_s: float
    username_prefix: str

    @property
    def issued_by_cognito(self) -> bool:
        """Return whether the issuer is Cognito, whose tokens always have `token_use`."""
        return _COGNITO.fullmatch(self.issuer) is not None

    @classmethod
    def resolve(cls, variables: VariableResolver) -> TokenSettings:
        """Return the settings that the variables OAUTH_* and IDP_PREFIX define.

        Raises:
            EnvVarError: OAUTH_ISSUER_BASE_URL or OAUTH_AUDIENCE is not set.
            DeclarationError: OAUTH_ALGORITHMS contains a value that is not an asymmetric signature algorithm, or the
                address of the signing keys is plain HTTP on another machine.
        """
        variables.resolve(("OAUTH_ISSUER_BASE_URL", "OAUTH_AUDIENCE"))
        issuer = variables.require("OAUTH_ISSUER_BASE_URL")
        prefix = process_environment.get("IDP_PREFIX")
        return cls(
            issuer=issuer,
            audience=variables.require("OAUTH_AUDIENCE"),
            jwks_url=_endpoint_url(issuer)
            or _over_tls(process_environment.get("OAUTH_JWKS_URL") or _well_known_url(issuer)),
            algorithms=_algorithms(process_environment.get("OAUTH_ALGORITHMS") or _DEFAULT_ALGORITHMS),
            leeway_s=process_environment.number("OAUTH_LEEWAY_SECONDS", 0, at_most=_MAX_LEEWAY_S),
            username_prefix=f"{prefix}_" if prefix else "",
        )


def _algorithms(text: str) -> frozenset[str]:
    algorithms = frozenset(name.strip() for name in text.split(",") if name.strip())
    if not algorithms or not algorithms <= ASYMMETRIC_ALGORITHMS:
        raise DeclarationError(
            f"OAUTH_ALGORITHMS must name asymmetric signature algorithms ({', '.join(sorted(ASYMMETRIC_ALGORITHMS))})"
        )
    return algorithms


def _endpoint_url(issuer: str) -> str | None:
    """Return the JWKS address below `AWS_ENDPOINT_URL*` for a Cognito issuer without OAUTH_JWKS_URL.

    Otherwise return None.
    """
    endpoint = process_environment.get("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER") or process_environment.get(
        "AWS_ENDPOINT_URL"
    )
    cognito = _COGNITO.fullmatch(issuer)
    if process_environment.get("OAUTH_JWKS_URL") is not None or endpoint is None or cognito is None:
        return None
    return f"{endpoint.rstrip('/')}/{cognito[2]}/.well-known/jwks.json"


def _well_known_url(issuer: str) -> str:
    return f"{issuer.rstrip('/')}/.well-known/jwks.json"


def _over_tls(url: str) -> str:
    """Return `url` if its connection is safe.

    An attacker who can change the signing keys in transit can sign any token.
    """
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return url
    raise DeclarationError(
        f"The address of the signing keys is {url}: expected an https address (http only on loopback); "
        "change OAUTH_JWKS_URL or OAUTH_ISSUER_BASE_URL"
    )
