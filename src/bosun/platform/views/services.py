"""The views of a list: what ships, and what people saved, as far as it is open to the reader.

A view is opened with the rights of whoever opens it. One that speaks of a field hidden from him is shown as not usable:
to leave the condition out would show other records than the view says, to apply it would tell what they hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bosun.kernel import access, conditions, records, registry, stamps
from bosun.kernel.actor import Act, Actor
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.platform.views.models import LEVELS, OWN, ROLE, SHARED, Favourite, SavedView

PREFIX = "v"
"""Saved views are addressed as v12, so that they never meet the key of a preset."""
MOST = 200
STAMP = "favourites"


@dataclass(frozen=True)
class View:
    """One view as its reader may use it. `id` is that of a saved one; one that is not `usable` has no filter."""

    key: str
    label: str
    filter: Any = None
    sort: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    id: int | None = None
    level: str = ""
    mine: bool = False
    favourite: bool = False
    usable: bool = True


def of(entity: Entity, env: Env) -> list[View]:
    """The views of an entity for this reader: presets, then saved ones in their order."""
    at_hand = {view for kept, view in _at_hand(env.actor.id or 0) if kept == entity.key}
    found = [*_presets(entity), *(_view(row, entity, env) for row in _open(entity, env.actor)[:MOST])]
    return [replace(view, favourite=view.key in at_hand) for view in found]


def find(entity: Entity, key: str, env: Env) -> View:
    """One view, its filter read in the rights of the reader; NotFound for one that is not open to him."""
    preset = next((view for view in _presets(entity) if view.key == key), None)
    if preset is not None:
        return preset
    view = _view(_row(entity, key, env.actor), entity, env)
    try:
        conditions.parse(view.filter, entity, env)
    except Invalid:
        return replace(view, filter=None, usable=False)
    return view


def favourites(env: Env) -> list[tuple[Entity, View]]:
    """The views that the reader has at hand, of every list that he may read."""
    found = []
    for key in dict.fromkeys(kept for kept, _view in _at_hand(env.actor.id or 0)):
        entity = registry.find(key)
        if entity is not None and access.may(env.actor, entity, "read"):
            found += [(entity, view) for view in of(entity, env) if view.favourite]
    return found


def _at_hand(person: int) -> list[tuple[str, str]]:
    """Entity and view of what somebody keeps at hand; every page asks."""

    def load() -> list[tuple[str, str]]:
        return list(Favourite.objects.filter(person_id=person).order_by("pk").values_list("entity", "view"))

    found: list[tuple[str, str]] = stamps.cached(STAMP, str(person), load)
    return found


# keeping ---------------------------------------------------------------------------------------------------------


def keep(
    entity: Entity, name: str, act: Act, *, filter: Any = None, sort: Sequence[str] = (),  # noqa: A002
    columns: Sequence[str] = (),
) -> View:  # fmt: skip
    """Keep a list as it stands under a name, for oneself."""
    if act.actor.id is None or not access.may(act.actor, entity, "read"):
        raise Denied()
    held = SavedView.objects.filter(entity=entity.key, owner_id=act.actor.id, deleted_at__isnull=True).count()
    if held >= MOST:
        raise Invalid(_("You keep %(max)s views of this list. Remove one first.") % {"max": MOST})
    said = _checked(entity, act.actor, filter, sort, columns)
    values = {"entity": entity.key, "name": name, "owner": act.actor.id, "position": (held + 1) * 10, **said}
    made = records.create("saved_views", values, act.by_system("saved view"))
    return _view(made, entity, records.environment(act.actor))


def change(
    entity: Entity, key: str, act: Act, *, name: str | None = None, look: Mapping[str, Any] | None = None
) -> View:
    """Give a view of one's own another name, or the filter, order and columns of `look`."""
    row = _writable(entity, key, act.actor)
    values: dict[str, Any] = {} if name is None else {"name": name}
    if look is not None:
        values |= _checked(entity, act.actor, look.get("filter"), look.get("sort", ()), look.get("columns", ()))
    draft = records.change("saved_views", row.pk, values, act.by_system("saved view"))
    return _view(draft.record, entity, records.environment(act.actor))


def share(entity: Entity, key: str, level: str, act: Act, role: int | None = None) -> View:
    """Open a view to everybody or to a role, or keep it to oneself again. Sharing needs the right to share views."""
    row = _writable(entity, key, act.actor)
    if level not in LEVELS or (level == ROLE) != (role is not None):
        raise Invalid(_("Say whom this view is for."))
    if level != OWN and not may_share(act.actor):
        raise Denied()
    values = {"level": level, "role": role}
    draft = records.change("saved_views", row.pk, values, act.by_system("saved view"))
    return _view(draft.record, entity, records.environment(act.actor))


@transaction.atomic
def remove(entity: Entity, key: str, act: Act) -> None:
    """Move a view of one's own to the bin."""
    row = _writable(entity, key, act.actor)
    records.remove_one("saved_views", row.pk, act.by_system("saved view"))
    Favourite.objects.filter(entity=entity.key, view=key).delete()
    stamps.bump(STAMP)


@transaction.atomic
def favourite(entity: Entity, key: str, on: bool, actor: Actor) -> None:
    """Keep a view at hand, or not any more."""
    if not any(view.key == key for view in _presets(entity)):
        _row(entity, key, actor)
    mine = Favourite.objects.filter(person_id=actor.id or 0, entity=entity.key, view=key)
    if not on:
        Favourite.objects.filter(pk__in=mine.values("pk")).delete()
    elif not mine.exists():
        made = Favourite(person_id=actor.id or 0, entity=entity.key, view=key)
        Favourite.objects.bulk_create([made], ignore_conflicts=True)
    stamps.bump(STAMP)


def may_share(actor: Actor) -> bool:
    """Whether this person may open views to others."""
    return access.may(actor, registry.get("saved_views"), "share")


# reading ---------------------------------------------------------------------------------------------------------


def _presets(entity: Entity) -> list[View]:
    return [
        View(preset.key, str(preset.label), preset.filter, tuple(preset.sort.split()), tuple(preset.columns.split()))
        for preset in entity.lists
    ]


def _open(entity: Entity, actor: Actor) -> Any:
    mine = Q(owner_id=actor.id) | Q(level=SHARED) | Q(level=ROLE, role_id__in=actor.roles)
    rows = SavedView.objects.filter(mine, entity=entity.key, deleted_at__isnull=True)
    return rows.order_by("position", "name_sort", "pk")


def _row(entity: Entity, key: str, actor: Actor) -> SavedView:
    digits = key.removeprefix(PREFIX)
    known = key.startswith(PREFIX) and digits.isascii() and digits.isdigit() and len(digits) < 19
    row: SavedView | None = _open(entity, actor).filter(pk=int(digits)).first() if known else None
    if row is None or not access.may(actor, entity, "read"):
        raise NotFound()
    return row


def _writable(entity: Entity, key: str, actor: Actor) -> SavedView:
    row = _row(entity, key, actor)
    if row.owner_id != actor.id and not (actor.is_admin and not actor.read_only):
        raise Denied()
    return row


def _view(row: SavedView, entity: Entity, env: Env) -> View:
    known = access.specs(entity, env.actor)
    usable = all(_is_known(entity, name, env) for name in _fields(row.filter))
    sort = [name for name in (row.sort or "").split() if name.lstrip("-") in known]
    return View(
        f"{PREFIX}{row.pk}",
        row.name,
        row.filter if usable else None,
        tuple(sort) if usable else (),
        tuple(name for name in (row.columns or "").split() if name in known),
        row.pk,
        row.level,
        row.owner_id == env.actor.id,
        usable=usable,
    )


def _fields(raw: Any) -> Iterator[str]:
    """The fields that a stored filter speaks of."""
    if isinstance(raw, list):
        for item in raw:
            yield from _fields(item)
    elif isinstance(raw, dict) and "field" in raw:
        yield str(raw["field"])
    elif isinstance(raw, dict):
        for items in raw.values():
            yield from _fields(items)


def _is_known(entity: Entity, name: str, env: Env) -> bool:
    try:
        conditions.walk(entity, name, env)
    except Invalid:
        return False
    return True


def _checked(entity: Entity, actor: Actor, raw: Any, sort: Sequence[str], columns: Sequence[str]) -> dict[str, Any]:
    """What a view keeps, checked against what its writer may see."""
    env = records.environment(actor, strict=False)
    conditions.parse(raw, entity, env)
    records.query(entity, actor, env).sort(list(sort))
    known = access.specs(entity, actor)
    for name in columns:
        if name not in known:
            raise Invalid(_("There is no field called “%(name)s”.") % {"name": name[:80]})
    return {"filter": raw or None, "sort": " ".join(sort) or None, "columns": " ".join(columns) or None}
