"""What a follow-up does to its customer: last contact, and the next step that is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max

from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.modules.activities import rules
from bosun.modules.activities.models import FollowUp
from bosun.modules.customers.services import note_contacts

TOUCHING = {"at", "type", "about", "customer", "next_step", "next_step_on", "step_done_at"}


def touch_customers(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """Set last contact and next step of every customer that these follow-ups speak of, from all that are live."""
    ids: set[int] = set()
    for draft in drafts:
        if draft.verb in ("created", "removed", "restored") or TOUCHING & set(draft.diff):
            ids.update(pk for pk in (draft.record.customer_id, draft.before.get("customer")) if pk)
    if ids:
        note_contacts(facts_of(sorted(ids), env), act)


def facts_of(customers: Sequence[int], env: Env) -> dict[int, dict[str, Any]]:
    """Last contact and open next step by customer id, in two queries."""
    empty: dict[str, Any] = {"last_contact": None, "next_step": None, "next_step_on": None}
    facts = {pk: dict(empty) for pk in customers}
    live = FollowUp.objects.filter(customer_id__in=customers, deleted_at__isnull=True)
    zone = ZoneInfo(env.company.zone)
    latest = live.filter(type__in=rules.CONTACTS).values("customer_id").annotate(last=Max("at"))
    for row in latest:
        facts[row["customer_id"]]["last_contact"] = row["last"].astimezone(zone).date()
    open_steps = live.filter(step_done_at__isnull=True, next_step__isnull=False)
    for pk, step, day in open_steps.order_by("at", "id").values_list("customer_id", "next_step", "next_step_on"):
        held = facts[pk]
        if held["next_step"] is None or _sooner(day, held["next_step_on"]):
            held["next_step"], held["next_step_on"] = step, day
    return facts


def _sooner(day: date | None, held: date | None) -> bool:
    return day is not None and (held is None or day <= held)
