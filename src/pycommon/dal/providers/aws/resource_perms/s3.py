"""The operations of S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycommon.dal.providers.aws.resource_perms.aws_operation import AWSOperation, ResourceType, permit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["S3Operation"]

_ANY, _BUCKET = ResourceType.ANY, ResourceType.BUCKET


class S3Operation(AWSOperation, service="s3", prefix="s3", resource=ResourceType.OBJECT):
    """Operations on a bucket and its objects.

    `s3:GetObject` also authorises HeadObject. `s3:PutObject` authorises all steps of an upload. A call that names a
    version of an object needs other actions.
    """

    GET_OBJECT = "GetObject"
    GET_OBJECT_VERSION = "GetObject?VersionId", "GetObjectVersion"
    HEAD_OBJECT = "HeadObject", "GetObject"
    HEAD_OBJECT_VERSION = "HeadObject?VersionId", "GetObjectVersion"
    GET_OBJECT_ATTRIBUTES = "GetObjectAttributes", "GetObject", "GetObjectAttributes"
    GET_OBJECT_VERSION_ATTRIBUTES = "GetObjectAttributes?VersionId", "GetObjectVersion", "GetObjectVersionAttributes"
    SELECT_OBJECT_CONTENT = "SelectObjectContent", "GetObject"
    PUT_OBJECT = "PutObject"
    PUT_OBJECT_WITH_TAGS = "PutObject?Tagging", "PutObject", "PutObjectTagging"
    COPY_OBJECT = "CopyObject", "PutObject"
    COPY_OBJECT_WITH_TAGS = "CopyObject?Tagging", "PutObject", "PutObjectTagging"
    DELETE_OBJECT = "DeleteObject"
    DELETE_OBJECT_VERSION = "DeleteObject?VersionId", "DeleteObject", "DeleteObjectVersion"
    DELETE_OBJECTS = "DeleteObjects", "DeleteObject"
    RESTORE_OBJECT = "RestoreObject"

    CREATE_MULTIPART_UPLOAD = "CreateMultipartUpload", "PutObject"
    CREATE_MULTIPART_UPLOAD_WITH_TAGS = "CreateMultipartUpload?Tagging", "PutObject", "PutObjectTagging"
    UPLOAD_PART = "UploadPart", "PutObject"
    UPLOAD_PART_COPY = "UploadPartCopy", "PutObject"
    COMPLETE_MULTIPART_UPLOAD = "CompleteMultipartUpload", "PutObject"
    ABORT_MULTIPART_UPLOAD = "AbortMultipartUpload"
    LIST_PARTS = "ListParts", "ListMultipartUploadParts"
    LIST_MULTIPART_UPLOADS = "ListMultipartUploads", permit("ListBucketMultipartUploads", _BUCKET)

    GET_OBJECT_TAGGING = "GetObjectTagging"
    GET_OBJECT_VERSION_TAGGING = "GetObjectTagging?VersionId", "GetObjectVersionTagging"
    PUT_OBJECT_TAGGING = "PutObjectTagging"
    PUT_OBJECT_VERSION_TAGGING = "PutObjectTagging?VersionId", "PutObjectVersionTagging"
    DELETE_OBJECT_TAGGING = "DeleteObjectTagging"
    DELETE_OBJECT_VERSION_TAGGING = "DeleteObjectTagging?VersionId", "DeleteObjectVersionTagging"
    GET_OBJECT_ACL = "GetObjectAcl"
    PUT_OBJECT_ACL = "PutObjectAcl"

    LIST_BUCKET = "ListObjectsV2", permit("ListBucket", _BUCKET)
    LIST_OBJECTS_V2 = LIST_BUCKET  # the API has the first name; the specification uses the name of the action
    LIST_OBJECTS = "ListObjects", permit("ListBucket", _BUCKET)
    LIST_OBJECT_VERSIONS = "ListObjectVersions", permit("ListBucketVersions", _BUCKET)
    HEAD_BUCKET = "HeadBucket", permit("ListBucket", _BUCKET)
    GET_BUCKET_LOCATION = "GetBucketLocation", permit("GetBucketLocation", _BUCKET)
    GET_BUCKET_VERSIONING = "GetBucketVersioning", permit("GetBucketVersioning", _BUCKET)
    LIST_BUCKETS = "ListBuckets", permit("ListAllMyBuckets", _ANY)

    @property
    def companions(self) -> Mapping[str, AWSOperation]:
        """Return the operation for the source of a copy. A copy reads its source."""
        copies = S3Operation.COPY_OBJECT, S3Operation.COPY_OBJECT_WITH_TAGS, S3Operation.UPLOAD_PART_COPY
        return {"CopySource": S3Operation.GET_OBJECT} if self in copies else {}
