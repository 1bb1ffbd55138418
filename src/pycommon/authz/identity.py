"""Identify the caller by the token of a request: a JWT or an API key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pycommon.authz.accounts import Accounts
from pycommon.authz.api_keys import ApiKeys, is_api_key
from pycommon.authz.authentication_settings import TokenSettings
from pycommon.authz.bearer_token import invalid_token
from pycommon.authz.caller import Caller
from pycommon.authz.jwks import SigningKeySet, SigningKeysUnavailableError
from pycommon.authz.limits import Budget
from pycommon.authz.tokens import TokenError, TokenVerifier
from pycommon.env import process_environment
from pycommon.env.variable_resolver import resolver
from pycommon.exceptions import HTTPServiceUnavailable
from pycommon.execution_environment import per_execution_environment
from pycommon.logger import getLogger

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["accounts", "api_keys", "budget", "identify", "token_verifier"]

_CACHE_FOR_S = 10.0

_logger = getLogger(__name__)


@per_execution_environment
def token_verifier() -> TokenVerifier:
    """Return the verifier for tokens of the configured issuer."""
    settings = TokenSettings.resolve(resolver())
    signing_keys = SigningKeySet(
        settings.jwks_url,
        settings.algorithms,
        refresh_after_s=process_environment.number("JWKS_REFRESH_SECONDS", 3600, at_least=1),
        keep_for_s=process_environment.number("JWKS_KEEP_SECONDS", 86400, at_least=1),
        cooldown_s=process_environment.number("JWKS_COOLDOWN_SECONDS", 30, at_least=1),
        timeout_s=process_environment.number("JWKS_TIMEOUT_SECONDS", 3, at_least=0.1, at_most=20),
    )
    return TokenVerifier(settings, signing_keys)


@per_execution_environment
def accounts() -> Accounts:
    """Return the reader of users' default accounts."""
    return Accounts(resolver(), _cache_for_s())


@per_execution_environment
def budget() -> Budget:
    """Return the object that checks rate limits.

    With RATE_LIMIT_UNREADABLE=allow, the object accepts callers whose costs cannot be read.
    """
    allow = process_environment.get("RATE_LIMIT_UNREADABLE") == "allow"
    return Budget(resolver(), _cache_for_s(), allow_when_unreadable=allow)


@per_execution_environment
def api_keys() -> ApiKeys:
    """Return the object that looks up API keys. Each request reads the table, unless API_KEY_CACHE_SECONDS is set."""
    return ApiKeys(resolver(), cache_for_s=process_environment.number("API_KEY_CACHE_SECONDS", 0, at_most=300))


def identify(token: str) -> Caller:
    """Return the caller that `token` belongs to, with the account that pays for the caller.

    Raises:
        HTTPUnauthorized: the library refuses the token. The log gives the reason.
        HTTPForbidden: the API key has no access type that this service accepts.
        HTTPServiceUnavailable: the issuer's signing keys, the API keys or the accounts cannot be read.
        EnvVarError: a variable that the library needs is not set.
    """
    return api_keys().caller_of(token) if is_api_key(token) else _user_of(token)


def _user_of(token: str) -> Caller:
    verifier = token_verifier()
    try:
        claims = verifier.verify(token)
    except TokenError as error:
        _logger.info("Token refused: %s", error)
        raise invalid_token() from None
    except SigningKeysUnavailableError:
        _logger.error("Token not verified: the issuer's signing keys cannot be fetched")
        raise HTTPServiceUnavailable("The token cannot be verified at the moment") from None
    user = _username(claims, verifier.settings.username_prefix)
    if not user:
        _logger.info("Token refused: it names no user")
        raise invalid_token()
    return Caller(user=user, name=_display_name(claims) or user, account=accounts().default_of(user), token=token)


def _username(claims: Mapping[str, Any], prefix: str) -> str:
    for name in ("username", "cognito:username", "sub"):
        value = claims.get(name)
        if isinstance(value, str) and value:
            return value.removeprefix(prefix)
    return ""


def _display_name(claims: Mapping[str, Any]) -> str:
    name = claims.get("name")
    if isinstance(name, str) and name.strip():
        return name.strip()
    parts = (claims.get("given_name"), claims.get("family_name"))
    return " ".join(part.strip() for part in parts if isinstance(part, str) and part.strip())


def _cache_for_s() -> float:
    return process_environment.number("ACCOUNT_CACHE_SECONDS", _CACHE_FOR_S, at_most=300)
