"""Style sheets, scripts and pictures under names that carry the digest of their content."""

import hashlib
import json
import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

STAMP = ".collected"


class DigestNames(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Names with digests once the files were collected, plain names before that."""

    manifest_strict = False
    support_js_module_import_aggregation = True

    def stored_name(self, name: str) -> str:
        """The collected name; the plain one while nothing is collected, which the finders serve as well."""
        return str(super().stored_name(name)) if self.hashed_files else name


VENDOR = Path(__file__).resolve().parent.parent / "web" / "static" / "vendor"
UNMADE = "The scripts and icons of the pages are not there yet. In a clone, `make parts` makes them."


def made() -> bool:
    """Whether the scripts and icons that come from elsewhere are there; not so in a clone before `make parts`."""
    return VENDOR.is_dir()


def collect() -> None:
    """Collect the static files into BOSUN_HOME, unless those of this very state are there already."""
    root = Path(settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    stamp, state = root / STAMP, _state()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == state:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    handle, written = tempfile.mkstemp(dir=root)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(state)
    Path(written).replace(stamp)


def _state() -> str:
    """A digest over names, sizes and times of every static file of every app."""
    seen = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            path = Path(storage.path(name))
            about = path.stat()
            seen.append((name, about.st_size, about.st_mtime_ns))
    return hashlib.sha256(json.dumps(sorted(seen)).encode()).hexdigest()
