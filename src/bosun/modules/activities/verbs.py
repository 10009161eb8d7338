"""What one does with a promise, and with a task."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.kinds import Date
from bosun.kernel.verbs import Param, Verb


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
    params = (Param("on", pgettext_lazy("day", "On"), Date()),)

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
