"""BOSUN_HOME: the folder that holds the database, the files by digest, and the secret key."""

import os
import secrets
import time
from pathlib import Path


def home_folder() -> Path:
    """The folder named by BOSUN_HOME, `./var` by default; made when it is not there."""
    home = Path(os.environ.get("BOSUN_HOME") or "var").resolve()
    home.mkdir(parents=True, exist_ok=True)
    return home


def secret_key(home: Path) -> str:
    """The key that signs sessions: BOSUN_SECRET_KEY, or the one kept in `home`, made at the first start."""
    given = os.environ.get("BOSUN_SECRET_KEY")
    if given:
        return given
    path = home / "secret_key"
    try:
        # O_EXCL: of two processes that start at once, one makes the key and the other reads it.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_when_written(path)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(64)
        file.write(key)
    return key


def _read_when_written(path: Path) -> str:
    for _attempt in range(200):
        key = path.read_text(encoding="ascii").strip()
        if key:
            return key
        time.sleep(0.01)
    raise RuntimeError(f"{path} is empty: remove it, and a new key is made (everybody signs in again).")
