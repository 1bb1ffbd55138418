"""Install the Serverless Framework (osls), and deploy with it to the local AWS."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping

import psutil

from pycommon_cli.cli_error import CliError
from pycommon_cli.local import local_processes
from pycommon_cli.local.command_lock import exclusive
from pycommon_cli.local.project_folders import STAGE, Home, Project
from pycommon_cli.terminal import Progress

ROLE = "osls"
SAID_LINES = 20
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_NOISE = re.compile(r"\s+at |View the full error: https://")
_NODE_HELP = "Install Node.js 20.19, 22.13, 24 or newer (https://nodejs.org), and check that `node` is on PATH."


def check_node() -> None:
    """Check that a Node.js for osls is installed."""
    node = shutil.which("node")
    if node is None:
        raise CliError("Node.js was not found on PATH. osls, which deploys the services, needs it.", _NODE_HELP)
    result = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 (no input)
    found = result.stdout.strip()
    if not _new_enough(found):
        raise CliError(f"Node.js {found or 'without a version'} ({node}) is too old for osls.", _NODE_HELP)


def _new_enough(version: str) -> bool:
    match = re.match(r"v(\d+)\.(\d+)", version)
    if not match:
        return False
    major, minor = int(match[1]), int(match[2])
    return major >= 24 or (major == 20 and minor >= 19) or (major == 22 and minor >= 13)  # noqa: PLR2004 (engines)


def ensure(project: Project, progress: Progress) -> None:
    """Install osls from package-lock.json, unless it is installed."""
    check_node()
    if project.osls.exists():
        return
    npm = shutil.which("npm")
    if npm is None or not (project.root / "package-lock.json").exists():
        raise CliError(f"osls is not installed in {project.root / 'node_modules'}.", f"Run `npm ci` in {project.root}.")
    modules = project.root / "node_modules"
    with (
        exclusive(project.root / ".pycommon" / "npm.lock", "install", progress),
        progress.step("Installing osls (npm ci)"),
    ):
        local_processes.end(
            local_processes.of_home(modules)
        )  # an npm of a killed command would still write to the folder
        command = [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        marked = {**os.environ, **local_processes.marks(modules, "npm")}
        result = subprocess.run(  # noqa: S603 (our own arguments)
            command, cwd=project.root, capture_output=True, text=True, check=False, env=marked
        )
        if result.returncode or not project.osls.exists():
            said = " ".join((result.stderr or result.stdout).split())[-400:]
            raise CliError(f"`npm ci` in {project.root} failed: {said}", "Fix the cause, then run `npm ci`.")


def deploy(project: Project, home: Home, folder: str, environment: Mapping[str, str]) -> None:
    """Package and deploy one service folder. Write the output of osls to a log.

    The option `--force` is needed, because osls compares a function only with its own last upload. If this command has
    replaced the function's code since that upload, osls would skip the function.
    """
    log_path = home.deploy_log(folder)
    with log_path.open("wb") as log:
        child = subprocess.Popen(  # noqa: S603 (our own arguments)
            [str(project.osls), "deploy", "--stage", STAGE, "--force"],
            cwd=project.root / folder,
            env={**environment, **local_processes.marks(home.path, ROLE)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches only this command, which stops osls and its children
        )
        try:
            returncode = child.wait()
        except BaseException:
            end_left_behind(home)
            child.wait()
            raise
    if returncode < 0:
        raise CliError(f"Deploying {folder} failed: signal {-returncode} ended osls.", "Run the command again.")
    if returncode:
        said = reason(log_path.read_text(errors="replace"))
        raise CliError(
            f"Deploying {folder} failed (exit code {returncode} of osls):\n{said}",
            f"The whole output of osls is in {log_path}.",
        )


def end_left_behind(home: Home) -> list[psutil.Process]:
    """Stop every osls of this local AWS and its children. Return the processes found."""
    left = local_processes.of_home(home.path, role=ROLE)
    local_processes.end(left)
    return left


def reason(output: str) -> str:
    """Return the lines of the output of osls that say why osls failed."""
    lines = [_ANSI.sub("", line).rstrip() for line in output.splitlines()]
    starts = [n for n, line in enumerate(lines) if re.match(r"(✖ .*|Error:?)$|\S*Error: ", line)]
    said = lines[starts[0] :] if starts else lines
    ends = [
        n for n, line in enumerate(said) if line.startswith(("Environment:", "Credentials:", "Serverless Framework"))
    ]
    said = [line for line in said[: ends[0] if ends else None] if line and not _NOISE.match(line)]
    kept = said[:SAID_LINES] if starts else said[-SAID_LINES:]
    return "\n".join(f"  {line}" for line in kept) or "  (no output)"


def environment(caller: Mapping[str, str], aws: Mapping[str, str], project: Project) -> dict[str, str]:
    """Return the environment of a program that uses the local AWS.

    The result is the caller's environment without `AWS_*`, `SLS_*` and `SERVERLESS_*`, and with the variables of the
    local AWS.
    """
    kept = {name: value for name, value in caller.items() if not name.startswith(("AWS_", "SLS_", "SERVERLESS_"))}
    bypass = ",".join(filter(None, [caller.get("NO_PROXY") or caller.get("no_proxy"), "127.0.0.1", "localhost"]))
    return {
        **kept,
        **aws,
        "PATH": f"{project.osls.parent}{os.pathsep}{caller.get('PATH', os.defpath)}",
        "NO_PROXY": bypass,
        "no_proxy": bypass,
        "SLS_TELEMETRY_DISABLED": "1",
        "SLS_NOTIFICATIONS_MODE": "off",
        "SLS_AWS_MONITORING_FREQUENCY": "200",  # milliseconds between requests for the status of a stack; 5000 on AWS
        "NODE_NO_WARNINGS": "1",
    }
