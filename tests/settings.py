"""The product's settings, with a home of their own for each process and password hashes that are quick to make."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

TEST_HOME = Path(tempfile.mkdtemp(prefix="bosun-test-"))
atexit.register(shutil.rmtree, TEST_HOME, ignore_errors=True)
os.environ["BOSUN_HOME"] = str(TEST_HOME)
# Whitenoise warns of a folder that is not there.
(TEST_HOME / "static").mkdir()

from bosun.config.settings import *  # noqa: E402, F403
from bosun.config.settings import DATABASES, PASSWORD_HASHERS  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file, as in earnest: threads and processes of one test share it. Power cuts do not matter here.
    DATABASES["default"]["TEST"] = {"NAME": str(TEST_HOME / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
LOGGING_CONFIG = None
# Countries, and the provinces and cities of some: all nine thousand places take seconds for each database made.
BOSUN_PLACES = "few"
# No worker runs beside tests of pages.
BOSUN_WATCHED = False
BOSUN_API_RATE = 0
