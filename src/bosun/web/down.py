"""The banner of what administrators should know of at once: channels that are down, a disk that is nearly full."""

from __future__ import annotations

from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from bosun.kernel.actor import Actor
from bosun.platform.deliveries import configured, services
from bosun.platform.health import watch


def banner(actor: Actor) -> list[str]:
    """For administrators on every page."""
    if not actor.is_admin:
        return []
    return [*_disk(), *(_said(row) for row in configured.failing())]


def _disk() -> list[str]:
    left = watch.little_room()
    if left is None:
        return []
    return [_("The disk is nearly full: %(n)s MB are left. Make room, or nothing can be saved.") % {"n": left}]


def _said(row: Any) -> str:
    about = {
        "channel": services.label(row.key),
        "time": formats.date_format(timezone.localtime(row.failing_since), "SHORT_DATETIME_FORMAT"),
        "said": row.errors[0]["said"][:200] if row.errors else "",
    }
    return _("%(channel)s has been down since %(time)s: %(said)s") % about
