"""What is uploaded: `osls package` for a real stage, its templates under cfn-lint, and what the package holds."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.conftest import ROOT
from tests.shared_run import locked

if TYPE_CHECKING:
    from pycommon_cli.local.local_aws import LocalAws

PLATFORM, BASE, DOCUMENTS = "amplify-platform", "amplify-lambda-python-base", "amplify-lambda"
AGENTS = "amplify-agent-loop-lambda"
FOLDERS = (PLATFORM, BASE, DOCUMENTS, AGENTS)
MCP = {"mcp", "mcp_types", "pydantic", "pydantic_core", "anyio", "starlette"}
"""Lies at the top of the package of agents, beside more: what the SDK of MCP depends on is its own business."""
LIBRARY = {"pycommon", "cryptography", "cffi", "pycparser", "jsonschema_rs", "orjson"}
CONTENTS = {
    PLATFORM: LIBRARY | {"costs"},
    BASE: LIBRARY | {"service", "schemata"},
    DOCUMENTS: LIBRARY
    | {"files", "rag", "schemata", "pypdfium2", "pypdfium2_raw", "pypdfium2_cfg", "semantic_text_splitter"},
    AGENTS: LIBRARY | {"service", "schemata", "workflows"},
}
"""What lies at the top of each package, beside the binaries."""
UNZIPPED_MB_AT_MOST = {PLATFORM: 40, BASE: 40, DOCUMENTS: 70, AGENTS: 60}
CFN_LINT = Path(sys.executable).parent / "cfn-lint"
OSLS = ROOT / "node_modules" / ".bin" / "osls"
MEGABYTE = 1_000_000
AARCH64 = bytes((0xB7, 0x00))  # e_machine of an ELF file, elf(5)


def osls(stack: LocalAws, folder: str, *arguments: str) -> None:
    result = subprocess.run(
        [OSLS, *arguments, "--stage", "dev"],
        cwd=ROOT / folder,
        env=stack.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def packages(stack: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folders with what osls packages for stage dev.

    The other services read parameters that the platform publishes, so the platform is deployed first. It is deployed
    from a copy of its package, because a deployment changes the folder.
    """
    folders = {folder: tmp_path_factory.mktemp(folder) for folder in FOLDERS}
    with locked(ROOT / ".pycommon" / "deploy.lock"):  # osls builds each package in the service's folder
        for folder, target in folders.items():
            osls(stack, folder, "package", "--package", str(target))
            if folder == PLATFORM:
                copy = shutil.copytree(target, tmp_path_factory.mktemp("deployed"), dirs_exist_ok=True)
                osls(stack, PLATFORM, "deploy", "--package", str(copy))
    return folders


@pytest.mark.parametrize("folder", FOLDERS)
def test_cfn_lint_finds_nothing(packages: dict[str, Path], folder: str) -> None:
    templates = sorted(str(path) for path in packages[folder].glob("cloudformation-template-*-stack.json"))
    assert len(templates) == 2
    result = subprocess.run([CFN_LINT, "--format", "json", *templates], capture_output=True, text=True, check=False)
    assert json.loads(result.stdout or "[]") == []
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_package_holds_the_service_the_library_and_its_dependencies_and_nothing_else(
    packages: dict[str, Path], folder: str
) -> None:
    (path,) = packages[folder].glob("*.zip")
    with zipfile.ZipFile(path) as package:
        names = package.namelist()
        unzipped = sum(info.file_size for info in package.infolist())
    top = {name.split("/")[0] for name in names}
    binary = {name for name in top if name.endswith(".so")}
    if folder == AGENTS:
        assert top > CONTENTS[folder] | MCP
    else:
        assert top - binary == CONTENTS[folder]
    assert [name for name in binary if not name.startswith("_cffi_backend.cpython-313-aarch64")] == []
    with zipfile.ZipFile(path) as package:
        machines = {name: package.open(name).read(20)[18:20] for name in names if name.endswith(".so")}
    assert {name: machine for name, machine in machines.items() if machine != AARCH64} == {}
    tools = ("pycommon_cli",)
    assert not [name for name in names if name.startswith(tools)]
    assert not [name for name in names if name.endswith((".pyc", ".pyi"))]
    assert unzipped < UNZIPPED_MB_AT_MOST[folder] * MEGABYTE
    sys.stdout.write(f"{path.name}: {path.stat().st_size / MEGABYTE:.1f} MB, unzipped {unzipped / MEGABYTE:.1f} MB\n")


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_nist_800_171_asks_is_in_the_template(packages: dict[str, Path], folder: str) -> None:
    template = json.loads((packages[folder] / "cloudformation-template-update-stack.json").read_text())
    kinds: dict[str, list[dict]] = {}
    for resource in template["Resources"].values():
        kinds.setdefault(resource["Type"], []).append(resource.get("Properties", {}))
    for table in kinds["AWS::DynamoDB::Table"]:
        assert table["SSESpecification"]["SSEType"] == "KMS"
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["DeletionProtectionEnabled"] is True
    for group in kinds.get("AWS::Logs::LogGroup", []):
        assert group["RetentionInDays"] == 365
    for bucket in kinds["AWS::S3::Bucket"]:
        assert bucket["BucketEncryption"]
        assert all(bucket["PublicAccessBlockConfiguration"].values())
    for queue in kinds.get("AWS::SQS::Queue", []):
        assert queue.get("KmsMasterKeyId") or queue["SqsManagedSseEnabled"] is True
    for policy in kinds.get("AWS::IAM::ManagedPolicy", []):
        for statement in policy["PolicyDocument"]["Statement"]:
            actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
            assert not [action for action in actions if "*" in action]
            assert statement["Resource"] != "*"


def test_noting_an_access_may_change_nothing_else_of_an_api_key(packages: dict[str, Path]) -> None:
    """Looked at and not tried: the local AWS evaluates the attributes of projections only."""
    template = json.loads((packages[BASE] / "cloudformation-template-update-stack.json").read_text())
    statements = template["Resources"]["ServicePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    (updates,) = [each for each in statements if "api-keys" in json.dumps(each) and "UpdateItem" in json.dumps(each)]
    assert updates["Condition"] == {
        "ForAllValues:StringEquals": {"dynamodb:Attributes": ["api_owner_id", "lastAccessed"]}
    }
