"""Options as declared."""

from __future__ import annotations

from django.utils.translation import gettext as _

from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity, Section
from bosun.kernel.env import Env
from bosun.platform.options.lists import STAMP
from bosun.platform.options.models import Option


def key_once(draft: Draft, env: Env) -> None:
    """A key is there once in its list, and is not changed once records may hold it."""
    if not draft.new and ("key" in draft.values or "list_key" in draft.values):
        draft.refuse("key", _("The key of an option cannot be changed; change its label."))
        return
    if draft.new:
        taken = Option.objects.filter(
            deleted_at__isnull=True, list_key=draft.values.get("list_key"), key=draft.values.get("key")
        )
        if taken.exists():
            draft.refuse("key", _("This list has that key already."))


OPTION = Entity(
    Option,
    key="options",
    icon="list",
    columns="list_key label key active",
    menu="settings",
    owned=False,
    form=[Section("", "list_key key label | labels position active colour")],
    sort="list_key position",
    rules=[key_once],
    stamp=STAMP,
    open_to_all=True,
    timeline=False,
)
