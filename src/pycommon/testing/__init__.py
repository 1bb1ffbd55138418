"""Test the functions of a service with events, a context, real tokens, and fresh execution environments.

| module | contents |
|---|---|
| `http_events` | the events of REST API, HTTP API, function URL and load balancer |
| `lambda_context` | Lambda's context object |
| `token_issuer` | an issuer of real tokens, with its keys on an HTTP server |
| `fresh_environment` | a cold start with chosen environment variables |

Example:
    >>> with TokenIssuer() as issuer, fresh_execution_environment(issuer.environment()):
    ...     event = rest_api_event("POST", "/sample/visits", {"data": {}}, token=issuer.token("jane"))
    ...     answer = handler(event, LambdaContext())
"""

from pycommon.testing.fresh_environment import fresh_execution_environment
from pycommon.testing.http_events import alb_event, function_url_event, http_api_event, rest_api_event
from pycommon.testing.lambda_context import LambdaContext
from pycommon.testing.token_issuer import TokenIssuer

__all__ = [
    "LambdaContext",
    "TokenIssuer",
    "alb_event",
    "fresh_execution_environment",
    "function_url_event",
    "http_api_event",
    "rest_api_event",
]
