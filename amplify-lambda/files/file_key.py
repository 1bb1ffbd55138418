"""Build and read the key of a file, which is the key of its object in the bucket and of its record.

    <user>/<upload id>/<file name>

Each announcement has a new upload id. Two files with the same name therefore have different keys.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["file_key", "is_in_folder_of", "safe_file_name", "upload_id_of"]

_MAX_NAME_BYTES = 200
_HARMLESS = frozenset(" ._-()+@")
# Characters that would split a segment, look like percent-encoding, or break a log line.
_UNSAFE_IN_SEGMENT = re.compile(r"[/\\%\x00-\x1f\x7f]|^\.+$")


def file_key(user: str, upload_id: str, file_name: str) -> str:
    """Return the key of a file.

    The first segment is the user name of the token. Slashes and other unsafe characters in it are percent-encoded, so
    that no user's folder is inside another user's folder.

    Example:
        >>> file_key("ada@example.com", "5f0c", "../Bericht 3.pdf")
        'ada@example.com/5f0c/Bericht 3.pdf'
    """
    return f"{_segment(user)}/{upload_id}/{safe_file_name(file_name)}"


def is_in_folder_of(user: str, key: str) -> bool:
    """Return whether `key` begins with the folder of `user`."""
    return key.startswith(f"{_segment(user)}/")


def upload_id_of(key: str) -> str:
    """Return the part of a key that may be logged, without user and file name. Return "?" if the key has no upload id.

    Example:
        >>> upload_id_of("ada/5f0c/report.pdf")
        '5f0c'
    """
    segments = key.split("/")
    return segments[1] if len(segments) > 2 else "?"  # noqa: PLR2004 - user, upload id, name


def safe_file_name(name: str) -> str:
    r"""Return `name` as the last segment of a key: without folders, and with at most 200 bytes.

    The result has letters, digits and the characters ` ._-()+@`. Letters of all scripts are allowed, in Unicode NFC. A
    long name loses characters before its extension.

    Example:
        >>> safe_file_name('C:\\temp\\a:b?.PDF')
        'a_b_.PDF'
    """
    final = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(each if each.isalnum() or each in _HARMLESS else "_" for each in final).strip(" .")
    if not kept:
        return "file"
    stem, dot, ending = kept.rpartition(".")
    ending = _cut(ending, _MAX_NAME_BYTES // 4)
    if not stem:
        return _cut(kept, _MAX_NAME_BYTES)
    return f"{_cut(stem, _MAX_NAME_BYTES - len(ending.encode()) - 1)}{dot}{ending}"


def _segment(user: str) -> str:
    return _UNSAFE_IN_SEGMENT.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), user)


def _cut(text: str, size: int) -> str:
    """Return as many whole characters of `text` as fit into `size` bytes of UTF-8."""
    return text.encode()[:size].decode(errors="ignore")
