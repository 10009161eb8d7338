"""What administrators do with invented fields: add, change, put in order, retire, bring back, remove for good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bosun.kernel import records, registry
from bosun.kernel.actor import Act
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Invalid, NotFound
from bosun.platform.customize import kindlist, optionlists, values
from bosun.platform.customize.models import CustomField, SpentKey
from bosun.platform.jobs import queue
from bosun.platform.options import lists

STEP = 10
AT_ONCE = 1000
"""Out of so many records values are taken while one waits; out of more by a job."""
STRIP = "customize.strip"


def propose_key(label: str, taken: Iterable[str]) -> str:
    """A key made from a label: plain letters, not there yet."""
    plain = lists.fresh_key(label, set())
    stem = f"x_{plain}" if plain[:1].isalpha() else f"x_f_{plain}"
    held, key, number = set(taken), stem, 2
    while key in held:
        key, number = f"{stem}_{number}", number + 1
    return key


def taken_names(entity: Entity, shape: str = "") -> set[str]:
    """Keys that a new field of an entity cannot have; of one whose values have this shape, where that is known."""
    every = CustomField.objects.filter(entity=entity.key).values_list("name", flat=True)
    spent = SpentKey.objects.filter(entity=entity.key).exclude(shape=shape).values_list("name", flat=True)
    return {*entity.specs(), *every, *spent}


def add_field(
    entity: Entity,
    raw: Mapping[str, Any],
    act: Act,
    options: Sequence[str] = (),
    rights: Mapping[int, str] | None = None,
) -> CustomField:
    """A new field behind the others, with options of its own where some are given, and rights by role."""
    said = dict(raw)
    said["name"] = said.get("name") or propose_key(str(said.get("label") or ""), taken_names(entity))
    settings = dict(said.get("settings") or {})
    with transaction.atomic():
        if said.get("kind") in ("choice", "multichoice") and not settings.get("options"):
            settings["options"] = optionlists.key_for(entity.key, said["name"])
            if not options:
                raise Invalid(_("Write at least one option."))
            optionlists.fill(settings["options"], options, act.by_system("options of a new field"))
        said["settings"] = settings
        said.setdefault("position", next_position(entity))
        made: CustomField = records.create("custom_fields", {**said, "entity": entity.key}, act)
        set_rights(entity, made.name, rights or {}, act)
    return made


def next_position(entity: Entity) -> int:
    """Behind the last field of an entity."""
    last = CustomField.objects.filter(entity=entity.key, deleted_at__isnull=True).order_by("-position").first()
    return min((last.position if last else 0) + STEP, 10_000)


def set_rights(entity: Entity, name: str, rights: Mapping[int, str], act: Act) -> None:
    """Write who may read and write a field into the roles; those that stay as they are are left alone."""
    for role in records.query("roles", act.actor).where(pk__in=list(rights)).page(200).items:
        held = {key: dict(part) for key, part in (role.field_rights or {}).items()}
        part = held.setdefault(entity.key, {})
        if part.get(name, "write") == rights[role.pk]:
            continue
        part[name] = rights[role.pk]
        if rights[role.pk] == "write":
            del part[name]
        records.change("roles", role.pk, {"field_rights": {key: each for key, each in held.items() if each}}, act)


def rights_of(entity: Entity, name: str, act: Act) -> list[tuple[Any, str]]:
    """Every role that is not an administrator's, with its right on a field."""
    rows = records.query("roles", act.actor).where(administrator=False).sort(["name"]).page(200).items
    return [(row, (row.field_rights or {}).get(entity.key, {}).get(name, "write")) for row in rows]


def reorder(entity: Entity, ids: Sequence[int], act: Act) -> None:
    """Put the invented fields of an entity into this order."""
    with transaction.atomic():
        for place, pk in enumerate(ids):
            row = records.get("custom_fields", pk, act.actor, "change")
            if row.entity != entity.key:
                raise NotFound()
            records.change("custom_fields", pk, {"position": (place + 1) * STEP}, act)


# retiring and removing -------------------------------------------------------------------------------------------


def retired(entity: Entity, act: Act) -> QuerySet[Any]:
    """Fields that were taken out of use; their values are kept."""
    found: QuerySet[Any] = records.restorable(records.entity_of("custom_fields"), act.actor).filter(entity=entity.key)
    return found.order_by("label_sort", "pk")


def find_retired(pk: int, act: Act) -> Any:
    """One of them; NotFound otherwise."""
    row = records.restorable(records.entity_of("custom_fields"), act.actor).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def bring_back(pk: int, act: Act) -> Any:
    """A retired field, with the values that it had."""
    row = find_retired(pk, act)
    records.restore(row.removal_id, act)
    return row


def remove_for_good(pk: int, act: Act) -> int:
    """A retired field and all its values; answers how many records held one. Its key is never used again."""
    row = find_retired(pk, act)
    entity = registry.find(row.entity)
    count = values.holding(entity, row.name).count() if entity else 0
    with transaction.atomic():
        records.purge(records.entity_of("custom_fields"), [pk], act)
        if count > AT_ONCE:
            queue.enqueue(STRIP, {"entity": row.entity, "name": row.name}, unique=f"{STRIP} {row.entity}.{row.name}")
        elif entity is not None:
            values.strip(entity, row.name)
    return int(count)


def kinds_with_labels() -> list[tuple[str, str]]:
    """The kinds a field may be of, for a form."""
    return [(key, str(label)) for key, label in kindlist.LABELS.items()]
