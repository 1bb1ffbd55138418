"""Send HTTP requests to the shared REST API of the local AWS."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pycommon_cli.cli_error import CliError
from pycommon_cli.local.ministack import HOST
from pycommon_cli.local.project_folders import STAGE

# API Gateway waits up to 29 seconds for a function.
TIMEOUT_SECONDS = 35.0


@dataclass(frozen=True, slots=True)
class RestResponse:
    """An HTTP response."""

    status: int
    headers: dict[str, str]
    body: str

    def json(self) -> Any:
        """Return the parsed body."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class RestApi:
    """The REST API with the given id, on `port`."""

    api_id: str
    port: int

    @property
    def host(self) -> str:
        """Return the host name by which MiniStack distinguishes APIs."""
        return f"{self.api_id}.execute-api.localhost:{self.port}"

    @property
    def url(self) -> str:
        """Return the URL of the stage. curl and browsers resolve names under `localhost` to this machine (RFC 6761)."""
        return f"http://{self.host}/{STAGE}"

    def call(self, method: str, path: str, *, body: bytes | None, headers: Mapping[str, str]) -> RestResponse:
        """Send one request. `path` is the path of the event, without the stage."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=TIMEOUT_SECONDS)
        target = f"/{STAGE}/{path.lstrip('/')}"
        try:
            connection.request(method.upper(), target, body=body, headers={"Host": self.host, **headers})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise CliError(
                f"{method.upper()} {path} got no response from {HOST}:{self.port}: {error or type(error).__name__}.",
                "Run `pycommon local status`.",
            ) from None
        finally:
            connection.close()
        return RestResponse(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
