"""The product's settings for the server that the journeys visit: few places, quick hashes, a clock that is pushed."""

from datetime import UTC, datetime, timedelta

from bosun.config.settings import *  # noqa: F403
from bosun.config.settings import BOSUN_HOME, PASSWORD_HASHERS
from bosun.lib import clock

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
BOSUN_PLACES = "few"
PUSHED = BOSUN_HOME / "time"


def pushed() -> datetime:
    """The time that the file holds, or so many seconds ahead as it says."""
    said = PUSHED.read_text("utf-8") if PUSHED.exists() else "+0"
    if said.startswith(("+", "-")):
        return datetime.now(UTC) + timedelta(seconds=float(said))
    return datetime.fromisoformat(said)


clock.follow(pushed)
