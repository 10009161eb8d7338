"""What one does with a promise, and with a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.kinds import Boolean, Date, Number
from bosun.kernel.query import environment
from bosun.kernel.verbs import Param, Verb
from bosun.kernel.writing import save
from bosun.modules.activities import tasks


class CompleteStep(Verb):
    """The next step has been done."""

    key = "complete"
    past = "step_done"
    label = _("Next step done")
    icon = "check"

    def offered(self, record: Any, env: Env) -> bool:
        return bool(record.next_step and record.step_done_at is None)

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        return {"step_done_at": env.now}


class PostponeStep(Verb):
    """The next step is for another day."""

    key = "postpone"
    past = "step_postponed"
    label = _("Later")
    icon = "calendar"
    params = (Param("on", _("On"), Date()),)

    def offered(self, record: Any, env: Env) -> bool:
        return bool(record.next_step and record.step_done_at is None)

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        return {"next_step_on": given["on"]}


class FinishTask(Verb):
    """The task is done; one that recurs makes the next."""

    key = "done"
    past = "done"
    label = _("Done")
    icon = "check"
    primary = True

    def offered(self, record: Any, env: Env) -> bool:
        return record.done_at is None

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        return {"done_at": env.now}


class ReopenTask(Verb):
    """It was not done after all."""

    key = "reopen"
    past = "reopened"
    label = _("Reopen")
    icon = "refresh"

    def offered(self, record: Any, env: Env) -> bool:
        return record.done_at is not None

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        return {"done_at": None}


class Tick(Verb):
    """One line of the checklist is done, or is not."""

    key = "tick"
    past = "ticked"
    label = _("Checklist ticked")
    icon = "checkbox"
    bulk = False
    in_menu = False
    params = (
        Param("line", _("Line"), Number(low=1, high=tasks.MOST)),
        Param("done", _("Done"), Boolean(), required=False),
    )

    def offered(self, record: Any, env: Env) -> bool:
        return bool(record.checklist)

    def run(self, entity: Entity, ids: Sequence[int], raw: Mapping[str, Any], act: Act) -> list[Draft]:
        with transaction.atomic():
            # Locked, so that two people who tick at once both count.
            rows = entity.model._default_manager.select_for_update().filter(pk__in=ids)
            held = dict(rows.values_list("pk", "checklist"))
            env = environment(act.actor)
            given = self.read(raw, env)
            drafts = [self._draft(entity, pk, held.get(pk), given) for pk in ids]
            save(drafts, act, env)
        return drafts

    def _draft(self, entity: Entity, pk: int, lines: Any, given: Mapping[str, Any]) -> Draft:
        draft = Draft(entity, {}, pk=pk, verb=self.past)
        place, done = given["line"] - 1, given["done"] is not False
        if 0 <= place < len(lines or ()):
            draft.put("checklist", [{**line, "done": done} if n == place else line for n, line in enumerate(lines)])
        else:
            draft.refuse("line", gettext("There is no such line."))
        return draft
