"""The write path: permit, parse, diff, rules, guards, write, ledger, outbox, indexes, effects; one transaction.

It takes many drafts of one entity at once; one record is a batch of one. A draft that fails says why and is left out;
the others go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from bosun.kernel import access, bulk, events, stamps
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft, guards_of, projections, reactions
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Clash, Conflict, Denied, FieldError, Invalid, NotFound, Objected
from bosun.kernel.kinds import Boolean
from bosun.kernel.ledger import Change, Member, Outbox
from bosun.kernel.query import environment
from bosun.kernel.showing import is_shown
from bosun.kernel.specs import FieldSpec

CHUNK = 500
CHANGE_COLUMNS = (
    "at", "actor_id", "actor_name", "door", "entity", "record_id", "title", "verb", "diff", "batch", "cause", "depth",
    "version",
)  # fmt: skip
OUTBOX_COLUMNS = ("change_id", "name", "due_at", "attempts", "error", "parked")
IGNORED = frozenset(("id", "version"))
DERIVED_BY_DOOR = frozenset(("created_at", "created_by", "updated_at", "updated_by", "department"))


@contextmanager
def whole() -> Iterator[None]:
    """One transaction; Invalid where another writer of the same value was first, as only the database could tell."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "unique" not in str(error).lower():
            raise
        raise Invalid(_("Somebody saved the same value a moment ago. Save again.")) from None


def save(drafts: Sequence[Draft], act: Act, env: Env | None = None) -> Env:
    """Write drafts of one entity. Look at each draft's `failure` afterwards."""
    env = env or environment(act.actor)
    with whole():
        for wave in _waves(drafts):
            _save(wave, act, env)
    return env


def _waves(drafts: Sequence[Draft]) -> list[list[Draft]]:
    """A record that is meant twice is written twice, one after the other."""
    waves: list[list[Draft]] = []
    seen: dict[int, int] = {}
    for draft in drafts:
        place = 0
        if draft.pk is not None:
            place = seen[draft.pk] = seen.get(draft.pk, -1) + 1
        if place == len(waves):
            waves.append([])
        waves[place].append(draft)
    return waves


def _save(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    _permit(drafts, act)
    alive = [draft for draft in drafts if draft.alive]
    _fetch(alive, act, env)
    _parse([draft for draft in alive if draft.alive], env, act)
    _decide([draft for draft in alive if draft.alive], act, env)
    passed = [draft for draft in alive if draft.alive and (draft.new or draft.diff)]
    if passed:
        _write(passed, act, env)
        conclude(passed, act, env)


def conclude(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """What follows every kind of write: ledger, outbox, indexes, stamps, effects."""
    entity = drafts[0].entity
    _record(drafts, act, env)
    _index_members(drafts)
    for projection in projections:
        projection(drafts, env)
    if entity.stamp:
        stamps.bump(entity.stamp)
    for follow in (*entity.effects, *reactions):
        follow(drafts, act, env)


# permit and fetch ------------------------------------------------------------------------------------------------


def _permit(drafts: Sequence[Draft], act: Act) -> None:
    entity = drafts[0].entity
    for draft in drafts:
        action = "create" if draft.new else "change"
        if not access.may(act.actor, entity, action) and not (not draft.new and _verb_right(draft, act)):
            draft.failure = Denied() if access.may(act.actor, entity, "read") else NotFound()


def _verb_right(draft: Draft, act: Act) -> bool:
    return any(
        verb.past == draft.verb and access.may(act.actor, draft.entity, verb.key)
        for verb in draft.entity.verbs.values()
    )


def _fetch(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """Lock and read the rows to be changed; new records get an empty one."""
    entity = drafts[0].entity if drafts else None
    by_pk: dict[int, Any] = {}
    wanted = [draft.pk for draft in drafts if draft.pk is not None]
    if entity and wanted:
        by_pk = {row.pk: row for row in _lockable(entity, act, drafts[0].verb, wanted)}
    for draft in drafts:
        if draft.pk is None:
            draft.record = draft.entity.model()
            draft.record.created_at = draft.record.updated_at = None
        elif draft.pk in by_pk:
            draft.record = by_pk[draft.pk]
            if draft.unfit is not None:
                # Asked of the locked row: of two who do it at once the second finds it done.
                draft.failure = draft.unfit(draft.record, env)
        else:
            readable = access.may_row(draft.entity, act.actor, "read", draft.pk)
            draft.failure = Denied() if readable else NotFound()


def _lockable(entity: Entity, act: Act, verb: str, wanted: Sequence[int]) -> Iterable[Any]:
    action = next((v.key for v in entity.verbs.values() if v.past == verb), "change")
    allowed = access.visible(entity, act.actor, action, few=True).filter(pk__in=wanted).values_list("pk", flat=True)
    return (
        entity.model._default_manager.select_for_update()
        .filter(pk__in=list(allowed), deleted_at__isnull=True)
        .order_by("pk")
    )


# parse -----------------------------------------------------------------------------------------------------------


def _parse(drafts: Sequence[Draft], env: Env, act: Act) -> None:
    if not drafts:
        return
    entity = drafts[0].entity
    specs = access.specs(entity, act.actor)
    for name, spec in specs.items():
        spec.kind.expect([draft.raw[name] for draft in drafts if name in draft.raw], env)
    for draft in drafts:
        for name, raw in draft.raw.items():
            if name not in IGNORED:
                _parse_one(draft, name, raw, specs.get(name), env)
        if draft.new:
            _fill_defaults(draft, specs, act, env)


def _parse_one(draft: Draft, name: str, raw: Any, spec: FieldSpec | None, env: Env) -> None:
    if spec is None:
        draft.refuse(str(name)[:80], _("There is no field called “%(name)s”.") % {"name": str(name)[:80]})
        return
    try:
        value = spec.kind.parse(raw, env)
    except Invalid as error:
        if spec.writable:
            draft.errors += [FieldError(name, part.message) for part in error.errors]
            return
        value = None
    if not spec.writable:
        if draft.new or spec.to_comparable(value) != spec.to_comparable(spec.get(draft.record)):
            draft.refuse(name, _("“%(field)s” cannot be changed here.") % {"field": spec.label})
        return
    unsaid = value is None and spec.required and isinstance(spec.kind, Boolean)
    draft.values[name] = False if unsaid else value


def _fill_defaults(draft: Draft, specs: Mapping[str, FieldSpec], act: Act, env: Env) -> None:
    for name, spec in draft.entity.specs().items():
        if name not in draft.values and spec.default is not None:
            draft.values[name] = spec.default_value(env)
    if draft.entity.owned and "owner" not in draft.values and act.actor.id is not None:
        draft.values["owner"] = act.actor.id
    if draft.entity.owned:
        draft.values["department"] = act.actor.department


# decide ----------------------------------------------------------------------------------------------------------


def _decide(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    if not drafts:
        return
    entity = drafts[0].entity
    known = entity.specs()
    for draft in drafts:
        _conflicts(draft, known, act)
        if not draft.alive:
            continue
        _drop_unchanged(draft, known)
        for rule in entity.rules:
            if draft.new or draft.values:
                rule(draft, env)
        _drop_unchanged(draft, known)
        _require(draft, known, env, act)
    _check_parents(drafts, act)
    _check_unique(drafts, known)
    for draft in drafts:
        if draft.alive:
            _settle(draft, known)
    asking = [draft for draft in drafts if draft.alive and (draft.new or draft.diff)]
    for check in guards_of(entity.key, drafts[0].verb if asking else ""):
        check(asking, act, env)
    for draft in asking:
        left = [o for o in draft.objections if not o.confirm or o.confirm not in act.confirm]
        if left:
            draft.failure = Objected(left)


def _check_parents(drafts: Sequence[Draft], act: Act) -> None:
    """What hangs on another record may only be hung where the actor may do so."""
    entity = drafts[0].entity
    name = entity.rights_from
    moved = [draft for draft in drafts if draft.alive and name and draft.values.get(name)]
    if not moved or act.actor.is_admin:
        return
    for action in ("create", "change"):
        part = [draft for draft in moved if draft.new == (action == "create")]
        wanted = {draft.values[name] for draft in part}
        allowed = set(access.parents(entity, act.actor, action).filter(pk__in=wanted).values_list("pk", flat=True))
        for draft in part:
            if draft.values[name] not in allowed:
                draft.refuse(name, _("You may read this record, but not add to it."))


def _check_unique(drafts: Sequence[Draft], known: Mapping[str, FieldSpec]) -> None:
    """A value that may be there once is looked for among all live records and earlier in the batch."""
    for name, spec in known.items():
        touched = [draft for draft in drafts if draft.alive and spec.unique and draft.values.get(name) is not None]
        if not touched:
            continue
        live = touched[0].entity.model._default_manager.filter(deleted_at__isnull=True)
        wanted = [spec.held(spec.kind.to_db(draft.values[name])) for draft in touched]
        rows = live.annotate(_u=spec.store.expr()).filter(_u__in=set(wanted))
        holders: dict[Any, Any] = dict(rows.values_list("_u", "pk"))
        for draft, value in zip(touched, wanted, strict=True):
            if holders.setdefault(value, draft.pk or draft) not in (draft.pk, draft):
                draft.refuse(name, _("Another record has the same “%(field)s”.") % {"field": spec.label})


def _settle(draft: Draft, known: Mapping[str, FieldSpec]) -> None:
    if draft.errors:
        draft.failure = Invalid(draft.errors)
        return
    for name, value in draft.values.items():
        draft.diff[name] = (draft.before.get(name), value)


def _drop_unchanged(draft: Draft, known: Mapping[str, FieldSpec]) -> None:
    for name in list(draft.values):
        spec = known[name]
        before = None if draft.new else spec.get(draft.record)
        draft.before[name] = before
        if spec.kind.same(before, draft.values[name]):
            del draft.values[name]


def _require(draft: Draft, known: Mapping[str, FieldSpec], env: Env, act: Act) -> None:
    for name, spec in known.items():
        if not spec.required or spec.read_only or isinstance(spec.kind, Boolean):
            continue
        if not draft.new and name not in draft.values:
            continue
        told = any(error.field == name for error in draft.errors)
        if draft.values.get(name) is None and not told and is_shown(spec, draft, env):
            draft.refuse(name, _("Fill in “%(field)s”.") % {"field": spec.label})


def _conflicts(draft: Draft, known: Mapping[str, FieldSpec], act: Act) -> None:
    """An old version is no conflict by itself.

    A field that others changed since the writer looked is left as they have it where the writer sends what he saw, and
    is a conflict where he sends something else again.
    """
    if draft.new or draft.seen is None or draft.seen >= draft.record.version:
        return
    since = Change.objects.filter(entity=draft.entity.key, record_id=draft.id, version__gt=draft.seen)
    touched: dict[str, tuple[Any, str]] = {}
    for change in since.order_by("-id"):
        touched.update({name: (before, change.actor_name) for name, (before, _after) in change.diff.items()})
    clashes: list[Clash] = []
    kept: list[str] = []
    for name, value in list(draft.values.items()):
        spec, now = known[name], known[name].get(draft.record)
        if name not in touched or spec.kind.same(now, value):
            continue
        if spec.kind.same(spec.kind.load(touched[name][0]), value):
            del draft.values[name]
            kept.append(name)
        else:
            clashes.append(Clash(name, now, value))
    if clashes:
        draft.failure = Conflict(clashes, draft.record.version, touched[clashes[0].field][1], kept)


# write -----------------------------------------------------------------------------------------------------------


def _write(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    known = drafts[0].entity.specs()
    moment = act.at or env.now
    for draft in drafts:
        record = draft.record
        put(draft, known, env)
        if draft.new:
            record.created_at = draft.at or record.created_at or moment
            record.created_by_id = draft.author[0] if draft.author else act.actor.id
        else:
            record.version += 1
        record.updated_at, record.updated_by_id = moment, act.actor.id
    fresh = [draft.record for draft in drafts if draft.new]
    if fresh:
        bulk.insert_objects(fresh)
    for draft in drafts:
        draft.pk = draft.record.pk
    update([draft for draft in drafts if not draft.new], known)


def put(draft: Draft, known: Mapping[str, FieldSpec], env: Env) -> None:
    """Set the values of a draft on its record, and work out anew what is kept and follows from them."""
    for name, value in draft.values.items():
        known[name].store.set(draft.record, value, env)
    for spec in known.values():
        if hasattr(spec.store, "fill"):
            spec.store.fill(draft.record)


def update(drafts: Sequence[Draft], known: Mapping[str, FieldSpec]) -> None:
    """Store what drafts of one entity have put on their records; a record that is there twice in the drafts' order."""
    alike: dict[Any, list[Any]] = {}
    twice = len({draft.pk for draft in drafts}) < len(drafts)
    for place, draft in enumerate(drafts):
        alike.setdefault((_columns(draft, known), place if twice else 0), []).append(draft.record)
    for (columns, _place), held in alike.items():
        bulk.update_objects(held, columns)


def _columns(draft: Draft, known: Mapping[str, FieldSpec]) -> frozenset[str]:
    columns = {"version", "updated_at", "updated_by_id"}
    for name, spec in known.items():
        if name in draft.values or hasattr(spec.store, "fill"):
            columns.update(spec.store.columns())
    return frozenset(columns)


def _record(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    known = drafts[0].entity.specs()
    moment, cause = act.at or env.now, act.cause[:200]
    who = (act.actor.id, act.actor.name[:200])
    changes = [
        (
            draft.at or moment, *((draft.author[0], draft.author[1][:200]) if draft.author else who), act.door,
            draft.entity.key, draft.id, str(draft.record)[:250], draft.verb,
            {n: [known[n].kind.dump(old), known[n].kind.dump(new)] for n, (old, new) in draft.diff.items()},
            act.batch, cause, act.depth, draft.record.version,
        )
        for draft in drafts
    ]  # fmt: skip
    ids = bulk.insert(Change, CHANGE_COLUMNS, changes)
    for draft, pk in zip(drafts, ids, strict=True):
        draft.change_id = pk
    names = ((draft.change_id, f"{draft.entity.key}.{draft.verb}") for draft in drafts)
    waiting = [(change, name, env.now, 0, "", False) for change, name in names if events.handlers_of(name)]
    bulk.insert(Outbox, OUTBOX_COLUMNS, waiting)


def _index_members(drafts: Sequence[Draft]) -> None:
    entity = drafts[0].entity
    for name, spec in entity.specs().items():
        if not spec.kind.multiple:
            continue
        touched = [draft for draft in drafts if name in draft.diff]
        if not touched:
            continue
        key = f"{entity.key}.{name}"
        old = [draft.id for draft in touched if draft.verb != "created"]
        if old:
            Member.objects.filter(field=key, record_id__in=old).delete()
        entries = [
            (key, value[:200], draft.id)
            for draft in touched
            for value in dict.fromkeys(spec.kind.members(draft.diff[name][1]))
        ]
        bulk.insert(Member, ("field", "value", "record_id"), entries)
