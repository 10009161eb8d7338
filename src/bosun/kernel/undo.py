"""Taking back a batch: everything an import or a bulk edit made or changed, except what somebody touched since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel import access, registry, stamps
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft, projections
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.ledger import Change, Removal, actor_columns
from bosun.kernel.query import environment
from bosun.kernel.removal import pointing_at, purge, restore
from bosun.kernel.writing import CHUNK, _index_members, _record, _update


@dataclass
class Undone:
    """What an undo did: counts, and the records it left alone because somebody changed them since."""

    removed: int = 0
    put_back: int = 0
    left_alone: list[tuple[str, int, str]] = field(default_factory=list)


def undo(batch: str, act: Act) -> Undone:
    """Take back a whole batch, as far as the actor could still do it. Running it twice does nothing the second time."""
    env = environment(act.actor)
    done = Undone()
    with transaction.atomic():
        changes = list(Change.objects.filter(batch=batch).exclude(verb="undone").order_by("-id"))
        if Change.objects.filter(batch=batch, verb="undone").exists():
            return done
        later = _touched_since(changes, batch)
        made = {(c.entity, c.record_id) for c in changes if c.verb == "created"}
        for change in changes:
            if change.verb not in ("created", "removed", "restored") and (change.entity, change.record_id) not in made:
                _put_back(change, later, act, env, done)
        _restore_removed(changes, act, env, done)
        _purge_made(changes, later, act, done)
        if changes:
            Change.objects.create(
                at=env.now,
                door="undo",
                entity=changes[-1].entity,
                record_id=0,
                verb="undone",
                batch=batch,
                diff={"removed": [None, done.removed], "put_back": [None, done.put_back]},
                **actor_columns(act.actor),
            )
    done.left_alone = _named(done.left_alone, act)
    return done


def _named(left: Sequence[tuple[str, int, str]], act: Act) -> list[tuple[str, int, str]]:
    """The titles that the actor may read: what was left alone may belong to somebody else by now."""
    open_: set[tuple[str, int]] = set()
    for key in {key for key, _pk, _title in left}:
        pks = [pk for each, pk, _title in left if each == key]
        for start in range(0, len(pks), CHUNK):
            rows = access.visible(registry.get(key), act.actor).filter(pk__in=pks[start : start + CHUNK])
            open_.update((key, pk) for pk in rows.values_list("pk", flat=True))
    return [(key, pk, title if (key, pk) in open_ else _("Not open to you")) for key, pk, title in left]


def _may_take_back(change: Change, entity: Entity, act: Act) -> bool:
    """Whether the actor may do to the record as it now stands what he did then; what followed of itself goes along."""
    if change.depth:
        return True
    row = entity.model._default_manager.filter(pk=change.record_id)
    verbs = [verb.key for verb in entity.verbs.values() if verb.past == change.verb]
    return any(row.filter(access.rows(entity, act.actor, action)).exists() for action in ("change", *verbs))


def authors(batch: str) -> set[int | None]:
    """Who did the acts of a batch; empty when there is no such batch."""
    rows = Change.objects.filter(batch=batch) if batch else Change.objects.none()
    return set(rows.order_by().values_list("actor_id", flat=True).distinct())


def extent(batch: str) -> dict[str, tuple[int, int]]:
    """What taking a batch back would touch: for each entity, how many records it made and how many more it changed."""
    rows = Change.objects.filter(batch=batch).exclude(verb="undone") if batch else Change.objects.none()
    seen: dict[str, tuple[set[int], set[int]]] = {}
    for entity, pk, verb in rows.order_by().values_list("entity", "record_id", "verb").distinct():
        seen.setdefault(entity, (set(), set()))[0 if verb == "created" else 1].add(pk)
    return {entity: (len(made), len(changed - made)) for entity, (made, changed) in seen.items()}


def _touched_since(changes: Sequence[Change], batch: str) -> dict[tuple[str, int], set[str]]:
    """Records of the batch that others changed later, with the fields; a star for more than fields."""
    first: dict[tuple[str, int], int] = {}
    for change in changes:
        first[change.entity, change.record_id] = change.pk
    found: dict[tuple[str, int], set[str]] = {}
    by_entity: dict[str, list[int]] = {}
    for entity, pk in first:
        by_entity.setdefault(entity, []).append(pk)
    for entity, pks in by_entity.items():
        for start in range(0, len(pks), CHUNK):
            rows = Change.objects.filter(entity=entity, record_id__in=pks[start : start + CHUNK]).exclude(batch=batch)
            for row in rows.values("id", "record_id", "diff", "verb"):
                key = (entity, row["record_id"])
                if row["id"] > first[key]:
                    found.setdefault(key, set()).update(row["diff"] or {"*"})
    return found


def _put_back(change: Change, later: dict[tuple[str, int], set[str]], act: Act, env: Env, done: Undone) -> None:
    entity = registry.find(change.entity)
    record: Any = (
        entity.model._default_manager.select_for_update().filter(pk=change.record_id).first() if entity else None
    )
    if entity is None or record is None:
        return
    known = entity.specs()
    touched = later.get((change.entity, change.record_id), set())
    draft = Draft(entity, {}, record=record, pk=record.pk, verb="changed")
    for name, (old, new) in change.diff.items():
        if name not in known:
            continue
        now = known[name].kind.dump(known[name].get(record))
        if name in touched or now != new:
            continue
        draft.values[name] = known[name].kind.load(old)
        draft.diff[name] = (known[name].kind.load(now), draft.values[name])
    title = str(record)
    taken = not draft.values or _write_back(draft, change, act, env)
    if touched & set(change.diff) or not taken:
        done.left_alone.append((entity.key, record.pk, title))
    if draft.values and taken:
        done.put_back += 1


def _write_back(draft: Draft, change: Change, act: Act, env: Env) -> bool:
    """Write old values; False, and nothing is written, where the actor may not do that any more."""
    entity, record, known = draft.entity, draft.record, draft.entity.specs()
    with transaction.atomic():
        for name, value in draft.values.items():
            known[name].store.set(record, value, env)
        record.version += 1
        _update(entity, draft, known)
        _conclude(draft, act, env)
        # Asked last, since what is put back may be the owner: whoever handed a record over may take it back.
        if not _may_take_back(change, entity, act):
            transaction.set_rollback(True)
            return False
    return True


def _conclude(draft: Draft, act: Act, env: Env) -> None:
    """Ledger and indexes, but no rules or effects: what they did is undone by its own line of the ledger."""
    _record([draft], act, env)
    _index_members([draft])
    for projection in projections:
        projection([draft], env)
    if draft.entity.stamp:
        stamps.bump(draft.entity.stamp)


def _restore_removed(changes: Sequence[Change], act: Act, env: Env, done: Undone) -> None:
    seen: set[int] = set()
    for change in changes:
        entity = registry.find(change.entity)
        if change.verb != "removed" or entity is None:
            continue
        removal = entity.model._default_manager.filter(pk=change.record_id).values_list("removal_id", flat=True).first()
        if removal and removal not in seen and Removal.objects.filter(pk=removal).exists():
            seen.add(removal)
            done.put_back += sum(restore(removal, act, env).counts.values())


def _purge_made(changes: Sequence[Change], later: dict[tuple[str, int], set[str]], act: Act, done: Undone) -> None:
    """Remove what the batch made, the last first; keep what others changed or now refer to, and what those need."""
    made: dict[str, list[int]] = {}
    for change in changes:
        if change.verb == "created":
            made.setdefault(change.entity, []).append(change.record_id)
    keep = {(entity, pk) for entity, pks in made.items() for pk in pks if (entity, pk) in later}
    keep |= _referred_to(made, keep)
    for key, pks in made.items():
        entity = registry.find(key)
        if entity is None:
            continue
        held = [pk for pk in pks if (key, pk) in keep]
        for row in entity.model._default_manager.filter(pk__in=held):
            done.left_alone.append((key, row.pk, str(row)))
        going = [pk for pk in pks if (key, pk) not in keep]
        for start in range(0, len(going), CHUNK):
            purge(entity, going[start : start + CHUNK], act)
        if entity.stamp and going:
            stamps.bump(entity.stamp)
        done.removed += len(going)


def _referred_to(made: dict[str, list[int]], keep: set[tuple[str, int]]) -> set[tuple[str, int]]:
    """Made records that something outside the batch, or something kept, points at."""
    found: set[tuple[str, int]] = set()
    going = {(key, pk) for key, pks in made.items() for pk in pks} - keep
    again = True
    while again:
        again = False
        for key in made:
            entity = registry.get(key)
            pks = [pk for k, pk in going if k == key]
            for start in range(0, len(pks), CHUNK):
                for pointed in _outside(entity, pks[start : start + CHUNK], going):
                    found.add((key, pointed))
                    going.discard((key, pointed))
                    again = True
    return found


def _outside(entity: Entity, pks: list[int], going: set[tuple[str, int]]) -> set[int]:
    held: set[int] = set()
    wanted = set(pks)
    for child, name, rows in pointing_at(entity, pks, live=False):
        outside = [pk for pk in rows if (child.key, pk) not in going]
        spec = child.native_specs()[name]
        for start in range(0, len(outside), CHUNK):
            for row in child.model._default_manager.filter(pk__in=outside[start : start + CHUNK]):
                held.update(pk for _model, pk in spec.kind.refers(spec.get(row)) if pk in wanted)
    return held


def touched_lines(done: Undone) -> list[dict[str, Any]]:
    """What was left alone, for a page or the command line."""
    return [{"entity": entity, "id": pk, "title": title} for entity, pk, title in done.left_alone]
