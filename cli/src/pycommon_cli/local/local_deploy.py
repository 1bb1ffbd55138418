"""Deploy a service folder by the fastest way.

An unchanged folder is not deployed. After a change of code alone, only the code is replaced. After any other change,
the Serverless Framework (osls) deploys the whole folder.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pycommon_cli.cli_error import CliError
from pycommon_cli.local import deployed_sources, deployment_package, local_stacks, osls
from pycommon_cli.local.deployment_package import PackageSize, StoredPackage
from pycommon_cli.local.lambda_runtime import Runtime, python_version
from pycommon_cli.local.local_stacks import StuckStackError
from pycommon_cli.local.project_folders import PLATFORM, Home, Project
from pycommon_cli.local.serverless_file import ServerlessFile, stack_name
from pycommon_cli.terminal import Progress

CODE_UPDATE_SECONDS = 30.0


class DeploymentMethod(StrEnum):
    """The ways to deploy a service folder."""

    NOT_NEEDED = "unchanged"
    CODE = "code"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class LocalDeployment:
    """The result of a deployment."""

    folder: str
    stack: str
    how: DeploymentMethod
    seconds: float
    size: PackageSize | None


@dataclass(frozen=True, slots=True)
class Deployer:
    """An object that deploys the service folders of a project to the local AWS at `home`."""

    project: Project
    home: Home
    runtime: Runtime
    client: Callable[[str], Any]
    aws: dict[str, str]

    def deployed_fingerprint(self, folder: str) -> str | None:
        """Return the fingerprint of the deployed sources.

        The local AWS stores the fingerprint. If the local AWS loses state, it loses the fingerprint too.
        """
        ssm = self.client("ssm")
        try:
            found: str = ssm.get_parameter(Name=_parameter(folder))["Parameter"]["Value"]
        except ssm.exceptions.ParameterNotFound:
            return None
        return found

    def unchanged(self, folder: str) -> bool:
        """Return whether the stack is deployed from the current sources."""
        stack = stack_name(self.project.root / folder)
        now = deployed_sources.fingerprint(self._sources(folder))
        status = local_stacks.status(self.client("cloudformation"), stack)
        return bool(status) and local_stacks.updatable(status) and self.deployed_fingerprint(folder) == now

    def deploy(self, folder: str, progress: Progress, *, full: bool = False, at_work: bool = True) -> LocalDeployment:
        """Deploy a service folder by the fastest way that gives the right result.

        Args:
            folder: The service folder.
            progress: Receives reports about long steps.
            full: Whether to deploy with osls in any case.
            at_work: Whether a stack may be changing. False when MiniStack has just started.
        """
        started = time.monotonic()
        stack = stack_name(self.project.root / folder)
        whole = self._make_updatable(folder, stack, progress, at_work=at_work)
        now = self._sources(folder)
        deployed = self.deployed_fingerprint(folder) if whole else None
        if not full and deployed == deployed_sources.fingerprint(now):
            how = DeploymentMethod.NOT_NEEDED
        elif not full and deployed and self._exchange_code(folder, stack, deployed, now, progress):
            how = DeploymentMethod.CODE
        else:
            self._deploy_with_osls(folder, stack, now, progress)
            how = DeploymentMethod.FULL
        return LocalDeployment(
            folder, stack, how, time.monotonic() - started, StoredPackage.of(self.home, folder).size()
        )

    def _sources(self, folder: str) -> deployed_sources.Manifest:
        """Return the sources of the deployment: the files, and the platform's values that osls inserts into them."""
        found = deployed_sources.manifest(self.project, folder)
        if folder != PLATFORM:
            platform = stack_name(self.project.root / PLATFORM)
            found["platform"] = deployed_sources.fingerprint(local_stacks.published(self.client, platform))
        return found

    def _make_updatable(self, folder: str, stack: str, progress: Progress, *, at_work: bool) -> bool:
        """Delete a stack that cannot be updated. Return whether there is a stack to update."""
        stacks = self.client("cloudformation")
        status = local_stacks.status(stacks, stack)
        if status and status.endswith("_IN_PROGRESS") and at_work:
            with progress.step(f"Waiting for {stack} ({status})"):
                status = local_stacks.wait_until_stable(stacks, stack, at_work=True)
        if not local_stacks.updatable(status) and folder == PLATFORM:
            # The other stacks import ids from the platform. A new platform has new ids, and the imports would be wrong.
            raise StuckStackError(
                f"A failed deployment left the stack {stack} in {status}.",
                "Run `pycommon local up`. It starts empty.",
            )
        if not local_stacks.updatable(status):
            with progress.step(f"Deleting {stack}, left in {status} by a failed deployment"):
                local_stacks.delete(self.client, stack)
            return False
        return status is not None

    def _exchange_code(
        self, folder: str, stack: str, deployed: str, now: deployed_sources.Manifest, progress: Progress
    ) -> bool:
        """Update the code of the functions. Return False when new code alone is not enough."""
        kept = StoredPackage.of(self.home, folder)
        before = kept.sources()
        if before is None or deployed_sources.fingerprint(before) != deployed or not kept.path.exists():
            return False
        functions = local_stacks.functions(self.client("cloudformation"), stack)
        if not all(self._code_of(function) == kept.sha256() for function in functions):
            return False
        exchange = deployment_package.plan(kept, self.project, folder, before, deployed_sources.changed(before, now))
        if exchange is None:
            return False
        with progress.step(f"Updating the code of {folder}"):
            package = deployment_package.rewritten(kept, exchange)
            for function in functions:
                self._update_code(function, package)
            kept.replace(package, now)
            self._remember(folder, now)
        return True

    def _code_of(self, function: str) -> str:
        configuration = self.client("lambda").get_function_configuration(FunctionName=function)
        sha256: str = configuration["CodeSha256"]
        return sha256

    def _update_code(self, function: str, package: bytes) -> None:
        client = self.client("lambda")
        client.update_function_code(FunctionName=function, ZipFile=package)
        deadline = time.monotonic() + CODE_UPDATE_SECONDS
        while (found := client.get_function_configuration(FunctionName=function))["LastUpdateStatus"] == "InProgress":
            if time.monotonic() > deadline:
                raise CliError(f"{function} did not update its code within {CODE_UPDATE_SECONDS:.0f} s.")
            time.sleep(0.05)
        if found["LastUpdateStatus"] != "Successful":
            raise CliError(f"{function} did not update its code: {found.get('LastUpdateStatusReason', 'no reason')}.")

    def _deploy_with_osls(self, folder: str, stack: str, now: deployed_sources.Manifest, progress: Progress) -> None:
        started = time.time()
        with progress.step(f"Deploying {folder}"):
            self._forget(folder)  # a failed deployment may leave older code than before
            try:
                osls.deploy(self.project, self.home, folder, self.environment())
            except CliError as error:
                raise self._with_causes(error, stack, started) from None
            self._check_deployed(stack, folder)
            StoredPackage.of(self.home, folder).keep(self._package(folder, since=started), now)
            self._remember(folder, now)

    def _with_causes(self, error: CliError, stack: str, since: float) -> CliError:
        """Add CloudFormation's reasons to the error, if CloudFormation answers and has reasons."""
        try:
            causes = local_stacks.failures(self.client("cloudformation"), stack, since)
        except Exception:  # noqa: BLE001 (the error of osls is the one to report)
            return error
        lines = "".join(f"\n  {cause}" for cause in causes if cause.partition(": ")[2] not in error.what)
        what = error.what + (f"\nFailures that CloudFormation reports:{lines}" if lines else "")
        wipe = " If a killed run left it behind, run `pycommon local down --wipe`."
        return CliError(what, error.help_text + (wipe if "already exists" in what else ""))

    def _check_deployed(self, stack: str, folder: str) -> None:
        status = local_stacks.wait_until_stable(self.client("cloudformation"), stack, at_work=True)
        if status is None or not local_stacks.updatable(status):
            raise CliError(
                f"osls deployed {folder}, but the status of its stack {stack} is {status or 'missing'}.",
                f"The whole output of osls is in {self.home.deploy_log(folder)}.",
            )

    def _package(self, folder: str, since: float) -> Path | None:
        service = ServerlessFile(self.project.root / folder / "serverless.yml").service()
        package = self.project.root / folder / ".serverless" / f"{service}.zip"
        # The package of an earlier deployment may still be there when the service has no functions any more.
        return package if package.exists() and package.stat().st_mtime >= since - 1 else None

    def _remember(self, folder: str, deployed: deployed_sources.Manifest) -> None:
        value = deployed_sources.fingerprint(deployed)
        self.client("ssm").put_parameter(Name=_parameter(folder), Value=value, Type="String", Overwrite=True)

    def _forget(self, folder: str) -> None:
        ssm = self.client("ssm")
        with suppress(ssm.exceptions.ParameterNotFound):
            ssm.delete_parameter(Name=_parameter(folder))

    def environment(self) -> dict[str, str]:
        """Return the environment of osls and of other programs that use the local AWS."""
        local = {
            "PYCOMMON_LOCAL_RUNTIME": f"python{python_version()}",
            "PYCOMMON_LOCAL_ARCHITECTURE": deployed_sources.architecture(),
            "PYCOMMON_PYTHON": str(self.runtime.packaging_python()),
        }
        return osls.environment(os.environ, {**self.aws, **local}, self.project)


def _parameter(folder: str) -> str:
    return f"/pycommon/local/{folder}/source-hash"
