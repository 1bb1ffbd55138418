"""Guard Lambda functions behind HTTP: authenticate the caller, and check the rate limit, the body and the permission.

`guard` calls the other modules for each request, in this order:

1. `http_request`: detect the kind of the event, and read the method, the paths, the headers and the body.
2. `bearer_token`: read the token from the `Authorization` header.
3. `identity`: find the `caller` that the token belongs to. `identity` uses these modules:
   - for a JWT: `tokens` (structure and claims), `jwks` (the issuer's signing keys), `signatures` (cryptography) and
     `authentication_settings` (issuer, audience, algorithms);
   - for an API key: `api_keys`. `api_key_store` creates, rotates and revokes keys;
   - for the account that pays: `accounts`.
4. `limits`: compare the costs of the caller with the rate limit.
5. `setup` and `schemas`: find the operation's JSON Schema and validate the body.
6. `permission_checkers`: ask the service's permission checker.
7. `responses`: turn the handler's result, or an error, into the HTTP response.

`setup` also holds the functions with which a service configures the guard: `setup_validated` and
`add_api_access_types`.
"""

from pycommon.authz.guard import validated
from pycommon.authz.setup import add_api_access_types, setup_validated

__all__ = ["add_api_access_types", "setup_validated", "validated"]
