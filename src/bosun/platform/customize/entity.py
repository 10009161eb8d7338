"""Invented fields and objects as declared: they are records like any other, with a history and a bin."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from bosun.kernel import registry, stamps
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity, Section
from bosun.kernel.env import Env
from bosun.platform.customize.loader import STAMP
from bosun.platform.customize.models import CustomField, CustomObject

NAME = re.compile(r"x_[a-z][a-z0-9_]{0,50}")
NEEDS = {"choice": "options", "multichoice": "options", "ref": "target"}


def good_key(draft: Draft, env: Env) -> None:
    """A key begins with x_ and is never changed: the values are kept under it."""
    name = "key" if draft.entity is CUSTOM_OBJECT else "name"
    value = draft.values.get(name)
    if value is None:
        return
    if not draft.new:
        draft.refuse(name, _("The key cannot be changed; change the label."))
    elif not NAME.fullmatch(value):
        draft.refuse(name, _("Begin with x_ and go on in lower-case letters, digits and underscores."))


def sound_field(draft: Draft, env: Env) -> None:
    """The entity exists, the name is free there, the kind stays, and has what it needs."""
    if not draft.new and {"entity", "kind"} & set(draft.values):
        draft.refuse("kind", _("Entity and kind cannot be changed. Make a new field and move the values."))
    entity = registry.find(draft.value("entity") or "")
    if entity is None:
        draft.refuse("entity", _("There is no entity of that name."))
    elif draft.new and draft.value("name") in entity.specs():
        draft.refuse("name", _("There is a field of that name already."))
    needed = NEEDS.get(draft.value("kind") or "")
    if needed and not (draft.value("settings") or {}).get(needed):
        draft.refuse("settings", _("Say which option list or entity this field takes."))


def raise_access(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """What an actor may see is remembered with the actor, invented fields included."""
    stamps.bump(stamps.ACCESS)


CUSTOM_OBJECT = Entity(
    CustomObject,
    key="custom_objects",
    icon="box",
    columns="name key plural",
    form=[Section("", "name plural key | labels icon")],
    menu="",
    owned=False,
    sort="name",
    rules=[good_key],
    stamp=STAMP,
    timeline=False,
)

CUSTOM_FIELD = Entity(
    CustomField,
    key="custom_fields",
    icon="forms",
    columns="label entity name kind required",
    form=[Section("", "entity name label kind | settings labels required help position")],
    menu="",
    owned=False,
    sort="label",
    rules=[good_key, sound_field],
    effects=[raise_access],
    stamp=STAMP,
    timeline=False,
)
