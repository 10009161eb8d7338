"""What a follow-up does to its customer: last contact, and the next step that is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max

from bosun.kernel import records
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.lib import recurrence
from bosun.modules.activities import rules
from bosun.modules.activities.models import FollowUp
from bosun.modules.customers.services import note_contacts
from bosun.platform.reminders.models import Reminder

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


def follow_task(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """A finished task ends its reminders, and makes the next one where it recurs."""
    for draft in drafts:
        if draft.diff.get("done_at", (None, None))[1] is None:
            continue
        _end_reminders(draft, act)
        task = draft.record
        if task.recurrence and task.due:
            _make_next(task, act, env)


def _end_reminders(draft: Draft, act: Act) -> None:
    open_ = Reminder.objects.filter(
        deleted_at__isnull=True, state="open", about_entity=draft.entity.key, about_id=draft.id
    )
    ids = list(open_.values_list("pk", flat=True))
    if ids:
        records.run_verb("reminders", ids, "done", {}, act.by_system("task done"))


def _make_next(task: Any, act: Act, env: Env) -> None:
    zone = act.actor.zone
    due = recurrence.following(task.recurrence, task.due, task.due, zone)
    if due is None:
        return
    lines = [{"text": line["text"], "done": False} for line in task.checklist or []]
    raw: dict[str, Any] = {
        "subject": task.subject, "due": due, "priority": task.priority, "recurrence": task.recurrence,
        "note": task.note, "owner": task.owner_id, "checklist": lines or None, "about": task.about,
    }  # fmt: skip
    made = records.create("tasks", raw, act.by_system("recurrence"))
    old = Reminder.objects.filter(about_entity="tasks", about_id=task.pk, deleted_at__isnull=True).order_by("pk")
    for row in old:
        again = {
            "text": row.text, "about": {"entity": "tasks", "id": made.pk}, "due": due - (task.due - row.due),
            "nag_minutes": row.nag_minutes, "owner": row.owner_id,
        }  # fmt: skip
        records.create("reminders", again, act.by_system("recurrence"))
