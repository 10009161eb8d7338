"""What administrators do with invented objects: add, open to roles, remove with their records, bring back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel import records, registry
from bosun.kernel.actor import Act
from bosun.kernel.errors import Invalid, NotFound, Objected, Objection
from bosun.kernel.models import Removal
from bosun.lib import clock
from bosun.platform.customize.models import CustomField, CustomObject
from bosun.platform.customize.services import propose_key

MOST_ROWS = 5000
"""More records than this are not moved while one waits."""
NAMED = 5

users: list[Callable[[str], str]] = []
"""Capabilities above that speak of an object by its key: each says in a sentence what of it does, or nothing."""


def taken_keys() -> set[str]:
    """Keys that a new object cannot have."""
    return {*CustomObject.objects.values_list("key", flat=True), *(each.key for each in registry.all_entities())}


def add_object(raw: Mapping[str, Any], act: Act, grants: Mapping[int, Mapping[str, str]] | None = None) -> CustomObject:
    """A new object; nobody but administrators may do anything with it before a role says so."""
    said = dict(raw)
    said["key"] = said.get("key") or propose_key(str(said.get("plural") or said.get("name") or ""), taken_keys())
    with transaction.atomic():
        made: CustomObject = records.create("custom_objects", said, act)
        set_grants(made.key, grants or {}, act)
    return made


def set_grants(key: str, grants: Mapping[int, Mapping[str, str]], act: Act) -> None:
    """Write what roles may do with records of an object."""
    for role in records.query("roles", act.actor).where(pk__in=list(grants)).page(200).items:
        held = dict(role.grants or {})
        before = held.pop(key, {})
        wanted = dict(grants[role.pk])
        if before != wanted:
            records.change("roles", role.pk, {"grants": {**held, key: wanted} if wanted else held}, act)


def what_goes_with(row: CustomObject) -> dict[str, int]:
    """How many live records and fields an object has."""
    entity = registry.find(row.key)
    live = entity.model._default_manager.filter(deleted_at__isnull=True).count() if entity else 0
    return {
        "records": int(live),
        "fields": CustomField.objects.filter(entity=row.key, deleted_at__isnull=True).count(),
    }


def leading_to(row: CustomObject) -> list[CustomField]:
    """Fields of other entities that refer to records of this object; they hold it back."""
    rows = CustomField.objects.filter(deleted_at__isnull=True, kind="ref").exclude(entity=row.key)
    return [each for each in rows if (each.settings or {}).get("target") == row.key]


def named(names: Sequence[str]) -> str:
    """The first few of what holds an object back, and how many more there are."""
    said = ", ".join(f"“{each}”" for each in names[:NAMED])
    more = len(names) - NAMED
    return said if more <= 0 else _("%(names)s and %(n)s more") % {"names": said, "n": more}


def held_back(row: CustomObject) -> str:
    """Why an object cannot be removed; empty where it can."""
    held = leading_to(row)
    if held:
        said = ", ".join(f"{registry.get(each.entity).plural}: {each.label}" for each in held)
        return _("These fields refer to it: %(fields)s. Retire them first.") % {"fields": said}
    used = " ".join(said for use in users if (said := use(row.key)))
    if used:
        return used
    count = what_goes_with(row)["records"]
    if count > MOST_ROWS:
        return _("It has %(count)s records. Move them to the bin first.") % {"count": count}
    return ""


def remove_object(pk: int, act: Act) -> None:
    """An object with its records, and what hangs on them, to the bin; Objected where something holds it back."""
    row: CustomObject = records.get("custom_objects", pk, act.actor, "remove")
    reason = held_back(row)
    if reason:
        raise Objected([Objection("in_use", reason)])
    entity = registry.get(row.key)
    # Both removals have one moment, by which they are brought back together.
    both = replace(act, at=act.at or clock.now())
    with transaction.atomic():
        ids = list(entity.model._default_manager.filter(deleted_at__isnull=True).values_list("pk", flat=True))
        if ids:
            records.remove(entity, ids, both)
        records.remove_one("custom_objects", pk, both)


def removed_objects(act: Act) -> Any:
    """Objects in the bin."""
    return records.restorable(records.entity_of("custom_objects"), act.actor).order_by("name_sort", "pk")


def bring_back(pk: int, act: Act) -> CustomObject:
    """An object with the records that went with it."""
    row: CustomObject | None = removed_objects(act).filter(pk=pk).first()
    if row is None or row.removal is None:
        raise NotFound()
    if registry.find(row.key) is not None:
        raise Invalid(_("There is an object with this key already."))
    with transaction.atomic():
        records.restore(row.removal.pk, act)
        for removal in Removal.objects.filter(entity=row.key, at=row.removal.at):
            records.restore(removal.pk, act)
    return row
