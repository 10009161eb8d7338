"""An invented object whose records somebody has subscribed to stays until nobody has."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bosun.platform.customize.objectservices import named, users
from bosun.platform.subscriptions.models import Subscription


def subscriptions_to(key: str) -> str:
    """Which subscriptions list records of an entity, in a sentence; nothing where none does."""
    rows = Subscription.objects.filter(entity=key, deleted_at__isnull=True).order_by("pk").select_related("owner")
    found = [f"{row.name} ({row.owner.name})" if row.owner else row.name for row in rows]
    if not found:
        return ""
    return _("Subscriptions list its records: %(subscriptions)s. Cancel those first.") % {"subscriptions": named(found)}


users.append(subscriptions_to)
