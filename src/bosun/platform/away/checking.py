"""What an absence may be: of oneself or one's people, of days to come, to somebody who is there, in no circle."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bosun.kernel.actor import Scope
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.platform.away import rules
from bosun.platform.away.models import Delegation
from bosun.platform.org import managers
from bosun.platform.org.models import Person

PARTS = ("person", "delegate", "first_day", "last_day")


def sound(draft: Draft, env: Env) -> None:
    """A rule: refuses what cannot be, and puts the name, and the owner: whoever is away."""
    if "owner" in draft.values and draft.values["owner"] != draft.value("person") and not draft.new:
        draft.refuse("owner", _("An absence belongs to whoever is away."))
    if not draft.changes(*PARTS):
        return
    person, delegate = draft.value("person"), draft.value("delegate")
    first, last = draft.value("first_day"), draft.value("last_day")
    if person is None or delegate is None or first is None or last is None:
        return
    # Two absences of one person that are entered at once wait for each other here.
    people = {
        row.pk: row for row in Person.objects.select_for_update().filter(pk__in=(person, delegate)).order_by("pk")
    }
    if person not in people or delegate not in people:
        return
    _whose(draft, env, people[person])
    _delegate(draft, people[person], people[delegate])
    _days(draft, env, first, last, people[person])
    if not draft.errors:
        _overlaps(draft, env, people)
    draft.put("name", f"{people[person].name} → {people[delegate].name}"[:200])
    draft.put("owner", person)


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
