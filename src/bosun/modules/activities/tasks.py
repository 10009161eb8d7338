"""Pure decisions about tasks."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, TextField, Value, When
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.lib import clock, recurrence
from bosun.modules.activities.rules import customer_of
from bosun.platform.reminders import nearness

PRIORITIES = {"high": _lazy("High"), "normal": _lazy("Normal"), "low": _lazy("Low")}


# the customer and the recurrence ---------------------------------------------------------------------------------


def find_customer(draft: Draft, env: Env) -> None:
    """The customer of what the task is about."""
    if "about" in draft.values:
        about = draft.values["about"]
        draft.put("customer", customer_of(about.entity, about.id) if about else None)


def check_recurrence(draft: Draft, env: Env) -> None:
    """What recurs has a first time, from which the series is counted."""
    rule = draft.value("recurrence")
    if rule is None or not draft.changes("recurrence", "due"):
        return
    due = draft.value("due")
    if due is None:
        draft.refuse("due", _("What recurs needs a first time."))
        return
    if draft.values.get("recurrence"):
        day = due.astimezone(ZoneInfo(env.actor.zone)).day
        draft.put("recurrence", recurrence.from_day(rule, day))
    if draft.values.get("series_start") is None:
        draft.put("series_start", due)


# how near the due time is ----------------------------------------------------------------------------------------


def state_of(record: Any) -> str | None:
    """Overdue, due today, soon or later; None for what is done or has no time."""
    if record.due is None or record.done_at is not None:
        return None
    return nearness.state(record.due)


def state_expression() -> Combinable:
    """The same in SQL."""
    return Case(
        When(done_at__isnull=False, then=Value(None)),
        When(due__lt=clock.now(), then=Value("overdue")),
        When(due__lt=nearness.midnight(1), then=Value("due")),
        When(due__lt=nearness.midnight(1 + nearness.SOON_DAYS), then=Value("soon")),
        When(due__isnull=False, then=Value("good")),
        output_field=TextField(),
    )
