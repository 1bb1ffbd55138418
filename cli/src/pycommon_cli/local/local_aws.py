"""Start, use and stop the local AWS of one checkout. This is the interface for Python callers."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pycommon_cli.cli_error import CliError, FindingError
from pycommon_cli.local import function_logs, local_processes, local_stacks, osls
from pycommon_cli.local.command_lock import exclusive
from pycommon_cli.local.lambda_runtime import Runtime
from pycommon_cli.local.local_aws_status import LocalAwsStatus, ServiceStatus, memory_bytes
from pycommon_cli.local.local_clients import REGION, LocalClients, settings
from pycommon_cli.local.local_deploy import Deployer, LocalDeployment
from pycommon_cli.local.local_stacks import StuckStackError
from pycommon_cli.local.ministack import HOST, MiniStack
from pycommon_cli.local.project_folders import PLATFORM, STAGE, Home, Project
from pycommon_cli.local.rest_api import RestApi, RestResponse
from pycommon_cli.local.saved_state import MiniStackRun, StartState
from pycommon_cli.local.serverless_file import stack_name, variable
from pycommon_cli.local.user_sign_in import SignIn, Tokens
from pycommon_cli.terminal import Progress, Silent

_SILENT = Silent()
_NOTES = {
    StartState.SNAPSHOT: "The local AWS was killed, or its state is damaged. It continues from the last regular stop.",
    StartState.LOST: "The local AWS was killed during its first run, or its state is damaged. It starts empty.",
}


class LocalAws:
    """The local AWS of the checkout at `root`.

    Args:
        root: The root of the checkout; see `project_folders.find_project_root`.
        home: The folder for state and logs. Each folder is a separate local AWS. Default: `<root>/.pycommon/local`.
        runtime: The Python environment of MiniStack. Several local AWS may share one. Default:
            `<root>/.pycommon/runtime`.

    Example:
        >>> aws = LocalAws(Path("."))
        >>> aws.up()
        >>> aws.call("POST", "/sample/visits", data={"data": {"message": "hello"}}, token=aws.token("ann")).status
        200
    """

    def __init__(self, root: Path, home: Path | None = None, runtime: Path | None = None) -> None:
        self.project = Project(root.resolve())
        self.home = Home((home or self.project.root / ".pycommon" / "local").resolve())
        self.runtime = Runtime((runtime or self.project.root / ".pycommon" / "runtime").resolve())
        self._ministack = MiniStack(self.home, self.runtime)
        self._clients: LocalClients | None = None

    # Start, deploy and stop

    def up(self, progress: Progress = _SILENT, port: int | None = None) -> list[LocalDeployment]:
        """Start the local AWS unless it is running, and deploy every service folder whose sources changed.

        When a deployment fails, stop the local AWS only if this call started it.
        """
        with self._at_work("up"):
            osls.ensure(self.project, progress)
            self._end_left_behind(progress)
            self.runtime.ensure(progress)
            started = self._start_unless_running(progress, port)
            try:
                return self._deploy_all(progress, at_work=not started)
            except BaseException as error:
                died = isinstance(error, Exception) and self._ministack.healthy() is None
                if started or died:
                    self._ministack.stop()
                if died:
                    raise self._ministack.died_at_work() from error
                raise

    def down(self, *, wipe: bool = False, progress: Progress = _SILENT) -> bool:
        """Stop every process of the local AWS, and keep its state. Return whether any process was running.

        Args:
            wipe: Also delete the local AWS's state and logs, and the secret of its users.
            progress: Receives reports about long steps.
        """
        if not self.home.path.exists():
            return False
        with self._at_work("down"):
            osls.end_left_behind(self.home)
            ran = bool(local_processes.of_home(self.home.path))
            if ran:
                with progress.step("Stopping the local AWS"):
                    self._ministack.stop()
            self._clients = None
            if wipe:
                self._wipe()
        return ran

    def deploy(self, service: str, progress: Progress = _SILENT, *, full: bool = False) -> LocalDeployment:
        """Deploy one service folder again. If `full` is not set and only code changed, replace only the code."""
        folder = self.project.service_folder(service)
        with self._at_work("deploy"):
            osls.ensure(self.project, progress)
            self._running()
            for left in osls.end_left_behind(self.home):
                progress.note(f"Stopped a deployment that an earlier command left running (process {left.pid}).")
            with self._one_deployment_a_checkout(progress):
                return self._deployer().deploy(folder, progress, full=full)

    @contextmanager
    def _at_work(self, command: str) -> Iterator[None]:
        self.home.create()
        with exclusive(self.home.path / "lock", command):
            yield

    @contextmanager
    def _one_deployment_a_checkout(self, progress: Progress) -> Iterator[None]:
        """Hold the lock of the service folders, because osls packages in them.

        Several local AWS of a checkout share the service folders.
        """
        with exclusive(self.project.root / ".pycommon" / "deploy.lock", "deploy", progress):
            yield

    def _end_left_behind(self, progress: Progress) -> None:
        """Stop processes that a killed command left running: osls, functions, or a MiniStack that does not answer."""
        left = osls.end_left_behind(self.home)
        if self._ministack.healthy() is None:
            self._ministack.stop()
        if left:
            progress.note("Stopped a deployment that an earlier command left running.")

    def _start_unless_running(self, progress: Progress, port: int | None) -> bool:
        run = self._ministack.healthy()
        if run:
            if port not in (None, run.port):
                raise CliError(f"The local AWS already runs on port {run.port}.", "Run `pycommon local down` first.")
            return False
        self._clients = None
        with progress.step("Starting the local AWS"):
            _, beginning = self._ministack.start(port)
        if beginning in _NOTES:
            progress.note(_NOTES[beginning])
        return True

    def _deploy_all(self, progress: Progress, *, at_work: bool) -> list[LocalDeployment]:
        try:
            return self._deploy_each(progress, at_work=at_work)
        except StuckStackError as error:
            progress.note(f"{error.what} The local AWS starts empty, and its stored data is lost.")
        port = self._running().port
        self._ministack.stop()
        self._wipe()
        self.home.create()
        self._clients = None
        self._ministack.start(port)
        return self._deploy_each(progress, at_work=False)

    def _deploy_each(self, progress: Progress, *, at_work: bool) -> list[LocalDeployment]:
        with self._one_deployment_a_checkout(progress):
            deployer = self._deployer()
            folders = self.project.service_folders()
            return [deployer.deploy(folder, progress, at_work=at_work) for folder in folders]

    def _wipe(self) -> None:
        for path in self.home.path.iterdir():
            if path.name not in ("lock", "port"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    # Status and requests

    def status(self) -> LocalAwsStatus:
        """Return whether the local AWS is running, and which services changed since their deployment."""
        run = self._ministack.healthy()
        if run is None:
            return LocalAwsStatus(running=False, home=str(self.home.path))
        api = self._exports().get(f"{STAGE}-RestApiId")
        return LocalAwsStatus(
            running=True,
            home=str(self.home.path),
            pid=run.process.pid if run.process else None,
            port=run.port,
            endpoint=_endpoint(run),
            since=datetime.fromtimestamp(run.started, UTC),
            memory_bytes=memory_bytes(self.home.path),
            api_url=RestApi(api, run.port).url if api else None,
            services=tuple(self._service_status(folder) for folder in self.project.service_folders()),
        )

    def _service_status(self, folder: str) -> ServiceStatus:
        stack = stack_name(self.project.root / folder)
        status = local_stacks.status(self.client("cloudformation"), stack)
        return ServiceStatus(folder, stack, status, changed=not self._deployer().unchanged(folder))

    @property
    def endpoint(self) -> str:
        """Return the endpoint URL. Raise a `CliError` when the local AWS is not running."""
        return _endpoint(self._running())

    def environment(self) -> dict[str, str]:
        """Return the environment of a program that uses the local AWS, such as osls, aws, or a script with boto3."""
        return self._deployer().environment()

    def client(self, service: str) -> Any:
        """Return a boto3 client with root permissions in the local AWS."""
        endpoint = self.endpoint
        if self._clients is None or self._clients.endpoint != endpoint:
            self._clients = LocalClients(endpoint, self._region())
        return self._clients(service)

    def tokens(self, user: str = "developer") -> Tokens:
        """Sign `user` in, and return the access token and the ID token. Create a missing user first."""
        exports = self._exports()
        pool, client_id = (self._export(exports, name) for name in ("CognitoUserPoolId", "CognitoUserPoolClientId"))
        return SignIn(self.client("cognito-idp"), pool, client_id, self.home.secret).tokens(user)

    def token(self, user: str = "developer") -> str:
        """Return the access token of `user`."""
        return self.tokens(user).access

    @property
    def api(self) -> RestApi:
        """Return the shared REST API."""
        return RestApi(self._export(self._exports(), "RestApiId"), self._running().port)

    def call(
        self,
        method: str,
        path: str,
        *,
        data: object = None,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> RestResponse:
        """Send a request to the REST API.

        Args:
            method: The HTTP method.
            path: The path of the event, without the stage. It may have a query string.
            data: The whole body. Text and bytes are sent unchanged. Other values are sent as JSON.
            token: The token for the header `Authorization: Bearer ...`.
            headers: More headers. They override the headers that this method sets.
        """
        set_here = {"Content-Type": "application/json"} if data is not None else {}
        if token is not None:
            set_here["Authorization"] = f"Bearer {token}"
        return self.api.call(method, path, body=_body(data), headers={**set_here, **(headers or {})})

    def function_names(self) -> list[str]:
        """Return the names of all deployed functions."""
        pages = self.client("lambda").get_paginator("list_functions").paginate()
        return sorted(function["FunctionName"] for page in pages for function in page["Functions"])

    def function(self, asked: str) -> str:
        """Return the full name of a function, given the full name or `service:function`."""
        folders = {f: stack_name(self.project.root / f) for f in self.project.service_folders()}
        return function_logs.full_name(asked, self.function_names(), folders)

    def logs(self, function: str, since: float = 0.0) -> list[function_logs.LogEvent]:
        """Return the log events of the function since `since` (seconds since 1970)."""
        return function_logs.events(self.client("logs"), self.function(function), since)

    def follow(self, function: str, since: float) -> Iterator[function_logs.LogEvent]:
        """Yield the log events of the function as they arrive, without end."""
        return function_logs.follow(self.client("logs"), self.function(function), since)

    def _running(self) -> MiniStackRun:
        run = self._ministack.healthy()
        if run is None:
            raise CliError(f"The local AWS of {self.project.root} does not run.", "Start it with `pycommon local up`.")
        return run

    def _region(self) -> str:
        return variable(self.project.variables, "DEP_REGION") or REGION

    def _deployer(self) -> Deployer:
        aws = settings(self.endpoint, self._region())
        return Deployer(self.project, self.home, self.runtime, self.client, aws)

    def _exports(self) -> dict[str, str]:
        return local_stacks.exports(self.client("cloudformation"))

    def _export(self, exports: Mapping[str, str], name: str) -> str:
        try:
            return exports[f"{STAGE}-{name}"]
        except KeyError:
            raise FindingError(
                f"The local AWS has no export {STAGE}-{name}. The stack of {PLATFORM} creates it.",
                "Deploy it with `pycommon local up`.",
            ) from None


def _body(data: object) -> bytes | None:
    if data is None or isinstance(data, bytes):
        return data
    return (data if isinstance(data, str) else json.dumps(data)).encode()


def _endpoint(run: MiniStackRun) -> str:
    return f"http://{HOST}:{run.port}"
