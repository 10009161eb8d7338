"""What a person may change about himself without any right: how he is called, and how Bosun speaks to him."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import records
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid, NotFound
from bosun.platform.org.models import Person

OWN_FIELDS = ("name", "phones", "language", "zone", "theme", "sound")


def own(actor: Actor) -> Person:
    """The person behind an actor."""
    found: Person | None = Person.objects.filter(pk=actor.id or 0, deleted_at__isnull=True).first()
    if found is None:
        raise NotFound()
    return found


def change_own(
    actor: Actor, raw: Mapping[str, Any], batch: str = "", seen: int | None = None, env: Env | None = None
) -> Draft:
    """Change one's own preferences; Invalid for any other field, whatever the rights."""
    foreign = [name for name in raw if name not in OWN_FIELDS]
    if foreign:
        raise Invalid([FieldError(name[:80], _("This is not yours to change.")) for name in foreign])
    if actor.id is None:
        raise NotFound()
    free = replace(actor, is_admin=True, read_only=False)
    return records.change("users", actor.id, raw, Act(free, "form", batch=batch, cause="own settings"), seen, env)
