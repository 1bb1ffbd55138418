"""Send MCP messages to an endpoint, as a user of the local AWS or with a token."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pycommon_cli.cli_error import CliError
from pycommon_cli.local.rest_api import TIMEOUT_SECONDS, RestResponse

if TYPE_CHECKING:
    from pycommon_cli.local.local_aws import LocalAws

_UNAUTHORIZED = 401


@dataclass(slots=True)
class LocalCaller:
    """An object that sends messages as a user of the local AWS. It replaces the user's token when the token expires."""

    local_aws: "LocalAws"
    path: str
    user: str
    _token: str | None = field(default=None, repr=False)

    def post(self, body: str, headers: Mapping[str, str]) -> RestResponse:
        """Send `body` to the endpoint, and return the response."""
        response = self._sent(body, headers, fresh=False)
        return self._sent(body, headers, fresh=True) if response.status == _UNAUTHORIZED else response

    def _sent(self, body: str, headers: Mapping[str, str], *, fresh: bool) -> RestResponse:
        if self._token is None or fresh:
            self._token = self.local_aws.token(self.user)
        return self.local_aws.call("POST", self.path, data=body, token=self._token, headers=headers)


@dataclass(frozen=True, slots=True)
class TokenCaller:
    """An object that sends messages to any endpoint with `token`, a JWT or an API key."""

    url: str
    token: str = field(repr=False)

    def post(self, body: str, headers: Mapping[str, str]) -> RestResponse:
        """Send `body` to the endpoint, and return the response."""
        address = urlsplit(self.url)
        make = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}.get(address.scheme)
        if make is None or not address.hostname:
            raise CliError(f"{self.url} is not an HTTP URL.", "Write https://HOST/PATH.")
        connection = make(address.hostname, address.port, timeout=TIMEOUT_SECONDS)
        target = f"{address.path or '/'}{f'?{address.query}' if address.query else ''}"
        try:
            connection.request("POST", target, body.encode(), {**headers, "Authorization": f"Bearer {self.token}"})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise CliError(f"{self.url} does not answer: {error or type(error).__name__}.") from None
        finally:
            connection.close()
        return RestResponse(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
