"""Taking back a batch: everything an import or a bulk edit made or changed, except what somebody touched since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel import access, registry, stamps
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft, insist, projections
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.ledger import Change, Removal, actor_columns
from bosun.kernel.query import environment
from bosun.kernel.removal import pointing_at, purge, restore
from bosun.kernel.writing import CHUNK, _check_unique, _index_members, _record, put, update, whole

FRESH = timedelta(hours=1)
"""So long whoever made something may take it back without the right to remove."""


@dataclass
class Undone:
    """What an undo did: counts, and the records it left alone because somebody changed them since."""

    removed: int = 0
    put_back: int = 0
    left_alone: list[tuple[str, int, str]] = field(default_factory=list)


def undo(batch: str, act: Act) -> Undone:
    """Take back a whole batch, as far as the actor could still do it. Running it twice does nothing the second time.

    Guards are asked, except where the act has a `cause`: whoever takes an import back has said so for all of it.
    """
    env = environment(act.actor)
    done = Undone()
    with whole():
        changes = list(Change.objects.filter(batch=batch).exclude(verb="undone").order_by("-id"))
        if Change.objects.filter(batch=batch, verb="undone").exists():
            return done
        later = _touched_since(changes, batch)
        made = {(c.entity, c.record_id) for c in changes if c.verb == "created"}
        turned = [
            change
            for change in changes
            if change.verb not in ("created", "removed", "restored") and (change.entity, change.record_id) not in made
        ]
        back = replace(act, door="undo", batch=batch)
        for part in _parts(turned):
            _put_back(part, later, back, env, done)
        _restore_removed(changes, act, env, done)
        _purge_made(changes, later, act, env, done)
        if changes:
            Change.objects.create(
                at=env.now, door="undo", entity=changes[-1].entity, record_id=0, verb="undone", batch=batch,
                diff={"removed": [None, done.removed], "put_back": [None, done.put_back]}, **actor_columns(act.actor),
            )  # fmt: skip
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


def _denied(changes: Sequence[Change], entity: Entity, act: Act) -> set[int]:
    """Records that the actor may not do any more, as they now stand, what he did then; what followed of itself may."""
    asked: dict[str, set[int]] = {}
    for change in changes:
        if not change.depth:
            asked.setdefault(change.verb, set()).add(change.record_id)
    denied: set[int] = set()
    for verb, pks in asked.items():
        left = set(pks)
        for action in (*(own.key for own in entity.verbs.values() if own.past == verb), "change"):
            open_ = access.visible(entity, act.actor, action).filter(pk__in=left) if left else None
            left -= set(open_.values_list("pk", flat=True)) if open_ is not None else set()
        denied |= left
    return denied


def authors(batch: str) -> set[int | None]:
    """Who did the acts of a batch, and not what followed of them; empty when there is no such batch."""
    rows = Change.objects.filter(batch=batch) if batch else Change.objects.none()
    found = set(rows.order_by().values_list("depth", "actor_id").distinct())
    began = min((depth for depth, _actor in found), default=0)
    return {actor for depth, actor in found if depth == began}


def extent(batch: str) -> dict[str, tuple[int, int]]:
    """What taking a batch back would touch: for each entity, how many records it made and how many more it changed."""
    rows = Change.objects.filter(batch=batch).exclude(verb="undone") if batch else Change.objects.none()
    seen: dict[str, tuple[set[int], set[int]]] = {}
    for entity, pk, verb in rows.order_by().values_list("entity", "record_id", "verb").distinct():
        seen.setdefault(entity, (set(), set()))[0 if verb == "created" else 1].add(pk)
    return {entity: (len(made), len(changed - made)) for entity, (made, changed) in seen.items()}


Key = tuple[str, int]


def _touched_since(changes: Sequence[Change], batch: str) -> dict[Key, set[str]]:
    """Records of the batch that others changed later, with the fields; a star for more than fields.

    What another batch changed and an undo of that batch put back again counts for nothing.
    """
    first: dict[Key, int] = {}
    for change in changes:
        first[change.entity, change.record_id] = change.pk
    by_entity: dict[str, list[int]] = {}
    for entity, pk in first:
        by_entity.setdefault(entity, []).append(pk)
    later: list[Any] = []
    for entity, pks in by_entity.items():
        for start in range(0, len(pks), CHUNK):
            rows = Change.objects.filter(entity=entity, record_id__in=pks[start : start + CHUNK]).exclude(batch=batch)
            held = rows.values("id", "entity", "record_id", "diff", "batch", "door").order_by("id")
            later += [row for row in held if row["id"] > first[entity, row["record_id"]]]
    batches = sorted({row["batch"] for row in later if row["batch"]})
    undone = set(Change.objects.filter(batch__in=batches, verb="undone").values_list("batch", flat=True))
    found: dict[Key, set[str]] = {}
    by_batch: dict[tuple[Key, str], set[str]] = {}
    for row in later:
        key, fields = (row["entity"], row["record_id"]), set(row["diff"]) or {"*"}
        if row["batch"] not in undone:
            found.setdefault(key, set()).update(fields)
        elif row["door"] == "undo":
            by_batch.setdefault((key, row["batch"]), set()).difference_update(fields)
        else:
            by_batch.setdefault((key, row["batch"]), set()).update(fields)
    for (key, _batch), fields in by_batch.items():
        if fields:
            found.setdefault(key, set()).update(fields)
    return found


def _parts(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Changes of one entity, none of them of one record; of a record the last change comes first."""
    waves: list[dict[str, list[Change]]] = []
    seen: dict[Key, int] = {}
    for change in changes:
        place = seen[change.entity, change.record_id] = seen.get((change.entity, change.record_id), -1) + 1
        if place == len(waves):
            waves.append({})
        waves[place].setdefault(change.entity, []).append(change)
    for wave in waves:
        for part in wave.values():
            for start in range(0, len(part), CHUNK):
                yield part[start : start + CHUNK]


def _put_back(changes: Sequence[Change], later: dict[Key, set[str]], act: Act, env: Env, done: Undone) -> None:
    entity = registry.find(changes[0].entity)
    if entity is None:
        return
    pks = [change.record_id for change in changes]
    held = entity.model._default_manager.select_for_update().in_bulk(pks)
    pairs = [
        (change, _draft(entity, held[change.record_id], change, later))
        for change in changes
        if change.record_id in held
    ]
    titles = {draft.id: str(draft.record) for _change, draft in pairs}
    _check_unique([draft for _change, draft in pairs], entity.specs())
    turned = [(change, draft) for change, draft in pairs if draft.values and not draft.errors]
    if turned and not act.cause:
        insist(entity.key, "changed", [draft for _change, draft in turned], act, env)
    with transaction.atomic():
        _write_back([draft for _change, draft in turned], act, env)
        # Asked last, since what is put back may be the owner: whoever handed a record over may take it back.
        denied = _denied([change for change, _draft in turned], entity, act)
        if denied:
            transaction.set_rollback(True)
    if denied:
        done.left_alone += [(entity.key, pk, titles[pk]) for pk in pks if pk in denied]
        allowed = [change for change in changes if change.record_id not in denied]
        if allowed:
            _put_back(allowed, later, act, env, done)
        return
    done.put_back += len(turned)
    touched = [
        draft.id
        for change, draft in pairs
        if draft.errors or later.get((entity.key, draft.id), set()) & set(change.diff)
    ]
    done.left_alone += [(entity.key, pk, titles[pk]) for pk in touched]


def _draft(entity: Entity, record: Any, change: Change, later: dict[Key, set[str]]) -> Draft:
    """What a change put there, back to what it was, where it still stands so and nobody touched it since."""
    known = entity.specs()
    touched = later.get((entity.key, record.pk), set())
    draft = Draft(entity, {}, record=record, pk=record.pk, verb="changed")
    for name, (old, new) in change.diff.items():
        if name not in known or name in touched:
            continue
        kind, now = known[name].kind, known[name].get(record)
        if kind.dump(now) == new:
            draft.values[name] = kind.load(old)
            draft.diff[name] = (now, draft.values[name])
    return draft


def _write_back(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """Values, ledger and indexes, but no rules or effects: what they did is undone by its own line of the ledger."""
    if not drafts:
        return
    entity = drafts[0].entity
    known = entity.specs()
    for draft in drafts:
        put(draft, known, env)
        draft.record.version += 1
    update(drafts, known)
    _record(drafts, act, env)
    _index_members(drafts)
    for projection in projections:
        projection(drafts, env)
    if entity.stamp:
        stamps.bump(entity.stamp)


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


def _purge_made(changes: Sequence[Change], later: dict[Key, set[str]], act: Act, env: Env, done: Undone) -> None:
    """Remove what the batch made, the last first; keep what others changed or now refer to, and what those need."""
    made: dict[str, list[int]] = {}
    for change in changes:
        if change.verb == "created":
            made.setdefault(change.entity, []).append(change.record_id)
    keep = {(entity, pk) for entity, pks in made.items() for pk in pks if (entity, pk) in later}
    keep |= _lasting(changes, act, env)
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
            if not act.cause:
                rows = entity.model._default_manager.filter(pk__in=going[start : start + CHUNK])
                drafts = [Draft(entity, {}, record=row, pk=row.pk, verb="removed") for row in rows]
                insist(entity.key, "removed", drafts, act, env)
            purge(entity, going[start : start + CHUNK], act)
        if entity.stamp and going:
            stamps.bump(entity.stamp)
        done.removed += len(going)


def _lasting(changes: Sequence[Change], act: Act, env: Env) -> set[Key]:
    """Made records that the actor may neither remove nor, while they are fresh, make; what followed of itself may go.

    A `cause` stands for a right of its own, that of taking an import back.
    """
    asked = {(each.entity, each.record_id): each.at for each in changes if each.verb == "created" and not each.depth}
    left = set() if act.cause else set(asked)
    for key in {key for key, _pk in left}:
        if access.may(act.actor, registry.get(key), "create"):
            left -= {one for one in left if one[0] == key and env.now - asked[one] < FRESH}
        part = sorted(pk for of, pk in left if of == key)
        for start in range(0, len(part), CHUNK):
            rows = access.visible(registry.get(key), act.actor, "remove").filter(pk__in=part[start : start + CHUNK])
            left -= {(key, pk) for pk in rows.values_list("pk", flat=True)}
    return left


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
        # What follows by itself, as times of a reminder do, is no use that somebody made of it.
        own = child.extras["of_itself"](rows) if "of_itself" in child.extras else ()
        outside = [pk for pk in rows if pk not in own and (child.key, pk) not in going]
        spec = child.specs()[name]
        for start in range(0, len(outside), CHUNK):
            for row in child.model._default_manager.filter(pk__in=outside[start : start + CHUNK]):
                held.update(pk for _model, pk in spec.kind.refers(spec.get(row)) if pk in wanted)
    return held
