"""What follows a task: its reminders move and end with it, the next of a series is made, who gives one reads on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from bosun.kernel import ports, records, sharing
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.lib import recurrence
from bosun.platform.feeds import guests
from bosun.platform.org import actors
from bosun.platform.reminders import services as reminders


def follow_tasks(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """An effect of every change of tasks."""
    for draft in drafts:
        if draft.verb in ("removed", "restored"):
            # What is about a task goes to the bin with it, and comes back with it; that one was given it, does not.
            reminders.settle(draft.entity.key, draft.id)
            continue
        old, new = draft.diff.get("done_at", (None, None))
        if new is not None:
            _finish(draft, act, env)
        elif old is not None:
            reminders.reopen(draft.entity.key, draft.id, old, act.by_system("task reopened"))
        if draft.new:
            _give(draft, None, act, env)
        else:
            _move(draft, act)
            if "owner" in draft.diff:
                _give(draft, draft.diff["owner"][0], act, env)


def _finish(draft: Draft, act: Act, env: Env) -> None:
    reminders.finish(draft.entity.key, draft.id, act.by_system("task done"))
    task = draft.record
    if task.recurrence and task.due:
        _make_next(draft.entity, task, act, env)


def _make_next(entity: Entity, task: Any, act: Act, env: Env) -> None:
    """The next of a series: after the one that is done, and not in the past; one alone, however often it is done."""
    held = entity.model._default_manager.filter(follows=task.pk, deleted_at__isnull=True).first()
    if held is not None:
        guests.go_along(entity.key, task.pk, held.pk)
        return
    start = task.series_start or task.due
    due = recurrence.following(task.recurrence, start, max(task.due, env.now), zone_of(task.owner_id))
    if due is None:
        return
    lines = [{"text": line["text"], "done": False} for line in task.checklist or []]
    raw: dict[str, Any] = {
        "subject": task.subject, "due": due, "priority": task.priority, "recurrence": task.recurrence,
        "note": task.note, "owner": task.owner_id, "checklist": lines or None, "about": task.about,
    }  # fmt: skip
    system = act.by_system("recurrence")
    made = Draft(entity, raw, verb="created", values={"series_start": start, "follows": task.pk})
    records.save([made], system)
    if made.failure is not None:
        raise made.failure
    reminders.repeat(entity.key, task.pk, made.id, task.due, due, system)
    guests.go_along(entity.key, task.pk, made.id)


def zone_of(person: int | None) -> str:
    """The zone on whose wall clock a person lives."""
    found = actors.load(person) if person else None
    return found.zone if found else ports.company().zone


def _move(draft: Draft, act: Act) -> None:
    """Reminders keep their distance to the due time."""
    before, after = draft.diff.get("due", (None, None))
    if isinstance(before, datetime) and isinstance(after, datetime):
        reminders.move(draft.entity.key, draft.id, before, after, act.by_system("task moved"))


def take_back(drafts: Sequence[Draft], env: Env) -> None:
    """A projection: who has a task no more, as also after an undo, is told no more that it was given to him."""
    if not drafts or drafts[0].entity.key != "tasks":
        return
    for draft in drafts:
        before = draft.diff["owner"][0] if "owner" in draft.diff and draft.verb != "created" else None
        if before is not None:
            reminders.withdraw("given", "tasks", draft.id, before)


def _give(draft: Draft, before: int | None, act: Act, env: Env) -> None:
    """Whoever gives a task to somebody keeps reading it, and the other is told."""
    owner, giver = draft.record.owner_id, act.actor.id
    if giver is None or owner is None or owner in (giver, before) or act.depth:
        return
    sharing.share(draft.entity, draft.id, giver, "read", act.by_system("task given"))
    receiver = actors.load(owner)
    if receiver is None:
        return
    with translation.override(receiver.language):
        text = _("%(who)s gave you: %(task)s") % {"who": act.actor.name, "task": draft.record.subject}
    reminders.tell(owner, f"given:{draft.change_id}", text, draft.entity.key, draft.id, env.now)
