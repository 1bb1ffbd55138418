"""Declared = granted: the policy of the service's functions matches their declarations; the settings are consistent."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from files.document_formats import MAX_BYTES
from files.expiry_handler import expire_uploads
from files.removal_handler import remove_stored_object
from rag.chunking_program import MAX_MEMORY_BYTES
from rag.core import _TIME_FOR_ONE_MS, process_document_for_rag

if TYPE_CHECKING:
    from types import ModuleType

SERVICE = Path(__file__).resolve().parents[2] / "amplify-lambda"
OWN = {
    "FilesTable.Arn": "FILES_DYNAMO_TABLE",
    "${FilesTable.Arn}/index/AwaitedUploads": "FILES_DYNAMO_TABLE",
    "RagInputBucket.Arn": "S3_RAG_INPUT_BUCKET_NAME",
    "${RagInputBucket.Arn}/*": "S3_RAG_INPUT_BUCKET_NAME",
    "RagChunkQueue.Arn": "RAG_CHUNK_DOCUMENT_QUEUE_URL",
}


class Loader(yaml.SafeLoader):
    """Read CloudFormation's tags as the text after them."""


Loader.add_multi_constructor(
    "!",
    lambda loader, _suffix, node: (
        loader.construct_sequence(node) if isinstance(node, yaml.SequenceNode) else node.value
    ),
)


def read(*path: str) -> dict[str, Any]:
    return dict(yaml.load(SERVICE.joinpath(*path).read_text(), Loader))  # noqa: S506 - a SafeLoader


def test_the_policy_grants_on_the_services_own_resources_what_its_functions_declare(endpoints: ModuleType) -> None:
    declared: defaultdict[str, set[str]] = defaultdict(set)
    functions = (
        endpoints.get_presigned_url,
        endpoints.get_file,
        endpoints.delete_file,
        process_document_for_rag,
        remove_stored_object,
        expire_uploads,
    )
    for function in functions:
        for name, actions in function.__pycommon_declaration__.actions.items():
            declared[name] |= set(actions)
    granted: defaultdict[str, set[str]] = defaultdict(set)
    policy = read("resources", "iam.yml")["Resources"]["ServicePolicy"]["Properties"]["PolicyDocument"]
    for statement in policy["Statement"]:
        if statement["Resource"] in OWN:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            granted[OWN[statement["Resource"]]] |= set(actions)
    assert granted == {name: declared[name] for name in set(OWN.values())}
    assert declared.keys() - granted.keys() == {"USAGE_METRICS_DYNAMO_TABLE", "UPLOAD_GRACE_SECONDS"}


def test_the_settings_hold_together() -> None:
    file = read("serverless.yml")
    custom, function = file["custom"], file["functions"]["process_document_for_rag"]
    assert custom["processingVisibilityTimeout"] >= 6 * custom["processingTimeout"]
    # There is always time for the first document of a batch, and for receiving the batch.
    assert custom["processingTimeout"] * 1000 > _TIME_FOR_ONE_MS
    # Both processes fit into the function's memory, and a file into its 512 MB of /tmp.
    assert function["memorySize"] * (1 << 20) - MAX_MEMORY_BYTES > 512 << 20
    assert 2 * MAX_BYTES < 512_000_000
    assert function["events"][0]["sqs"]["functionResponseType"] == "ReportBatchItemFailures"
