"""To the bin and back, with what went with it; and the purge that ends a record for good."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft, insist
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, Invalid, NotFound, Objected, Objection
from bosun.kernel.fields import CASCADE, CLEAR, PROTECT
from bosun.kernel.kinds import AnyReference, Reference
from bosun.kernel.ledger import Member, Removal, Share
from bosun.kernel.query import environment
from bosun.kernel.specs import FieldSpec
from bosun.kernel.writing import CHUNK, conclude, whole

purgers: list[Callable[[str, Sequence[int]], None]] = []
"""Platform tables keyed by entity and id (files, search, notes) that must go with a purged record."""


def removal_mode(entity: Entity, name: str) -> str:
    """What happens to records of `entity` when the one in field `name` goes."""
    if entity.specs()[name].kind.multiple:
        return PROTECT
    if name in entity.model.bosun_specs:  # type: ignore[attr-defined]
        return str(getattr(entity.model._meta.get_field(name), "removal", CLEAR))
    return CLEAR


def pointing_at(target: Entity, ids: Sequence[int], live: bool = True) -> Iterable[tuple[Entity, str, list[int]]]:
    """Records that refer to these, by entity and field."""
    for entity in registry.all_entities():
        for name, spec in entity.specs().items():
            rows = (
                entity.model._default_manager.filter(deleted_at__isnull=True) if live else entity.model._default_manager
            )
            if spec.kind.multiple:
                found = rows.filter(pk__in=_listing(entity, spec, target, ids))
            elif isinstance(spec.kind, Reference) and spec.kind.model is target.model:
                found = rows.filter(spec.q(entity.key, "in", list(ids)))
            elif isinstance(spec.kind, AnyReference):
                found = rows.filter(**{f"{name}_entity": target.key, f"{name}_id__in": ids})
            else:
                continue
            held = list(found.values_list("pk", flat=True)[:100_000])
            if held:
                yield entity, name, held


def _listing(entity: Entity, spec: FieldSpec, target: Entity, ids: Sequence[int]) -> Any:
    """Ids of records that have one of these among several references."""
    if not isinstance(spec.kind, Reference) or spec.kind.model is not target.model:
        return []
    field = f"{entity.key}.{spec.name}"
    return Member.objects.filter(field=field, value__in=[str(pk) for pk in ids]).values("record_id")


def what_goes(entity: Entity, ids: Sequence[int]) -> tuple[dict[str, set[int]], dict[str, int]]:
    """All that goes to the bin with these records, by entity; and how many of which kind hold them back."""
    going: dict[str, set[int]] = {entity.key: set(ids)}
    held_back: dict[str, set[int]] = {}
    front = [(entity, list(ids))]
    while front:
        target, part = front.pop()
        for child, name, found in pointing_at(target, part):
            mode = CASCADE if isinstance(child.specs()[name].kind, AnyReference) else removal_mode(child, name)
            fresh = [pk for pk in found if pk not in going.get(child.key, ())]
            if mode == PROTECT and fresh:
                held_back.setdefault(child.key, set()).update(fresh)
            if mode == CASCADE and fresh:
                going.setdefault(child.key, set()).update(fresh)
                front.append((child, fresh))
    return going, {key: len(pks) for key, pks in held_back.items()}


def remove(entity: Entity, ids: Sequence[int], act: Act, env: Env | None = None) -> Removal:
    """Move records, and what belongs to them, to the bin; Objected when something holds them back."""
    env = env or environment(act.actor)
    with transaction.atomic():
        # Whoever removes the same at this moment is waited for, and what he took is not there any more.
        list(entity.model._default_manager.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
        allowed = set(access.visible(entity, act.actor, "remove").filter(pk__in=ids).values_list("pk", flat=True))
        if not allowed or allowed != set(ids):
            seen = access.visible(entity, act.actor).filter(pk__in=ids).count()
            raise Denied() if seen == len(set(ids)) else NotFound()
        going, held_back = what_goes(entity, list(ids))
        if held_back:
            raise Objected([_held_objection(held_back)])
        removal = Removal.objects.create(
            at=act.at or env.now,
            actor_id=act.actor.id,
            entity=entity.key,
            record_id=ids[0],
            counts={key: len(pks) for key, pks in going.items()},
        )
        for key, pks in going.items():
            _mark(registry.get(key), sorted(pks), Q(deleted_at__isnull=True), removal, act, env)
        removal.title = str(entity.model._default_manager.get(pk=ids[0]))[:250]
        removal.save(update_fields=["title"])
    return removal


def _held_objection(held_back: dict[str, int]) -> Objection:
    said = ", ".join(f"{count} {registry.get(key).plural}" for key, count in held_back.items())
    return Objection(
        "in_use", _("Still in use by %(records)s. Change those first.") % {"records": said}, details=held_back
    )


def _mark(entity: Entity, pks: list[int], as_found: Q, removal: Removal | None, act: Act, env: Env) -> None:
    """Put records into a removal, or take them out of theirs; those that somebody else moved meanwhile stay there."""
    verb = "removed" if removal else "restored"
    for start in range(0, len(pks), CHUNK):
        rows: list[Any] = list(
            entity.model._default_manager.select_for_update().filter(as_found, pk__in=pks[start : start + CHUNK])
        )
        drafts = []
        for row in rows:
            row.version += 1
            row.deleted_at, row.removal = (env.now, removal) if removal else (None, None)
            drafts.append(Draft(entity, {}, record=row, pk=row.pk, verb=verb))
        insist(entity.key, verb, drafts, act, env)
        for row in rows:
            entity.model._default_manager.filter(pk=row.pk).update(
                version=row.version, deleted_at=row.deleted_at, removal=row.removal
            )
        if drafts:
            conclude(drafts, act, env)


def restorable(entity: Entity, actor: Any) -> Any:
    """Binned records of an entity that the actor may bring back."""
    return entity.model._default_manager.filter(
        access.rows(entity, actor, "remove"), deleted_at__isnull=False, removal__isnull=False
    )


def binned(actor: Any, limit: int = 50, before: int = 0, entity: Entity | None = None) -> list[Removal]:
    """What lies in the bin and can be brought back by the actor, the latest first."""
    open_ = Q(pk__in=[])
    for each in [entity] if entity else registry.all_entities():
        if access.may(actor, each, "remove"):
            open_ |= Q(entity=each.key, pk__in=restorable(each, actor).values("removal_id"))
    rows = Removal.objects.filter(open_).order_by("-id")
    return list((rows.filter(pk__lt=before) if before else rows)[:limit])


def restore(removal_id: int, act: Act, env: Env | None = None) -> Removal:
    """Bring back everything that went in one removal; Invalid where a unique value has been taken since."""
    env = env or environment(act.actor)
    with whole():
        removal = Removal.objects.select_for_update().filter(pk=removal_id).first()
        entity = registry.find(removal.entity) if removal else None
        if removal is None or entity is None:
            raise NotFound()
        if not restorable(entity, act.actor).filter(removal=removal).exists():
            raise NotFound()
        back: list[tuple[Entity, list[int]]] = []
        for target in registry.all_entities():
            pks = list(
                target.model._default_manager.filter(removal=removal).order_by("pk").values_list("pk", flat=True)
            )
            if pks:
                _check_free(target, pks)
                _mark(target, pks, Q(removal=removal), None, act, env)
                back.append((target, pks))
        for target, pks in back:
            _check_whole(target, pks)
    return removal


def _check_free(entity: Entity, pks: list[int]) -> None:
    for spec in (each for each in entity.specs().values() if each.unique):
        rows = entity.model._default_manager.annotate(_u=spec.store.expr())
        values = rows.filter(pk__in=pks, _u__isnull=False).values("_u")
        if rows.filter(deleted_at__isnull=True, _u__in=values).exists():
            raise Invalid(
                _("Another record now has the same “%(field)s”. Change that one first.") % {"field": spec.label}
            )


def _check_whole(entity: Entity, pks: list[int]) -> None:
    """What comes back must not hang on something that is still in the bin."""
    for name, spec in entity.native_specs().items():
        if isinstance(spec.kind, AnyReference):
            targets = [value for _pk, value in _held(entity, spec, pks)]
            gone = any(
                not model._default_manager.filter(pk=pk, deleted_at__isnull=True).exists() for model, pk in targets
            )
        elif isinstance(spec.kind, Reference) and removal_mode(entity, name) != CLEAR:
            wanted = {pk for _pk, (_model, pk) in _held(entity, spec, pks)}
            live = spec.kind.model._default_manager.filter(pk__in=wanted, deleted_at__isnull=True)
            gone = live.count() < len(wanted)
        else:
            continue
        if gone:
            said = {"field": spec.label, "record": entity.label}
            raise Invalid(_("The “%(field)s” of this %(record)s is in the bin. Bring that back first.") % said)


def _held(entity: Entity, spec: FieldSpec, pks: list[int]) -> Iterable[tuple[int, tuple[Any, int]]]:
    """What some records refer to in one field."""
    for row in entity.model._default_manager.filter(pk__in=pks):
        for target in spec.kind.refers(spec.get(row)):
            yield row.pk, target


def purge(entity: Entity, pks: Sequence[int], act: Act) -> None:
    """End records for good, with their shares, index entries and files. References to them are emptied."""
    with transaction.atomic():
        for child, name, held in list(pointing_at(entity, pks, live=False)):
            native = child.native_specs().get(name)
            if native and isinstance(native.kind, Reference) and removal_mode(child, name) == CLEAR:
                child.model._default_manager.filter(pk__in=held).update(**{name: None})
        Member.objects.filter(field__startswith=f"{entity.key}.", record_id__in=pks).delete()
        Share.objects.filter(entity=entity.key, record_id__in=pks).delete()
        for purger in purgers:
            purger(entity.key, pks)
        entity.model._default_manager.filter(pk__in=pks).delete()
