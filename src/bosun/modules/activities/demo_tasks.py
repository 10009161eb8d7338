"""What Ann, Ben and Cyd of the demo have to do: late, today and later; one of them is reminded soon after the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bosun.kernel import loading, registry
from bosun.kernel.kinds import AnyValue
from bosun.lib import clock
from bosun.modules.customers.demo import Plan

Duty = tuple[str, int, int, str, str | None, tuple[str, ...], int | None, int]
"""Text, day from today, hour, priority, recurrence, checklist, reminder so many minutes before, again every."""

DUTIES: dict[str, tuple[Duty, ...]] = {
    "ann": (
        ("Send the drawing of the CR-40 flange", -1, 15, "high", None, (), 60, 0),
        ("Check the stock of FKM seals", 0, 11, "normal", None, ("Ask Elena", "Note the lot"), 30, 0),
        ("Weekly plan to Ben", 0, 16, "normal", "FREQ=WEEKLY", ("Visits", "Offers", "Trouble"), 60, 15),
        ("Prepare the demo pump for the visit", 2, 10, "normal", None, ("Seals", "Cable", "Data sheet"), 1440, 0),
        ("Ask three customers for a reference", 9, 9, "low", None, (), None, 0),
    ),
    "ben": (
        ("Approve the discount for the frame contract", 0, 17, "high", None, (), 60, 30),
        ("Go through the team's open offers", 1, 9, "normal", "FREQ=WEEKLY;BYDAY=MO", ("Ann", "Olivia", "Tom"), 15, 0),
        ("Numbers of the month to Alba", 6, 12, "normal", "FREQ=MONTHLY", (), 1440, 0),
    ),
    "cyd": (
        ("给新泵站补发报价单", -2, 10, "high", None, (), 30, 0),
        ("和仓库核对备件库存", 0, 14, "normal", None, ("机封", "轴承"), 30, 0),
        ("每周工作小结", 3, 17, "normal", "FREQ=WEEKLY;BYDAY=FR", (), 60, 0),
    ),
}  # fmt: skip
SOON = {
    "ann": "Call back about the delivery date",
    "ben": "Ring Alba before the meeting",
    "cyd": "给客户回电话确认交期",
}


def store(found: Sequence[Plan], people: Mapping[str, int], zones: Mapping[str, str]) -> int:
    """Store tasks and reminders, about the customers of each where there are some; how many tasks there are."""
    now = clock.now()
    tasks: list[dict[str, Any]] = []
    reminders: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for username, duties in DUTIES.items():
        owned = [plan for plan in found if plan.seller.person == people[username]]
        rows = [_task(duty, username, people, zones, now) for duty in duties]
        soon = {**rows[0], "subject": SOON[username], "due": now + timedelta(minutes=4), "priority": "high"}
        rows.append({**soon, "recurrence": None, "checklist": None, "series_start": None})
        for row, plan in zip(rows, owned, strict=False):
            row |= {"about": AnyValue("customers", plan.pk), "customer": plan.pk}
        tasks += rows
        reminders += [_reminder(row, duty[6], duty[7]) for row, duty in zip(rows, duties, strict=False) if duty[6]]
        reminders.append(_reminder(rows[-1], 2, 1))
    made = loading.load(registry.get("tasks"), tasks)
    by_task = {id(row): record.pk for row, record in zip(tasks, made, strict=True)}
    ready = [{**each, "about": AnyValue("tasks", by_task[id(task)])} for task, each in reminders]
    loading.load(registry.get("reminders"), ready)
    return len(made)


def _task(
    duty: Duty, username: str, people: Mapping[str, int], zones: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    text, day, hour, priority, recurrence, lines, _before, _again = duty
    wall = now.astimezone(ZoneInfo(zones[username])) + timedelta(days=day)
    due = wall.replace(hour=hour, minute=0, second=0, microsecond=0)
    return {
        "subject": text, "due": due, "priority": priority, "recurrence": recurrence, "owner": people[username],
        "checklist": [{"text": line, "done": False} for line in lines] or None, "created_by": people[username],
        "series_start": due if recurrence else None, "created_at": min(due, now) - timedelta(days=3),
    }  # fmt: skip


def _reminder(task: dict[str, Any], before: int | None, again: int) -> tuple[dict[str, Any], dict[str, Any]]:
    due = task["due"] - timedelta(minutes=before or 0)
    return task, {
        "text": task["subject"], "due_at": due, "nag_minutes": again, "state": "open",
        "owner": task["owner"], "created_by": task["owner"],
    }  # fmt: skip
