"""The next step of opportunities: what was promised about them, and what is to be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from bosun.kernel import records, registry
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.modules.activities.models import FollowUp, Task

KEY = "opportunities"
TOUCHING = {"about", "next_step", "next_step_on", "step_done_at", "subject", "due", "done_at"}
Step = tuple[str, date | None]


def note_steps(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """An effect of follow-ups and tasks: the opportunities that they are about get their next step anew."""
    ids: set[int] = set()
    for draft in drafts:
        if draft.verb in ("created", "removed", "restored") or TOUCHING & set(draft.diff):
            told = [draft.value("about"), draft.before.get("about")]
            ids.update(each.id for each in told if each is not None and each.entity == KEY)
    if ids:
        write_steps(steps_of(sorted(ids), env), act)


def write_steps(facts: dict[int, Step | None], act: Act) -> None:
    """Write the next step of opportunities, by id."""
    drafts = []
    for pk, step in facts.items():
        draft = Draft(registry.get(KEY), {}, pk=pk, verb="changed")
        draft.put("next_step", step[0] if step else None)
        draft.put("next_step_on", step[1] if step else None)
        drafts.append(draft)
    records.save(drafts, act.by_system("next step"))


def steps_of(opportunities: Sequence[int], env: Env) -> dict[int, Step | None]:
    """The step that falls due first, of promises and tasks that are open, by opportunity; two queries."""
    found: dict[int, Step | None] = dict.fromkeys(opportunities)
    for pk, step in _open_steps(opportunities, ZoneInfo(env.company.zone)):
        held = found[pk]
        if held is None or (step[1] is not None and (held[1] is None or step[1] < held[1])):
            found[pk] = step
    return found


def _open_steps(opportunities: Sequence[int], zone: ZoneInfo) -> Iterator[tuple[int, Step]]:
    about: dict[str, Any] = {"about_entity": KEY, "about_id__in": opportunities, "deleted_at__isnull": True}
    promised = FollowUp.objects.filter(**about, step_done_at__isnull=True, next_step__isnull=False).order_by("pk")
    for pk, step, day in promised.values_list("about_id", "next_step", "next_step_on"):
        yield pk, (step, day)
    for pk, subject, due in (
        Task.objects.filter(**about, done_at__isnull=True).order_by("pk").values_list("about_id", "subject", "due")
    ):
        yield pk, (subject, due.astimezone(zone).date() if due else None)
