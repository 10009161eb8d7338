"""What one does with a reminder."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid
from bosun.kernel.kinds import Moment, Number
from bosun.kernel.verbs import Param, Verb


class Done(Verb):
    """It is done; nothing is told any more."""

    key = "done"
    past = "done"
    label = _lazy("Done")
    icon = "check"
    primary = True

    def offered(self, record: Any, env: Env) -> bool:
        return bool(record.state == "open")

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        return {"state": "done", "done_at": env.now, "snoozed_until": None}


class Snooze(Verb):
    """Not now: in some minutes, or at a time."""

    key = "snooze"
    past = "snoozed"
    label = _lazy("Snooze")
    icon = "clock"
    params = (
        Param("minutes", _lazy("In minutes"), Number(low=1, high=44_640), required=False),
        Param("until", _lazy("Until"), Moment(), required=False),
    )

    def offered(self, record: Any, env: Env) -> bool:
        return bool(record.state == "open")

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        until = given["until"] or (env.now + timedelta(minutes=given["minutes"]) if given["minutes"] else None)
        if until is None or until <= env.now:
            raise Invalid([FieldError("until", _("Choose a time that is still to come."))])
        return {"snoozed_until": until}


class Reopen(Verb):
    """It was not done after all."""

    key = "reopen"
    past = "reopened"
    label = _lazy("Reopen")
    icon = "refresh"

    def offered(self, record: Any, env: Env) -> bool:
        return bool(record.state != "open")

    def values(self, draft: Draft, given: Mapping[str, Any], env: Env) -> Mapping[str, Any]:
        return {"state": "open", "done_at": None}
