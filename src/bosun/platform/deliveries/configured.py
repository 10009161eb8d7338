"""Channels as they are set up: values kept sealed, how each has been doing, and which may be used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from bosun.kernel import stamps
from bosun.lib import clock, crypt
from bosun.platform.accounts import services as accounts
from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.deliveries.models import ChannelSettings

STAMP = "channels"
FIRST_PAUSE, LONGEST_PAUSE = 10, 120
"""Seconds between one probe of a channel that is down and the next."""
KEPT_ERRORS, SAID = 5, 1000


def rows() -> Mapping[str, ChannelSettings]:
    """Every channel that was ever set up, by key; kept in memory."""
    found: Mapping[str, ChannelSettings] = stamps.cached(STAMP, "", _load)
    return found


def _load() -> dict[str, ChannelSettings]:
    return {row.key: row for row in ChannelSettings.objects.all()}


def enabled() -> list[str]:
    """The channels that may be used, in the order in which they are known."""
    held = rows()
    return [key for key in CHANNELS if key in held and held[key].enabled]


def values_of(key: str) -> dict[str, Any]:
    """What is set for a channel, in clear; what is not set is as it begins."""
    made = {each.key: each.initial for each in CHANNELS[key].settings}
    row = rows().get(key)
    return {**made, **_opened(key, row.sealed)} if row is not None else made


def mail() -> dict[str, Any] | None:
    """How mails leave: as the channel is set up, else as the machine's settings say; None where they do not."""
    if "email" in enabled():
        return values_of("email")
    if "smtp" not in str(settings.EMAIL_BACKEND):
        return None
    security = "tls" if settings.EMAIL_USE_SSL else "starttls" if settings.EMAIL_USE_TLS else "none"
    return {
        "host": settings.EMAIL_HOST, "port": settings.EMAIL_PORT, "security": security,
        "user": settings.EMAIL_HOST_USER, "password": settings.EMAIL_HOST_PASSWORD,
        "sender": settings.DEFAULT_FROM_EMAIL,
    }  # fmt: skip


@transaction.atomic
def save(key: str, values: Mapping[str, Any], enabled: bool) -> None:
    """Set a channel up; it begins afresh."""
    kept = {each.key: values[each.key] for each in CHANNELS[key].settings if each.key in values}
    fresh = {
        "sealed": crypt.seal(json.dumps(kept), _keys(), context=key), "enabled": enabled,
        "failing_since": None, "failures": 0, "paused_until": None,
    }  # fmt: skip
    ChannelSettings.objects.update_or_create(key=key, defaults=fresh)
    stamps.bump(STAMP)


def _keys() -> dict[str, bytes]:
    return {"c1": accounts.derived_key(STAMP)}


def _opened(key: str, sealed: str) -> dict[str, Any]:
    """Nothing where this machine's key is another one: the channel then says what it lacks."""
    try:
        found: dict[str, Any] = json.loads(crypt.open_(sealed, _keys(), context=key)) if sealed else {}
    except crypt.CryptError:
        return {}
    return found


# how it is doing -------------------------------------------------------------------------------------------------


def failing() -> list[ChannelSettings]:
    """The channels in use that nobody answers at, or that take nothing."""
    return [row for row in rows().values() if row.enabled and row.failing_since is not None and row.key in CHANNELS]


def states() -> dict[str, str]:
    """For monitors: each channel in use, `up` or `down`."""
    held = ChannelSettings.objects.filter(enabled=True, key__in=list(CHANNELS)).order_by("key")
    return {key: "down" if since else "up" for key, since in held.values_list("key", "failing_since")}


def well(key: str) -> None:
    """Something was taken."""
    if ChannelSettings.objects.filter(key=key, failing_since__isnull=False).exists():
        with transaction.atomic():
            ChannelSettings.objects.filter(key=key).update(failing_since=None, failures=0, paused_until=None)
            stamps.bump(STAMP)


@transaction.atomic
def badly(key: str, said: str, down: bool, wait: int = 0) -> None:
    """An error for the administrator; where the channel is down, nothing is tried for a while."""
    row = ChannelSettings.objects.select_for_update().filter(key=key).first()
    if row is None:
        return
    now = clock.now()
    changed: dict[str, Any] = {"errors": [{"at": now.isoformat(), "said": said[:SAID]}, *row.errors][:KEPT_ERRORS]}
    if down:
        pause = max(wait, min(FIRST_PAUSE * 2 ** min(row.failures, 20), LONGEST_PAUSE))
        changed |= {"failures": row.failures + 1, "paused_until": now + timedelta(seconds=pause)}
        changed["failing_since"] = row.failing_since or now
    ChannelSettings.objects.filter(key=key).update(**changed)
    stamps.bump(STAMP)


def try_now(key: str) -> None:
    """Somebody asks for it: no pause holds it back."""
    ChannelSettings.objects.filter(key=key).update(paused_until=None)
