"""What an absence may be: of oneself or one's people, of days to come, to somebody who is there, in no circle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bosun.kernel import access, registry
from bosun.kernel.actor import Act, Actor, Scope
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Objection
from bosun.platform.away import lending, rules
from bosun.platform.away.models import Delegation
from bosun.platform.org import actors, managers
from bosun.platform.org.models import Person

LACKING = "lacking"
ASKED = frozenset(("form", "inline", "bulk"))
"""Doors behind which somebody sits who can answer."""
PARTS = ("person", "delegate", "first_day", "last_day")


def sound(draft: Draft, env: Env) -> None:
    """A rule: refuses what cannot be, and puts the name, and the owner: whoever is away."""
    if "owner" in draft.values and draft.values["owner"] != draft.value("person") and not draft.new:
        draft.refuse("owner", _("An absence belongs to whoever is away."))
    if not draft.changes(*PARTS):
        return
    person, delegate = draft.value("person"), draft.value("delegate")
    first, last = draft.value("first_day"), draft.value("last_day")
    people = _locked(*(pk for pk in (person, delegate) if pk is not None))
    if person in people:
        _whose(draft, env, people[person])
        if first is not None and last is not None:
            _days(draft, env, first, last, people[person])
    if person not in people or delegate not in people:
        return
    _delegate(draft, people[person], people[delegate])
    if first is None or last is None:
        return
    if not draft.errors:
        _overlaps(draft, env, people)
    draft.put("name", f"{people[person].name} → {people[delegate].name}"[:200])
    draft.put("owner", person)


def _locked(*people: int) -> dict[int, Any]:
    """Two absences of one person that are entered at once wait for each other here."""
    return {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=people).order_by("pk")}


def stands_again(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """A guard, as no rule is asked of what comes back from the bin: what has been arranged since stands against it."""
    for draft in drafts:
        row = draft.record
        people = _locked(row.person_id, row.delegate_id)
        if row.ends_at is not None and row.ends_at > env.now and len(people) == 2:
            _delegate(draft, people[row.person_id], people[row.delegate_id])
            _overlaps(draft, env, people)
        for error in draft.errors:
            draft.object(Objection("absence", error.message))


def may_do(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """A guard: whoever enters an absence is asked whether it shall be, where whoever stands in lacks rights for what
    goes along.
    """
    if act.door not in ASKED or act.depth or LACKING in act.confirm:
        return
    for draft in drafts:
        person, delegate = actors.load(draft.value("person") or 0), actors.load(draft.value("delegate") or 0)
        if person is None or delegate is None or not draft.changes("person", "delegate", "work", "reminders"):
            continue
        lacking = [each for each in _lacking(person, delegate) if draft.value(each[0])]
        if lacking:
            said = _("%(name)s lacks rights for what goes along: %(what)s.")
            what = ", ".join(f"{entity.plural} ({label})" for _kind, entity, label in lacking)
            draft.object(Objection(LACKING, said % {"name": delegate.name, "what": what}, LACKING))


def _lacking(person: Actor, delegate: Actor) -> Iterator[tuple[str, Entity, str]]:
    """What of the one who is away whoever stands in may not read or do: by which switch it goes along, and what."""
    for entity in registry.all_entities():
        if lending.lendable(entity) is None or not access.may(person, entity, "read"):
            continue
        wanted = {"read": pgettext("rights", "read"), **{key: entity.verbs[key].label for key in lending.doing(entity)}}
        labels = [str(label) for key, label in wanted.items() if not access.may(delegate, entity, key)]
        if labels:
            yield lending.kind_of(entity), entity, ", ".join(labels)


def may_for(person: Any, env: Env, action: str = "create") -> bool:
    """Whether somebody may say that a person is away: for oneself, and for one's people."""
    scope = env.actor.scope("delegations", action)
    if env.actor.id == person.pk or scope == Scope.ALL or env.actor.is_admin:
        return True
    return person.department_id in managers.led(env.actor, scope)


def _whose(draft: Draft, env: Env, person: Any) -> None:
    if not may_for(person, env, "create" if draft.new else "change"):
        draft.refuse("person", _("Only their managers and administrators say that others are away."))


def _delegate(draft: Draft, person: Any, delegate: Any) -> None:
    if delegate.pk == person.pk:
        draft.refuse("delegate", _("Nobody stands in for himself. Choose somebody else."))
    elif delegate.deleted_at is not None or not delegate.active or not delegate.username:
        draft.refuse("delegate", _("%(name)s cannot sign in. Choose somebody else.") % {"name": delegate.name})


def _days(draft: Draft, env: Env, first: date, last: date, person: Any) -> None:
    today = env.now.astimezone(ZoneInfo(person.zone or env.company.zone)).date()
    if last < first:
        draft.refuse("last_day", _("The last day comes before the first one."))
    elif (last - first).days >= rules.LONGEST:
        draft.refuse("last_day", _("An absence lasts a year at most."))
    elif "last_day" in draft.values and last < today - timedelta(days=0 if draft.new else 1):
        draft.refuse("last_day", _("These days are over."))


def _overlaps(draft: Draft, env: Env, people: dict[int, Any]) -> None:
    person, delegate = draft.value("person"), draft.value("delegate")
    zone = people[person].zone or env.company.zone
    begins, ends = rules.moments(draft.value("first_day"), draft.value("last_day"), zone)
    if _others(draft, person, begins, ends).exists():
        draft.refuse("first_day", _("%(name)s is away on some of these days already.") % {"name": people[person].name})
    elif _comes_back(draft, person, delegate, begins, ends):
        said = _("%(name)s is away then too, and %(person)s would stand in at the end. Choose somebody else.")
        draft.refuse("delegate", said % {"name": people[delegate].name, "person": people[person].name})


def _others(draft: Draft, person: int, begins: datetime, ends: datetime) -> QuerySet[Delegation]:
    """The absences of somebody that meet these days."""
    rows = Delegation.objects.filter(person_id=person, deleted_at__isnull=True, begins_at__lt=ends, ends_at__gt=begins)
    return rows.exclude(pk=draft.pk) if draft.pk else rows


def _comes_back(draft: Draft, person: int, delegate: int, begins: datetime, ends: datetime) -> bool:
    """Whether those who stand in one for another lead back to the one who is away, at any moment of these days."""
    front, seen = [(delegate, begins, ends)], set()
    while front:
        at, since, until = front.pop()
        for row in _others(draft, at, since, until):
            if row.delegate_id == person:
                return True
            step = (row.delegate_id, max(since, row.begins_at), min(until, row.ends_at))
            if step not in seen:
                seen.add(step)
                front.append(step)
    return False
