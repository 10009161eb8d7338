"""Tasks and promises that are open at the end of the day: done, put off, handed to somebody."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.actor import Act
from bosun.kernel.env import Env
from bosun.kernel.query import Query
from bosun.lib import dates
from bosun.modules.activities import duties
from bosun.modules.customers.rules import ring
from bosun.platform.workday import hours
from bosun.platform.workday.matters import DONE, HAND, LATER, MOST, Matter, Source
from bosun.web.present import concerning, name_of, record_url, state_of, whose

NOON = time(12)


def run(key: str, pk: int, verb: str, raw: dict[str, Any], act: Act) -> None:
    """One verb on one record; raises its refusal."""
    draft = records.run_verb(key, [pk], verb, raw, act)[0]
    if draft.failure is not None:
        raise draft.failure


def due_today(env: Env) -> Query:
    """One's promises that fall due by today."""
    mine = records.query("follow_ups", env.actor, env).near(person_id=env.actor.id or 0, step_done_at__isnull=True)
    return mine.where(next_step__isnull=False, next_step_on__lte=env.today)


def step_ring(item: Any, env: Env) -> dict[str, Any]:
    """How near a promise is."""
    if item.next_step_on is None:
        return {"state": "none", "word": _("No date")}
    return ring(item.next_step_on, item.at.astimezone(ZoneInfo(env.company.zone)).date(), env)


class Tasks(Source):
    """One's own tasks due by today."""

    key = "tasks"

    def __call__(self, env: Env) -> list[Matter]:
        if not duties.may_read(env):
            return []
        entity = registry.get("tasks")
        found = duties.due_by_today(env).sort(["due"]).page(limit=MOST).items
        records.preload(entity, found, env, concerning(entity))
        rights = {DONE: "done", LATER: "change", HAND: "transfer"}
        may = frozenset(what for what, action in rights.items() if access.may(env.actor, entity, action))
        return [
            Matter(
                "tasks", item.pk, name_of(entity, item, env), " · ".join(whose(entity, item, env)),
                record_url(entity, item.pk), item.due, state_of(entity, item, env), may,
            )
            for item in found
        ]  # fmt: skip

    def done(self, pk: int, act: Act, env: Env) -> None:
        run("tasks", pk, "done", {}, act)

    def later(self, pk: int, at: datetime, act: Act, env: Env) -> None:
        records.change("tasks", pk, {"due": at}, act, env=env)

    def hand(self, pk: int, person: int, act: Act, env: Env) -> None:
        run("tasks", pk, "transfer", {"owner": person}, act)


class Promises(Source):
    """One's own promises due by today. Handed over, a promise becomes a task of the other."""

    key = "follow_ups"

    def __call__(self, env: Env) -> list[Matter]:
        entity = registry.get("follow_ups")
        if not access.may(env.actor, entity, "read"):
            return []
        found = due_today(env).sort(["next_step_on"]).page(limit=MOST).items
        records.preload(entity, found, env, ["customer", "contact"])
        may = frozenset(
            {DONE, LATER, HAND} if access.may(env.actor, registry.get("tasks"), "create") else {DONE, LATER}
        )
        return [self._matter(item, may, env) for item in found]

    def _matter(self, item: Any, may: frozenset[str], env: Env) -> Matter:
        specs = access.specs(registry.get("follow_ups"), env.actor)
        names = [specs[name].kind.text(specs[name].get(item), env) for name in ("contact", "customer") if name in specs]
        url = f"/customers/{item.customer_id}" if item.customer_id else f"/follow_ups/{item.pk}"
        due = dates.localise(item.next_step_on, NOON, env.company.zone)
        note = ", ".join(name for name in names if name)
        return Matter(self.key, item.pk, item.next_step, note, url, due, step_ring(item, env), may)

    def done(self, pk: int, act: Act, env: Env) -> None:
        run(self.key, pk, "complete", {}, act)

    def later(self, pk: int, at: datetime, act: Act, env: Env) -> None:
        run(self.key, pk, "postpone", {"on": at.astimezone(ZoneInfo(env.company.zone)).date()}, act)

    def hand(self, pk: int, person: int, act: Act, env: Env) -> None:
        item = records.get(self.key, pk, env.actor, "change")
        about = {"entity": item.about_entity, "id": item.about_id}
        with transaction.atomic():
            raw = {"subject": item.next_step, "about": about, "owner": person, "due": hours.end_for(person, env.now)}
            records.create("tasks", raw, act, env)
            run(self.key, pk, "complete", {}, act)
