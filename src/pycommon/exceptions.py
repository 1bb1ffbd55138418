"""Define the errors of the library: one base class, HTTP errors that handlers may raise, and declaration errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "DeclarationError",
    "EnvVarError",
    "HTTPBadRequest",
    "HTTPConflict",
    "HTTPException",
    "HTTPForbidden",
    "HTTPMethodNotAllowed",
    "HTTPNotFound",
    "HTTPServiceUnavailable",
    "HTTPTooManyRequests",
    "HTTPUnauthorized",
    "HTTPUnprocessableContent",
    "PyCommonError",
]


class PyCommonError(Exception):
    """Base class of all errors that this library raises on purpose."""


class DeclarationError(PyCommonError):
    """A service uses a decorator or a setup function wrongly.

    The library raises this error when the module is imported.
    """


class EnvVarError(PyCommonError):
    """The library did not find all declared variables.

    Attributes:
        missing: the names of the missing variables, sorted.
        tried: for each name, the places that the library searched, with the result of each search, in the order of the
            search.
    """

    def __init__(self, missing: Mapping[str, Sequence[str]]) -> None:
        self.missing = tuple(sorted(missing))
        self.tried = {name: tuple(missing[name]) for name in self.missing}
        places = "; ".join(f"{name}: {', '.join(tried)}" for name, tried in self.tried.items())
        super().__init__(
            f"{len(self.missing)} declared variable(s) not found: {places}. Set each under `environment` in "
            "serverless.yml, or put a parameter at the path shown."
        )


class HTTPException(PyCommonError):  # noqa: N818 - the name that services in use import
    """An HTTP error response. Handlers, and the checks in front of handlers, raise this error.

    Attributes:
        status: the HTTP status code (RFC 9110). `HTTPException` takes the code as its first argument. Each subclass has
            its own code.
        message: a short text for the caller. The library sends the text unchanged, so the text must not contain
            secrets.
        details: a list of further JSON values for the caller, e.g. one object for each fault of the body.
        headers: further headers of the response, e.g. `{"Retry-After": "30"}`.

    Example:
        >>> raise HTTPException(418, "no coffee here")
        Traceback (most recent call last):
        ...
        pycommon.exceptions.HTTPException: no coffee here
    """

    default_status: ClassVar[int] = 500
    default_message: ClassVar[str] = "Internal server error"

    def __init__(
        self,
        status: int | str | None = None,
        message: str | None = None,
        *,
        details: Sequence[Any] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        if isinstance(status, str):  # HTTPNotFound("no such file"): the class has the status
            status, message = None, status
        self.status = self.default_status if status is None else status
        self.message = self.default_message if message is None else message
        self.details = tuple(details)
        self.headers = dict(headers or {})
        super().__init__(self.message)


class HTTPBadRequest(HTTPException):
    """400: the request itself is wrong."""

    default_status = 400
    default_message = "Bad request"


class HTTPUnauthorized(HTTPException):
    """401: the caller is not authenticated.

    The response has the header `WWW-Authenticate` (RFC 9110 section 11.6.1).
    """

    default_status = 401
    default_message = "Unauthorized"


class HTTPForbidden(HTTPException):
    """403: the caller is known, but may not do this."""

    default_status = 403
    default_message = "Forbidden"


class HTTPNotFound(HTTPException):
    """404: the resource does not exist."""

    default_status = 404
    default_message = "Not found"


class HTTPMethodNotAllowed(HTTPException):
    """405: the resource does not accept this method. The header `Allow` lists its methods (RFC 9110 section 15.5.6)."""

    default_status = 405
    default_message = "Method not allowed"


class HTTPConflict(HTTPException):
    """409: the request conflicts with the current state of the resource."""

    default_status = 409
    default_message = "Conflict"


class HTTPUnprocessableContent(HTTPException):
    """422: the request is valid by its schema, but cannot be processed."""

    default_status = 422
    default_message = "Unprocessable content"


class HTTPTooManyRequests(HTTPException):
    """429: the caller has reached a limit. The header `Retry-After` has the seconds to wait."""

    default_status = 429
    default_message = "Too many requests"


class HTTPServiceUnavailable(HTTPException):
    """503: a check needs a service that the library cannot reach."""

    default_status = 503
    default_message = "Service unavailable"
