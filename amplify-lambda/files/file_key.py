"""The key of a file: where its object lies in the bucket, and by what its record is found.

    <user>/<upload id>/<file name>

The upload id is drawn anew for each announcement, so two files of one name never meet.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["file_key", "is_in_folder_of", "safe_file_name", "upload_id_of"]

_MAX_NAME_BYTES = 200
_HARMLESS = frozenset(" ._-()+@")
# What would make two segments out of one, or be taken for percent-encoding, or has no place in a line of a log.
_UNSAFE_IN_SEGMENT = re.compile(r"[/\\%\x00-\x1f\x7f]|^\.+$")


def file_key(user: str, upload_id: str, file_name: str) -> str:
    """The key of a file.

    The first segment is the user as the token has it. A slash in it (and what else would not stay one segment) is
    percent-encoded, so that nobody's folder lies inside another's.

    Example:
        >>> file_key("ada@example.com", "5f0c", "../Bericht 3.pdf")
        'ada@example.com/5f0c/Bericht 3.pdf'
    """
    return f"{_segment(user)}/{upload_id}/{safe_file_name(file_name)}"


def is_in_folder_of(user: str, key: str) -> bool:
    """Whether `key` begins with the folder of `user`."""
    return key.startswith(f"{_segment(user)}/")


def upload_id_of(key: str) -> str:
    """The part of a key that a log may hold: neither the user nor the file's name. "?" where there is none.

    Example:
        >>> upload_id_of("ada/5f0c/report.pdf")
        '5f0c'
    """
    segments = key.split("/")
    return segments[1] if len(segments) > 2 else "?"  # noqa: PLR2004 - user, upload id, name


def safe_file_name(name: str) -> str:
    r"""`name` as the last segment of a key: without folders, 200 bytes at most, only letters, digits and ` ._-()+@`.

    Letters of every script stay, composed (Unicode NFC). The ending stays where a long name is shortened.

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
    """As many whole characters of `text` as fit into `size` bytes of UTF-8."""
    return text.encode()[:size].decode(errors="ignore")
