"""The versions of a rule as the ledger has them: who made each, what it said, and what is different in words."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import history, records, registry
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import NotFound
from bosun.kernel.kinds import Moment
from bosun.platform.automation import happenings, matching, rulebook, telling
from bosun.platform.automation.models import GUARDS, KEPT
from bosun.platform.automation.rulebook import Compiled

Json = dict[str, Any]
CONTENT = ("name", "event", "identity", *KEPT)
"""What going back to a version writes; whether the rule is on, and its place among the others, stay."""
MOST = 500


@dataclass(frozen=True)
class Version:
    """A rule as it was from one change on. `before` is the version it came from, None of the first one."""

    number: int
    at: datetime
    by: str
    row: Any
    before: Any


def of(pk: int, env: Env, most: int = MOST) -> list[Version]:
    """The versions of a rule that is open to the reader, the latest first."""
    row = records.get("rules", pk, env.actor)
    entity = registry.get("rules")
    known = entity.specs()
    found: list[Version] = []
    then = row
    for change in history.of_one(entity, pk, most):
        before = copy.copy(then)
        before._state = copy.copy(then._state)
        for name, (old, _new) in change.diff.items():
            if name in known and hasattr(known[name].store, "attribute"):
                known[name].store.set(before, known[name].kind.load(old), None)
        found.append(Version(change.version, change.at, change.actor_name, then,
                             None if change.verb == "created" else before))  # fmt: skip
        then = before
    return found


def told(pk: int, env: Env, most: int = 100) -> list[Json]:
    """The versions in words: what the rule said then, and what was different from the one before."""
    return [
        {
            "version": each.number,
            "at": Moment().dump(each.at),
            "by": each.by,
            "sentence": said(each.row),
            "enabled": bool(each.row.enabled),
            "differs": [] if each.before is None else difference(each.before, each.row),
        }
        for each in of(pk, env, most)
    ]


def said(row: Any) -> str:
    """What a version says, in one sentence."""
    rule = rulebook.compile_rule(row)
    return _("It cannot be read any more: what it speaks of is gone.") if rule.broken else telling.sentence(rule)


def back(pk: int, number: int, act: Act, seen: int | None = None) -> Draft:
    """Go back to a version: a change like any other, with the rights of whoever does it."""
    env = records.environment(act.actor)
    found = next((each for each in of(pk, env) if each.number == number), None)
    if found is None:
        raise NotFound()
    raw = {name: getattr(found.row, name) for name in CONTENT if name != "identity"}
    who = found.row.identity_id
    return records.change("rules", pk, {**raw, "identity": {"id": who} if who else None}, act, seen)


def difference(old: Any, new: Any) -> list[str]:
    """What is different between two forms of a rule, in words, one line each."""
    before, after = rulebook.compile_rule(old), rulebook.compile_rule(new)
    return [*_plain(old, new), *_parts(before, after)]


def _plain(old: Any, new: Any) -> Iterator[str]:
    if str(old.name) != str(new.name):
        yield _from_to(_("name"), old.name, new.name)
    if str(old.event) != str(new.event):
        yield _from_to(_("event"), *(happenings.describe(str(each.event))["label"] for each in (old, new)))
    if bool(old.enabled) != bool(new.enabled):
        yield _("switched on") if new.enabled else _("switched off")
    if (old.guard or "") != (new.guard or ""):
        yield _from_to(_("before it happens"), *(str(GUARDS.get(each.guard or "", "")) for each in (old, new)))
    if (old.reason or "") != (new.reason or ""):
        yield _from_to(_("what people are told"), old.reason or "", new.reason or "")
    if bool(old.needs_text) != bool(new.needs_text):
        yield _("a text is asked for") if new.needs_text else _("no text is asked for")
    if (old.tests or None) != (new.tests or None):
        yield _("other tests")
    if old.position != new.position and None not in (old.position, new.position):
        yield _from_to(_("place"), old.position, new.position)


def _parts(before: Compiled, after: Compiled) -> Iterator[str]:
    if before.env.actor.id != after.env.actor.id:
        yield _from_to(_("with the rights of"), before.env.actor.name, after.env.actor.name)
    if before.broken or after.broken:
        if before.row.when != after.row.when or before.row.do != after.row.do:
            yield _("other conditions or actions, of which something is gone")
        return
    times = [each.by_time.words(each.env) if each.by_time else "" for each in (before, after)]
    if times[0] != times[1]:
        yield _from_to(_("time"), *times)
    conditions = [matching.words(each.condition, each.env) for each in (before, after)]
    if conditions[0] != conditions[1]:
        yield _from_to(_("condition"), *conditions)
    yield from _actions(*([action.words(each.env) for action in each.actions] for each in (before, after)))


def _actions(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    gone, come = _less(old, new), _less(new, old)
    if gone:
        yield _("no longer: %(actions)s") % {"actions": "; ".join(gone)}
    if come:
        yield _("now also: %(actions)s") % {"actions": "; ".join(come)}
    if not gone and not come and list(old) != list(new):
        yield _("in another order: %(actions)s") % {"actions": "; ".join(new)}


def _less(these: Sequence[str], those: Sequence[str]) -> list[str]:
    left = list(those)
    found = []
    for each in these:
        if each in left:
            left.remove(each)
        else:
            found.append(each)
    return found


def _from_to(what: str, old: Any, new: Any) -> str:
    parts = {"what": what, "old": str(old or "—"), "new": str(new or "—")}
    return _("%(what)s: %(old)s → %(new)s") % parts
