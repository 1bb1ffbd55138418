"""boto3's managed transfers: `upload_file`, `download_file`, `copy` and their like, of clients, buckets and objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pycommon_cli.analysis.python.abstract_values import ConstantValue, MappingValue, Value

if TYPE_CHECKING:
    from pycommon_cli.analysis.python.interpreter.call_arguments import Call

__all__ = ["TRANSFERS", "Transfer"]

_EXTRA = "ExtraArgs"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One kind of transfer.

    Attributes:
        arguments: the names of the client's arguments, in their order.
        operations: what it calls.
        seldom: what it calls only when an upload in parts fails.
    """

    arguments: tuple[str, ...]
    operations: tuple[str, ...]
    seldom: tuple[str, ...] = ()

    def parameters(self, call: Call, given: dict[str, Value]) -> dict[str, Value]:
        """The parameters of its operations. `given` are those of a bucket or object."""
        names = [name for name in self.arguments if name not in given]
        found = dict(given)
        for position, name in enumerate(names):
            value = call.argument(position, name)
            if value is not None:
                found[name] = value
        extra = call.argument(len(names), _EXTRA)
        for atom in extra or ():
            if isinstance(atom, MappingValue):
                found |= {
                    str(key.value): value for key, value in atom.entries.items() if isinstance(key, ConstantValue)
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
