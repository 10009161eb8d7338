"""The contact cycle over many customers in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from bosun.kernel import records, registry, stamps
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.modules.customers import rules
from bosun.modules.customers.models import ContactCycle, Customer
from bosun.platform.jobs import queue

AT_ONCE = 1000
"""So many customers are planned anew while somebody waits; more of them in a job."""
REPLAN = "customers.replan"

STAMP = "contact_cycles"


def intervals() -> Mapping[str, int]:
    """Days between contacts, by grade; kept in memory until a cycle changes."""
    found: Mapping[str, int] = stamps.cached(STAMP, "", _intervals)
    return found


def _intervals() -> Mapping[str, int]:
    return dict(ContactCycle.objects.filter(deleted_at__isnull=True).values_list("grade", "interval_days"))


def plan_contact(draft: Draft, env: Env) -> None:
    """A rule: a new customer, or one with another grade, gets the day of its next contact."""
    if not draft.changes("grade", "last_contact"):
        return
    interval = intervals().get(draft.value("grade") or "", rules.DEFAULT_INTERVAL)
    since = env.today if draft.new else draft.record.created_at.astimezone(ZoneInfo(env.company.zone)).date()
    draft.put("next_contact", rules.next_contact(draft.value("last_contact"), since, interval))


def note_contacts(facts: Mapping[int, Mapping[str, Any]], act: Act) -> None:
    """Write last contact and next step of customers, by id; the rule above plans the next contact."""
    drafts = []
    for pk in sorted(facts):
        draft = Draft(registry.get("customers"), {}, pk=pk, verb="changed")
        for name, value in facts[pk].items():
            draft.put(name, value)
        drafts.append(draft)
    records.save(drafts, act.by_system("follow-up"))


def replan(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """An effect of changed cycles: customers of those grades get a new next contact; a job does it when many do."""
    grades = {draft.value("grade") for draft in drafts} | {draft.before.get("grade") for draft in drafts}
    wanted = sorted(grade for grade in grades if grade)
    if concerned(wanted).count() > AT_ONCE:
        queue.enqueue(REPLAN, {"grades": wanted}, owner=act.actor.id)
        return
    for part in _chunks(concerned(wanted).values_list("pk", flat=True)):
        replan_some(part, act.by_system("contact cycle"), env.company.zone)


def concerned(grades: Sequence[str]) -> QuerySet[Customer]:
    """The customers of these grades."""
    return Customer.objects.filter(deleted_at__isnull=True, grade__in=grades).order_by("pk")


def replan_some(ids: Sequence[int], act: Act, zone: str) -> None:
    """Compute the next contact of some customers anew."""
    days = intervals()
    again = []
    for row in Customer.objects.filter(pk__in=ids):
        since: date = row.created_at.astimezone(ZoneInfo(zone)).date()
        draft = Draft(registry.get("customers"), {}, pk=row.pk, verb="changed")
        interval = days.get(row.grade or "", rules.DEFAULT_INTERVAL)
        draft.put("next_contact", rules.next_contact(row.last_contact, since, interval))
        again.append(draft)
    records.save(again, act)


def _chunks(ids: Iterable[int], size: int = 500) -> Iterable[list[int]]:
    held = list(ids)
    return (held[start : start + size] for start in range(0, len(held), size))
