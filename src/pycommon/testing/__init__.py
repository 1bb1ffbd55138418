"""What a service needs to test its own functions: events, a context, an issuer of real tokens, a fresh start.

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
