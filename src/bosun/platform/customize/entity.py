"""Invented fields and objects as declared: they are records like any other, with a history and a bin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel import registry, stamps
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity, Section
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.lib import formula
from bosun.platform.customize import computed, kindlist, objects, values
from bosun.platform.customize.loader import STAMP
from bosun.platform.customize.models import CustomField, CustomObject, SpentKey
from bosun.platform.jobs import queue

NAME = re.compile(r"x_[a-z][a-z0-9_]{0,50}")


def good_key(draft: Draft, env: Env) -> None:
    """A key begins with x_ and is never changed, nor given to another: values and history are kept under it."""
    name = "key" if draft.entity is CUSTOM_OBJECT else "name"
    value = draft.values.get(name)
    if value is None:
        return
    if not draft.new:
        draft.refuse(name, _("The key cannot be changed; change the label."))
    elif not NAME.fullmatch(value):
        draft.refuse(name, _("Begin with x_ and go on in lower-case letters, digits and underscores."))
    elif _is_spent(draft, value):
        draft.refuse(name, _("This key was used before. Choose another one."))


def _is_spent(draft: Draft, value: str) -> bool:
    if draft.entity is CUSTOM_OBJECT:
        return bool(CustomObject.objects.filter(key=value, deleted_at__isnull=False).exists())
    where: dict[str, Any] = {"entity": draft.values.get("entity") or "", "name": value}
    binned = CustomField.objects.filter(deleted_at__isnull=False, **where).exists()
    shape = kindlist.shape_of(draft.values.get("kind") or "", draft.values.get("settings"))
    return bool(binned or SpentKey.objects.filter(**where).exclude(shape=shape).exists())


def sound_field(draft: Draft, env: Env) -> None:
    """The entity exists, the name is free there, the kind stays, and has what it needs."""
    if not draft.new and {"entity", "kind"} & set(draft.values):
        draft.refuse("kind", _("Entity and kind cannot be changed. Make a new field and move the values."))
    entity = registry.find(draft.value("entity") or "")
    if entity is None:
        draft.refuse("entity", _("There is no entity of that name."))
    elif draft.new and draft.value("name") in entity.specs():
        draft.refuse("name", _("There is a field of that name already."))
    kind, settings = draft.value("kind") or "", draft.value("settings") or {}
    needed = kindlist.NEEDS.get(kind)
    if needed and not settings.get(needed):
        draft.refuse("settings", str(NEEDED[needed]))
        return
    if kind in kindlist.COMPUTED and entity is not None:
        _sound_computed(draft, entity, kind, settings)
    if draft.value("unique") and kind not in kindlist.ONCE:
        draft.refuse("unique", _("Values of this kind cannot be told apart."))
    if settings.get("default") not in (None, "") and kind not in kindlist.MAKERS:
        draft.refuse("settings", _("A field of this kind begins empty."))
    elif settings.get("default") not in (None, ""):
        try:
            kindlist.make(kind, settings).parse(settings["default"], env)
        except Invalid as error:
            draft.refuse("settings", error.title)


NEEDED = {
    "options": _lazy("Say which option list or entity this field takes."),
    "target": _lazy("Say which option list or entity this field takes."),
    "formula": _lazy("Write the formula."),
    "source": _lazy("Say which records are rolled up."),
}


def _sound_computed(draft: Draft, entity: Entity, kind: str, settings: Any) -> None:
    """A formula can be read, a roll-up can be worked out; nobody writes either."""
    if draft.value("required") or draft.value("unique"):
        draft.refuse("required", _("Nobody writes this field, so nothing can be asked of it."))
    if kind == "formula":
        try:
            formula.read(settings["formula"], set(computed.usable(entity.specs())) - {draft.value("name")})
        except formula.FormulaError as error:
            draft.refuse("settings", formula_message(error))
    elif computed.rollup_store("", settings, lambda key: registry.get(key).specs()) is None:
        draft.refuse("settings", _("This cannot be worked out over these records."))


def formula_message(error: formula.FormulaError) -> str:
    """What is wrong with a formula, in a sentence."""
    said = {
        "too_long": _("This formula is too long."),
        "too_deep": _("This formula is nested too deeply."),
        "unknown_name": _("There is no field called “%(name)s” that a formula can use."),
        "unknown_function": _("There is no function called “%(name)s”."),
        "arguments": _("“%(name)s” does not get what it needs in its brackets."),
    }
    return said.get(error.code, _("This formula cannot be read near “%(name)s”.")) % {"name": error.at}


def fixed_settings(draft: Draft, env: Env) -> None:
    """What decides how values are kept stays as it is: the decimals of a number, the target of a reference."""
    if draft.new or "settings" not in draft.values:
        return
    before, now = draft.before.get("settings") or {}, draft.values["settings"] or {}
    if any(before.get(name) != now.get(name) for name in ("digits", "target", "options", "gives", "source", "how")):
        draft.refuse("settings", _("This stays as it is, since values are kept so. Make a new field."))


def work_out(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """The values of a formula that is new, changed or back, and the words of a field that is back."""
    for draft in drafts:
        entity = registry.find(draft.record.entity)
        if entity is None or draft.verb == "removed":
            continue
        if draft.record.kind == "formula" and (draft.verb != "changed" or "settings" in draft.diff):
            values.refill(entity)
        elif draft.verb == "restored" and draft.record.kind in kindlist.SEARCHED:
            queue.enqueue(values.REINDEX, {"entity": entity.key}, unique=f"{values.REINDEX} {entity.key}")


def raise_access(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """What an actor may see is remembered with the actor, invented fields included."""
    stamps.bump(stamps.ACCESS)


def follow_objects(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """This process knows the object at once, the others with their next request."""
    objects.follow()


CUSTOM_OBJECT = Entity(
    CustomObject,
    key="custom_objects",
    icon="box",
    columns="name key plural",
    form=[Section("", "name plural key | labels plurals icon menu title_label title_labels columns position")],
    menu="",
    owned=False,
    sort="name",
    rules=[good_key],
    effects=[raise_access, follow_objects],
    stamp=STAMP,
    timeline=False,
)

CUSTOM_FIELD = Entity(
    CustomField,
    key="custom_fields",
    icon="forms",
    columns="label entity name kind required",
    form=[Section("", "entity name label kind | settings labels required unique help position")],
    menu="",
    owned=False,
    sort="label",
    rules=[good_key, sound_field, fixed_settings],
    effects=[raise_access, work_out],
    stamp=STAMP,
    timeline=False,
)
