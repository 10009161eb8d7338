"""Many records at once, in parts of a few hundred, each part whole or not at all; and taking such a batch back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from bosun.api import problems
from bosun.api.dispatch import Call, answer, takes
from bosun.api.writing import confirmed
from bosun.kernel import access, records, registry
from bosun.kernel.actor import Act, new_batch
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Denied, DoorError, FieldError, Invalid, NotFound, Unreadable
from bosun.platform.files.keeping import Held

CHUNK = 500
MOST_IDS, MOST_ROWS, MOST_FAILED = 10_000, 100_000, 1000
MOST_DIGITS = 19
DOINGS = ("set", "verb", "remove")


@dataclass(frozen=True)
class Line:
    """How it went for one record."""

    pk: int
    failure: DoorError | None = None
    touched: bool = True


Work = Callable[[Sequence[int], Act], list[Line]]


def bulk(call: Call, entity: str) -> HttpResponse:
    """`ids` or `filter` (with `q`), and `set` (with `versions`), `verb` with `params`, or `remove`."""
    found = call.readable(entity)
    raw = call.body()
    confirm = confirmed(call, raw)
    unknown = set(raw) - {"ids", "filter", "q", "params", "versions", *DOINGS}
    if unknown:
        raise Unreadable(_("There is no parameter “%(name)s” here.") % {"name": sorted(unknown)[0][:60]})
    work = _work(found, raw, call)
    ids = _targets(found, raw, call)
    act = call.act("bulk", new_batch(), confirm)
    lines = [line for start in range(0, len(ids), CHUNK) for line in _part(ids[start : start + CHUNK], work, act)]
    return answer({"batch": act.batch, **_told(found, call, lines)})


def _told(entity: Entity, call: Call, lines: Sequence[Line]) -> dict[str, Any]:
    specs = access.specs(entity, call.actor)
    failed = [(line.pk, line.failure) for line in lines if line.failure is not None]
    return {
        "changed": sum(1 for line in lines if line.failure is None and line.touched),
        "unchanged": sum(1 for line in lines if line.failure is None and not line.touched),
        "failed": [{"id": pk, **problems.details_of(e, call.env, specs)} for pk, e in failed[:MOST_FAILED]],
        "failed_count": len(failed),
    }


def _targets(entity: Entity, raw: dict[str, Any], call: Call) -> list[int]:
    """The ids meant, all fixed before the first is touched: what is changed may leave the filter."""
    if ("ids" in raw) == ("filter" in raw or "q" in raw):
        raise Unreadable(_("Give either “ids” or a “filter”."))
    if "ids" in raw:
        ids = raw["ids"]
        if not isinstance(ids, list) or len(ids) > MOST_IDS:
            raise Unreadable(_("“ids” is a list of at most %(most)s ids.") % {"most": MOST_IDS})
        if not all(isinstance(pk, int) and not isinstance(pk, bool) and 0 < pk < 2**63 for pk in ids):
            raise Unreadable(_("“ids” is a list of at most %(most)s ids.") % {"most": MOST_IDS})
        return list(dict.fromkeys(ids))
    if raw.get("filter", {}) is None or not isinstance(raw.get("q", ""), str):
        # What a program forgot to fill must not come to mean every record.
        raise Unreadable(_("Give either “ids” or a “filter”."))
    asked = records.query(entity, call.actor, call.env).filter(raw.get("filter"))
    if raw.get("q"):
        asked = asked.search(raw["q"])
    ids = list(asked.rows().order_by("pk").values_list("pk", flat=True)[: MOST_ROWS + 1])
    if len(ids) > MOST_ROWS:
        raise Invalid(_("This meets more than %(most)s records. Narrow the filter.") % {"most": MOST_ROWS})
    return ids


def _work(entity: Entity, raw: dict[str, Any], call: Call) -> Work:
    """What to do to each part."""
    if len([name for name in DOINGS if name in raw]) != 1:
        raise Unreadable(_("Give one of “set”, “verb” and “remove”."))
    if "verb" in raw:
        return _doing(entity, raw["verb"], raw.get("params") or {}, call)
    if not access.may(call.actor, entity, "change" if "set" in raw else "remove"):
        raise Denied()
    if "set" in raw:
        return _setting(entity, raw["set"], _versions(raw), call)
    if raw["remove"] is not True:
        raise Unreadable(_("“remove” is true or left out."))
    return _removing(entity)


def _versions(raw: dict[str, Any]) -> dict[int, int]:
    """The versions that the writer looked at, by id; what changed since in the same field is a conflict."""
    given = raw.get("versions", {})
    told = isinstance(given, dict) and all(
        key.isascii() and key.isdecimal() and len(key) < MOST_DIGITS and type(version) is int
        for key, version in given.items()
    )
    if not told:
        raise Unreadable(_("“versions” is an object of ids and the version of each that you looked at."))
    return {int(key): version for key, version in given.items()}


def _setting(entity: Entity, values: Any, versions: dict[int, int], call: Call) -> Work:
    if not isinstance(values, dict) or not values:
        raise Unreadable(_("“set” is an object of fields and values."))
    checked = _check_values(entity, values, call)

    def work(ids: Sequence[int], act: Act) -> list[Line]:
        drafts = [Draft(entity, checked, pk=pk, seen=versions.get(pk), verb="changed") for pk in ids]
        records.save(drafts, act)
        return _outcome(drafts)

    return work


def _check_values(entity: Entity, values: dict[str, Any], call: Call) -> dict[str, Any]:
    """What no record would take is refused once, not for each of them; and a file is read into the store once."""
    specs = access.specs(entity, call.actor)
    checked = dict(values)
    errors: list[FieldError] = []
    for name, value in values.items():
        spec = specs.get(name)
        if spec is None:
            errors.append(FieldError(name[:80], _("There is no field called “%(name)s”.") % {"name": name[:80]}))
        elif spec.read_only or not spec.writable:
            errors.append(FieldError(name, _("“%(field)s” cannot be changed here.") % {"field": spec.label}))
        else:
            try:
                found = spec.kind.parse(value, call.env)
            except Invalid as error:
                errors += [FieldError(name, part.message) for part in error.errors]
            else:
                checked[name] = found if isinstance(found, Held) else value
    if errors:
        raise Invalid(errors)
    return checked


def _doing(entity: Entity, verb: Any, params: Any, call: Call) -> Work:
    if not isinstance(verb, str) or verb not in entity.verbs or not isinstance(params, dict):
        raise NotFound()
    found = entity.verbs[verb]
    if not access.may(call.actor, entity, verb):
        raise Denied()
    if not found.bulk:
        raise Invalid(_("“%(verb)s” is done to one record at a time.") % {"verb": found.label})
    found.read(params, call.env)

    def work(ids: Sequence[int], act: Act) -> list[Line]:
        rows = {row.pk: row for row in access.visible(entity, act.actor).filter(pk__in=ids)}
        unfit = {pk: why for pk, row in rows.items() if (why := found.unfit(row, call.env)) is not None}
        done = _outcome(records.run_verb(entity, [pk for pk in ids if pk not in unfit], verb, params, act))
        return done + [Line(pk, unfit[pk]) for pk in sorted(unfit)]

    return work


def _removing(entity: Entity) -> Work:
    def work(ids: Sequence[int], act: Act) -> list[Line]:
        allowed = set(access.visible(entity, act.actor, "remove").filter(pk__in=ids).values_list("pk", flat=True))
        seen = set(access.visible(entity, act.actor).filter(pk__in=ids).values_list("pk", flat=True))
        if allowed:
            records.remove(entity, [pk for pk in ids if pk in allowed], act)
        return [Line(pk, None if pk in allowed else Denied() if pk in seen else NotFound()) for pk in ids]

    return work


def _outcome(drafts: Sequence[Draft]) -> list[Line]:
    return [Line(draft.id, draft.failure, bool(draft.diff)) for draft in drafts]


def _part(ids: Sequence[int], work: Work, act: Act) -> list[Line]:
    """One part; where it is refused as a whole, its records one by one, so that one does not stop the others."""
    try:
        return work(ids, act)
    except DoorError as error:
        if len(ids) == 1:
            return [Line(ids[0], error)]
    return [line for pk in ids for line in _part([pk], work, act)]


@takes(several=("confirm",))
def undo(call: Call) -> HttpResponse:
    """Take a batch back: one's own, or any for an administrator."""
    raw = call.body()
    confirm = confirmed(call, raw)
    batch = raw.get("batch")
    if set(raw) != {"batch"} or not isinstance(batch, str) or not 0 < len(batch) <= 32:
        raise Unreadable(_("“batch” names what is to be taken back."))
    authors = records.authors(batch)
    if not authors or not (call.actor.is_admin or authors <= {call.actor.id}):
        raise NotFound()
    if call.actor.read_only:
        raise Denied()
    done = records.undo(batch, call.act("undo", confirm=confirm))
    open_ = {(key, pk) for key, pk, _title in done.left_alone if _visible(call, key, pk)}
    lines = [
        {"entity": entity, "id": pk, "title": title} for entity, pk, title in done.left_alone if (entity, pk) in open_
    ]
    return answer({"removed": done.removed, "put_back": done.put_back, "left_alone": lines})


def _visible(call: Call, key: str, pk: int) -> bool:
    entity = registry.find(key)
    return entity is not None and access.may_row(entity, call.actor, "read", pk)
