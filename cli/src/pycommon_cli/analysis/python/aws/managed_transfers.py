"""Define boto3's managed transfers: `upload_file`, `download_file` and `copy` of clients, buckets and objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.values.abstract_values import ConstantValue, Value
from pycommon_cli.analysis.python.values.code_contexts import MappingValue

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.values.call_arguments import Call

__all__ = ["TRANSFERS", "Transfer"]

_EXTRA = "ExtraArgs"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One kind of transfer.

    Attributes:
        arguments: the names of the arguments of the client's method, in their order.
        operations: the operations that the transfer always calls.
        after_failure: the operations that the transfer calls only if a multipart upload fails.
    """

    arguments: tuple[str, ...]
    operations: tuple[str, ...]
    after_failure: tuple[str, ...] = ()

    def parameters(self, call: Call, given: dict[str, Value]) -> dict[str, Value]:
        """Return the parameters of the operations. `given` has the parameters that the bucket or object gives."""
        names = [name for name in self.arguments if name not in given]
        found = dict(given)
        for position, name in enumerate(names):
            value = call.argument(position, name)
            if value is not None:
                found[name] = value
        extra = call.argument(len(names), _EXTRA)
        for each in extra or ():
            if isinstance(each, MappingValue):
                found |= {
                    str(key.value): value for key, value in each.entries.items() if isinstance(key, ConstantValue)
                }
        return {name: value for name, value in found.items() if name not in ("Filename", "Fileobj")}


_UPLOAD = ("PutObject",)
_DOWNLOAD = ("HeadObject", "GetObject")
_ABORT = ("AbortMultipartUpload",)

TRANSFERS = {
    "copy": Transfer(("CopySource", "Bucket", "Key"), ("CopyObject",), _ABORT),
    "download_file": Transfer(("Bucket", "Key", "Filename"), _DOWNLOAD),
    "download_fileobj": Transfer(("Bucket", "Key", "Fileobj"), _DOWNLOAD),
    "upload_file": Transfer(("Filename", "Bucket", "Key"), _UPLOAD, _ABORT),
    "upload_fileobj": Transfer(("Fileobj", "Bucket", "Key"), _UPLOAD, _ABORT),
}
