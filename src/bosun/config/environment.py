"""What the environment says: switches, lists, and the mail server."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def switch(name: str, default: bool = False) -> bool:
    """True for 1, true, yes and on."""
    given = os.environ.get(name, "").strip().lower()
    return given in {"1", "true", "yes", "on"} if given else default


def words(name: str) -> list[str]:
    """The values of a list separated by commas or blanks."""
    return os.environ.get(name, "").replace(",", " ").split()


def number(name: str, default: int) -> int:
    """A whole number."""
    given = os.environ.get(name, "").strip()
    return int(given) if given else default


def mail(home: Path) -> dict[str, Any]:
    """Django's mail settings from BOSUN_MAIL_URL (smtp:// or smtps://); without one, mails become files in `home`."""
    url = os.environ.get("BOSUN_MAIL_URL", "")
    if not url:
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": str(home / "mail"),
        }
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    secure = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if secure else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": not secure and query.get("tls", "1") == "1",
        "EMAIL_TIMEOUT": 20,
    }
