"""Contents on disk: a file for each digest, written beside its place and then moved there."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from bosun.kernel.errors import Invalid

CHUNK = 256 * 1024
_START = 16
_DIGEST = re.compile(r"[0-9a-f]{64}")

TOO_LARGE = "bosun.too_large"
"""What the front says of a request whose body it did not take."""


@dataclass
class Arrived:
    """A content that has been read into a file of its own and waits for its place."""

    path: Path
    digest: str
    size: int
    start: bytes

    def settle(self) -> None:
        """Move it to its place, unless the same content lies there."""
        target = path_of(self.digest)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists() and target.stat().st_size == self.size:
            # What lay there unused for long would be swept before its form is saved.
            os.utime(target)
            return
        self.path.replace(target)
        _sync(target.parent)

    def discard(self) -> None:
        """Drop what has not been moved."""
        self.path.unlink(missing_ok=True)


def root() -> Path:
    """The folder of attached contents."""
    return Path(settings.BOSUN_FILES) / "attached"


def is_digest(name: str) -> bool:
    """True for the name of a content, whole and in its place."""
    return _DIGEST.fullmatch(name) is not None


def path_of(digest: str) -> Path:
    """Where a content lies."""
    return root() / digest[:2] / digest


def receive(file: IO[bytes]) -> Arrived:
    """Read an upload to the disk; Invalid as soon as it is larger than allowed."""
    root().mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=root(), prefix=".arriving-")
    arrived = Arrived(Path(name), "", 0, b"")
    try:
        digest = hashlib.sha256()
        with os.fdopen(handle, "wb") as out:
            for part in _parts(file):
                arrived.size += len(part)
                if arrived.size > settings.BOSUN_UPLOAD_MAX_BYTES:
                    raise Invalid(_("This file is larger than %(max)s MB.") % {"max": _megabytes()})
                arrived.start = arrived.start or part[:_START]
                digest.update(part)
                out.write(part)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        arrived.discard()
        raise
    arrived.digest = digest.hexdigest()
    return arrived


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    while part := file.read(CHUNK):
        yield part


def _megabytes() -> int:
    return int(settings.BOSUN_UPLOAD_MAX_BYTES // (1024 * 1024))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def drop(digest: str) -> None:
    """Take a content from the disk."""
    with suppress(FileNotFoundError):
        path_of(digest).unlink()


def leftovers(before: float) -> Iterator[Path]:
    """Files in the store that nobody has touched since a moment, whole contents and what never arrived."""
    for path in root().glob("**/*"):
        with suppress(FileNotFoundError):
            if path.is_file() and path.stat().st_mtime < before:
                yield path
