"""HTTP requests to the shared REST API of the local AWS."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pycommon_cli.cli_error import CliError
from pycommon_cli.local.ministack import HOST
from pycommon_cli.local.project_folders import STAGE

# API Gateway waits 29 seconds for a function.
TIMEOUT_SECONDS = 35.0


@dataclass(frozen=True, slots=True)
class RestResponse:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: str

    def json(self) -> Any:
        """The body, parsed."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class RestApi:
    """The REST API with the given id, served on `port`."""

    api_id: str
    port: int

    @property
    def host(self) -> str:
        """The name by which MiniStack tells one API from another."""
        return f"{self.api_id}.execute-api.localhost:{self.port}"

    @property
    def url(self) -> str:
        """The stage's address; curl and browsers resolve names under `localhost` to this machine (RFC 6761)."""
        return f"http://{self.host}/{STAGE}"

    def call(self, method: str, path: str, *, body: bytes | None, headers: Mapping[str, str]) -> RestResponse:
        """Send one request; `path` is that of the service, without the stage."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=TIMEOUT_SECONDS)
        target = f"/{STAGE}/{path.lstrip('/')}"
        try:
            connection.request(method.upper(), target, body=body, headers={"Host": self.host, **headers})
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise CliError(
                f"{method.upper()} {path} got no answer from {HOST}:{self.port}: {error or type(error).__name__}.",
                "See what `pycommon local status` says.",
            ) from None
        finally:
            connection.close()
        return RestResponse(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
