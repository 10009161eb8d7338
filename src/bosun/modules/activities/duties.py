"""What tasks put into pages: those of the day, and the open ones of a record."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import access, records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.query import Query
from bosun.platform.reminders import nearness
from bosun.web.day import Section
from bosun.web.present import concerning, head, state_of, whose
from bosun.web.recordpage import Panel
from bosun.web.visit import Visit

SHOWN = 12
AT_SIDE = 5
HORIZON = timedelta(days=7)


def may_read(env: Env) -> bool:
    """Whether this person works with tasks."""
    return env.actor.id is not None and access.may(env.actor, registry.get("tasks"), "read")


def mine(env: Env) -> Query:
    """One's own that are open."""
    return records.query("tasks", env.actor, env).where(owner_id=env.actor.id or 0, done_at__isnull=True)


def due_by_today(env: Env) -> Query:
    """One's own that are overdue or due today."""
    return mine(env).where(due__lt=nearness.midnight(1))


def of_the_day(visit: Visit) -> list[Section]:
    """One's open tasks, the most pressing first."""
    env = visit.env
    if not may_read(env):
        return []
    entity = registry.get("tasks")
    near = mine(env).where(due__lt=env.now + HORIZON).sort(["due"]).page(limit=SHOWN).items
    undated = mine(env).where(due__isnull=True).sort(["-created_at"]).page(limit=max(0, SHOWN - len(near)) or 1).items
    found = [*near, *undated][:SHOWN]
    records.preload(entity, found, env, [*concerning(entity), "recurrence"])
    count = len(found) if len(found) < SHOWN else mine(env).count()[0]
    context = {
        "tasks": {
            "count": count,
            "items": [_line(entity, item, env) for item in found],
            "more_url": "/tasks?view=mine" if count > len(found) else "",
            "add_url": "/tasks/new?back=/day" if access.may(visit.actor, entity, "create") else "",
        }
    }
    return [Section("tasks", _("Tasks"), "activities/day_tasks.html", context, wide=True, order=20)]


def _line(entity: Entity, item: Any, env: Env) -> dict[str, Any]:
    specs = access.specs(entity, env.actor)
    repeats = specs["recurrence"].kind.text(item.recurrence, env) if "recurrence" in specs else ""
    return {
        **head(entity, item, env),
        "note": " · ".join(filter(None, [*whose(entity, item, env), repeats])),
        "ring": state_of(entity, item, env),
        "done_url": f"/tasks/{item.pk}/verbs/done",
    }


def sentence(visit: Visit) -> str:
    """What is to be done today."""
    if not may_read(visit.env):
        return ""
    count = due_by_today(visit.env).count()[0]
    if not count:
        return ""
    return ngettext("%(n)s task is due.", "%(n)s tasks are due.", count) % {"n": count}


def counts(env: Env) -> dict[str, Any]:
    """What stands behind the number beside “My day”."""
    return {"day": due_by_today(env).rows()} if may_read(env) else {}


def panels(visit: Visit, entity: Entity, record: Any) -> list[Panel]:
    """The open tasks of a record, at its side; on a customer all of its own."""
    env = visit.env
    if entity.key == "tasks" or entity.menu != "main" or not may_read(env):
        return []
    task = registry.get("tasks")
    query = records.query(task, visit.actor, env).where(done_at__isnull=True)
    if entity.key == "customers":
        query, leaf = query.near(customer_id=record.pk), {"field": "customer", "value": record.pk}
    else:
        query = query.near(about_entity=entity.key, about_id=record.pk)
        leaf = {"field": "about", "value": f"{entity.key}:{record.pk}"}
    found = query.sort(["due"]).page(limit=AT_SIDE + 1).items
    count = len(found) if len(found) <= AT_SIDE else query.count()[0]
    here = f"/{entity.key}/{record.pk}"
    side = {
        "key": "tasks",
        "title": _("Open tasks"),
        "url": f"/tasks?{urlencode({'filter': json.dumps({'all': [{**leaf, 'op': 'is'}]})})}",
        "count": count,
        "add_url": add_url(visit, here) if access.may(visit.actor, task, "create") else "",
        "items": [{**head(task, item, env), "ring": state_of(task, item, env)} for item in found[:AT_SIDE]],
    }
    return [Panel("tasks", _("Open tasks"), side=side)]


def add_url(visit: Visit, here: str) -> str:
    """The form of a new task about the record on this page."""
    return f"/tasks/new?about={here.lstrip('/').replace('/', ':')}&back={here}"


def verb(visit: Visit, here: str) -> list[dict[str, Any]]:
    """The button that adds a task, for the head of a record."""
    if not access.may(visit.actor, registry.get("tasks"), "create"):
        return []
    return [{"key": "task", "label": _("Add task"), "icon": "checkbox", "url": add_url(visit, here)}]
