"""The contact cycle over many customers in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.translation import gettext as _

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
PLANNED_BY = ("grade", "maturity", "last_contact", "own_interval", "paused_until")


Cycles = Mapping[tuple[str, str], tuple[int, int | None]]
"""By grade and maturity (empty: all others): days between contacts, and how many days before one is reminded."""


def cycles() -> Cycles:
    """The settings of the contact cycle; kept in memory until one changes."""
    found: Cycles = stamps.cached(STAMP, "", _cycles)
    return found


def _cycles() -> Cycles:
    rows = ContactCycle.objects.filter(deleted_at__isnull=True)
    held = rows.values_list("grade", "maturity", "interval_days", "remind_before")
    return {(grade, maturity or ""): (days, before) for grade, maturity, days, before in held}


def cycle_of(grade: str | None, maturity: str | None) -> tuple[int, int | None]:
    """What holds for a grade and a maturity: the setting for both, else that of the grade, else the default."""
    nothing = (rules.DEFAULT_INTERVAL, None)
    of_grade = cycles().get((grade or "", ""), nothing)
    days, before = cycles().get((grade or "", maturity or ""), of_grade)
    return days, of_grade[1] if before is None else before


def intervals() -> Mapping[str, int]:
    """Days between contacts, by grade, where the maturity makes no difference."""
    return {grade: days for (grade, maturity), (days, _before) in cycles().items() if not maturity}


def planned(row: Any, since: date) -> date:
    """The day of the next contact with a customer who came to us on a day."""
    interval = row.own_interval or cycle_of(row.grade, row.maturity)[0]
    return rules.next_contact(row.last_contact, since, interval, row.paused_until)


def one_for_each(draft: Draft, env: Env) -> None:
    """A rule of cycles: one for each grade and maturity."""
    if not draft.changes("grade", "maturity") or not draft.value("grade"):
        return
    same = ContactCycle.objects.filter(deleted_at__isnull=True, grade=draft.value("grade"))
    same = same.filter(maturity=draft.value("maturity")).exclude(pk=draft.pk)
    if same.exists():
        label = draft.entity.specs()["grade"].label
        draft.refuse("grade", _("Another record has the same “%(field)s”.") % {"field": label})


def plan_contact(draft: Draft, env: Env) -> None:
    """A rule: a new customer, or one whose cycle changes, gets the day of its next contact."""
    if not draft.changes(*PLANNED_BY):
        return
    since = env.today if draft.new else draft.record.created_at.astimezone(ZoneInfo(env.company.zone)).date()
    draft.put("next_contact", planned(SimpleNamespace(**{name: draft.value(name) for name in PLANNED_BY}), since))


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
    again = []
    for row in Customer.objects.filter(pk__in=ids):
        since: date = row.created_at.astimezone(ZoneInfo(zone)).date()
        draft = Draft(registry.get("customers"), {}, pk=row.pk, verb="changed")
        draft.put("next_contact", planned(row, since))
        again.append(draft)
    records.save(again, act)


def _chunks(ids: Iterable[int], size: int = 500) -> Iterable[list[int]]:
    held = list(ids)
    return (held[start : start + size] for start in range(0, len(held), size))
