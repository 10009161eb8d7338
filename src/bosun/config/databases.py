"""DATABASE_URL read into Django's settings: one file by default, PostgreSQL when a company grows."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SQLITE_SETUP = (
    "PRAGMA journal_mode=WAL;"
    # FULL survives a power cut; NORMAL would lose the last commits of a database in WAL mode.
    "PRAGMA synchronous=FULL;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA cache_size=-32000;"
)
POSTGRES_SCHEMES = {"postgresql", "postgres"}


def database(url: str, home: Path) -> dict[str, Any]:
    """Django's entry for the database at `url`; without one, the file in `home`."""
    if not url:
        return sqlite(home / "bosun.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path.removeprefix("/"))
        return sqlite(Path(path) if path else home / "bosun.sqlite3")
    if parts.scheme in POSTGRES_SCHEMES:
        return postgres(url)
    raise ValueError("DATABASE_URL begins with sqlite:// or postgresql://.")


def sqlite(path: Path) -> dict[str, Any]:
    """A file database that several processes write to without "database is locked"."""
    return {
        "ENGINE": "bosun.config.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            # With the default, DEFERRED, a transaction that reads and then writes fails when another wrote in between.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": SQLITE_SETUP,
        },
    }


def postgres(url: str) -> dict[str, Any]:
    """A PostgreSQL database behind psycopg's own pool of connections."""
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    pool_size = int(options.pop("pool", "12"))
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 20}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
