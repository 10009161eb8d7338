"""What this machine has and lacks for the tests."""

import os
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
DOVECOT_IMAP = Path("/usr/lib/dovecot/imap")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def data_root() -> Path:
    """BOSUN_TEST_DATA, by default the folder that lies beside the project."""
    return Path(os.environ.get("BOSUN_TEST_DATA") or ROOT.parent / "shared" / "data")


def chromium() -> str | None:
    """The browser of this machine, if there is one."""
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def missing_parts() -> dict[str, str]:
    """Marker → what this machine lacks for its tests."""
    lacking = {}
    if not data_root().is_dir():
        lacking["data"] = "test data (BOSUN_TEST_DATA)"
    if chromium() is None:
        lacking["browser"] = "Chromium"
    if not (shutil.which("bearerbox") and FAKESMSC.exists()):
        lacking["kannel"] = "Kannel with fakesmsc (kannel, kannel-extras)"
    if not (shutil.which("dovecot") and DOVECOT_IMAP.exists()):
        lacking["dovecot"] = "Dovecot (dovecot-imapd)"
    return lacking
