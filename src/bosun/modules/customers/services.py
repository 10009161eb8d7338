"""The contact cycle over many customers in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from bosun.kernel import records, registry, stamps
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.modules.customers import rules
from bosun.modules.customers.models import ContactCycle, Customer

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
    """An effect of changed cycles: customers of those grades get a new next contact."""
    grades = {draft.value("grade") for draft in drafts} | {draft.before.get("grade") for draft in drafts}
    wanted = [grade for grade in grades if grade]
    for chunk in _chunks(
        Customer.objects.filter(deleted_at__isnull=True, grade__in=wanted).values_list("pk", flat=True)
    ):
        again = []
        for row in Customer.objects.filter(pk__in=chunk):
            interval = intervals().get(row.grade or "", rules.DEFAULT_INTERVAL)
            since: date = row.created_at.astimezone(ZoneInfo(env.company.zone)).date()
            draft = Draft(registry.get("customers"), {}, pk=row.pk, verb="changed")
            draft.put("next_contact", rules.next_contact(row.last_contact, since, interval))
            again.append(draft)
        records.save(again, act.by_system("contact cycle"))


def _chunks(ids: Iterable[int], size: int = 500) -> Iterable[list[int]]:
    held = list(ids)
    return (held[start : start + size] for start in range(0, len(held), size))
