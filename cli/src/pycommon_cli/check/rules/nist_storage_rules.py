"""NIST: what SP 800-171 r2 requires of tables, buckets and queues in the template.

The pages of the rules name the controls and the corresponding checks of AWS Config.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pycommon_cli.check.findings import Severity
from pycommon_cli.check.rules.rule_registry import Problem, rule
from pycommon_cli.check.rules.template_properties import at, is_off, items, names_same, resources, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pycommon_cli.analysis.facts import TemplateResource
    from pycommon_cli.analysis.service_facts import Service

_TABLE, _GLOBAL_TABLE = "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"
_BUCKET, _BUCKET_POLICY, _QUEUE = "AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::SQS::Queue"
_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


@rule("NIST001", "table-without-kms", Severity.WARNING, controls=("3.13.16",))
def table_without_kms(service: Service) -> Iterator[Problem]:
    """A DynamoDB table is not encrypted with a KMS key."""
    for table in resources(service, _TABLE, _GLOBAL_TABLE):
        if is_off(at(table.properties, "SSESpecification", "SSEEnabled")):
            yield Problem(
                table.place,
                f"the table {table.logical_id} is not encrypted with a KMS key",
                "add SSESpecification: { SSEEnabled: true, SSEType: KMS }",
            )


@rule("NIST010", "table-without-recovery", Severity.WARNING, controls=("3.13.2",))
def table_without_recovery(service: Service) -> Iterator[Problem]:
    """A DynamoDB table has no point-in-time recovery."""
    for table in resources(service, _TABLE):
        if is_off(at(table.properties, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled")):
            yield Problem(
                table.place,
                f"the table {table.logical_id} has no point-in-time recovery",
                "add PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }",
            )


@rule("NIST002", "bucket-without-encryption", Severity.WARNING, controls=("3.13.16", "3.5.10", "3.3.8"))
def bucket_without_encryption(service: Service) -> Iterator[Problem]:
    """The template does not state how a bucket is encrypted."""
    for bucket in resources(service, _BUCKET):
        if at(bucket.properties, "BucketEncryption") is None:
            yield Problem(
                bucket.place,
                f"the template does not state how the bucket {bucket.logical_id} is encrypted",
                "add BucketEncryption with SSEAlgorithm: aws:kms (or AES256)",
            )


@rule("NIST003", "queue-without-encryption", Severity.WARNING, controls=("3.13.16",))
def queue_without_encryption(service: Service) -> Iterator[Problem]:
    """The messages of a queue are not encrypted."""
    for queue in resources(service, _QUEUE):
        managed = at(queue.properties, "SqsManagedSseEnabled")
        if at(queue.properties, "KmsMasterKeyId") is None and is_off(managed):
            yield Problem(
                queue.place,
                f"the queue {queue.logical_id} is not encrypted",
                "add KmsMasterKeyId, or SqsManagedSseEnabled: true",
            )


@rule(
    "NIST005",
    "bucket-without-tls",
    Severity.WARNING,
    controls=("3.1.13", "3.5.10", "3.13.8"),
    relies_on=("configuration",),
)
def bucket_without_tls(service: Service) -> Iterator[Problem]:
    """A bucket accepts requests without TLS."""
    for bucket in resources(service, _BUCKET):
        if not any(_refuses_plain_http(statement) for statement in _statements(service, bucket)):
            yield Problem(
                bucket.place,
                f"no bucket policy refuses requests without TLS to {bucket.logical_id}",
                "add a bucket policy that denies s3:* on the bucket and its objects where aws:SecureTransport is false",
            )


@rule("NIST006", "bucket-not-private", Severity.WARNING, controls=("3.1.1", "3.1.2", "3.1.3", "3.1.14", "3.1.20"))
def bucket_not_private(service: Service) -> Iterator[Problem]:
    """A bucket is public, or a policy or an access control list can make it public."""
    for bucket in resources(service, _BUCKET):
        block = at(bucket.properties, "PublicAccessBlockConfiguration")
        open_ = [name for name in _BLOCKS if is_off(at(block, name))]
        if open_:
            yield Problem(
                bucket.place,
                f"public access to the bucket {bucket.logical_id} is not blocked ({', '.join(open_)})",
                "add PublicAccessBlockConfiguration with all four switches true",
            )


@rule("NIST008", "bucket-without-access-log", Severity.WARNING, controls=("3.3.1",), relies_on=("configuration",))
def bucket_without_access_log(service: Service) -> Iterator[Problem]:
    """Accesses to a bucket are not logged. A bucket that receives access logs is not reported."""
    buckets = list(resources(service, _BUCKET))
    targets = [at(each.properties, "LoggingConfiguration", "DestinationBucketName") for each in buckets]
    for bucket in buckets:
        takes_logs = any(names_same(target, bucket) for target in targets) or any(
            _lets_in_logs(statement) for statement in _statements(service, bucket)
        )
        if at(bucket.properties, "LoggingConfiguration") is None and not takes_logs:
            yield Problem(
                bucket.place,
                f"accesses to the bucket {bucket.logical_id} are not logged",
                "add LoggingConfiguration with DestinationBucketName and LogFilePrefix",
            )


@rule("NIST009", "bucket-without-versions", Severity.WARNING, controls=("3.3.8",))
def bucket_without_versions(service: Service) -> Iterator[Problem]:
    """A bucket does not keep old versions of its objects."""
    for bucket in resources(service, _BUCKET):
        status = at(bucket.properties, "VersioningConfiguration", "Status")
        if status is None or text(status) == "Suspended":
            yield Problem(
                bucket.place,
                f"versioning of the bucket {bucket.logical_id} is not enabled",
                "add VersioningConfiguration: { Status: Enabled }",
            )


def _statements(service: Service, bucket: TemplateResource) -> list[object]:
    policies = [
        each for each in resources(service, _BUCKET_POLICY) if names_same(at(each.properties, "Bucket"), bucket)
    ]
    return [each for policy in policies for each in items(at(policy.properties, "PolicyDocument", "Statement"))]


def _refuses_plain_http(statement: object) -> bool:
    conditions = at(statement, "Condition")
    if text(at(statement, "Effect")) != "Deny" or not isinstance(conditions, Mapping):
        return False
    return any(
        str(key).lower() == "aws:securetransport" and is_off(items(value)[0] if items(value) else None)
        for condition in conditions.values()
        if isinstance(condition, Mapping)
        for key, value in condition.items()
    )


def _lets_in_logs(statement: object) -> bool:
    return any(text(each) == "logging.s3.amazonaws.com" for each in items(at(statement, "Principal", "Service")))
