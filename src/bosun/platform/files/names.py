"""Names and types of files as strangers give them, made harmless."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from bosun.lib import text as texts

MOST = 180
PLAIN = "application/octet-stream"
_SEPARATORS = re.compile(r"[/\\／＼∕⧵]")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[:*?"<>|]')

SHOWN = {
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "gif": ("image/gif", (b"GIF87a", b"GIF89a")),
    "webp": ("image/webp", (b"RIFF",)),
}
"""What a page may show in place, where the content begins as its name promises. Everything else is handed out only."""

KNOWN = {
    "pdf": "application/pdf",
    "txt": "text/plain",
    "csv": "text/csv",
    "zip": "application/zip",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "mp4": "video/mp4",
}


def safe_name(given: str) -> str:
    """The name to keep and to hand out: no folder, nothing unseen, no name that a system takes for a device."""
    last = _SEPARATORS.split(_UNSEEN.sub("", given))[-1]
    name = _FORBIDDEN.sub("_", texts.clean(last)).strip(" .").lstrip("-")
    if not name:
        return "file"
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    suffix = PurePosixPath(name).suffix[:20]
    return name if len(name) <= MOST else name[: MOST - len(suffix)] + suffix


def type_of(name: str, start: bytes) -> str:
    """The media type under which a file is handed out; one that is no picture inside is none by its name."""
    extension = PurePosixPath(name).suffix.lower().removeprefix(".")
    if extension in SHOWN:
        media, beginnings = SHOWN[extension]
        return media if start.startswith(beginnings) and (extension != "webp" or start[8:12] == b"WEBP") else PLAIN
    return KNOWN.get(extension, PLAIN)


def is_shown(media: str) -> bool:
    """True for a type that a page may show in place."""
    return any(media == shown for shown, _beginnings in SHOWN.values())
