"""What a reminder may say, decided before it is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import registry
from bosun.kernel.actor import Scope
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.lib import dates, recurrence
from bosun.platform.org import managers
from bosun.platform.org.models import Person
from bosun.platform.reminders import channels, lasting, series

MOST_PEOPLE = 500


def new_time_ends_snooze(draft: Draft, env: Env) -> None:
    """Whoever sets another time does not mean the old snooze."""
    if not draft.new and "due_at" in draft.values and "snoozed_until" not in draft.values:
        draft.put("snoozed_until", None)


def begin_series(draft: Draft, env: Env) -> None:
    """What recurs keeps the clock of its zone; it begins with the first time that fits its rule."""
    if not draft.changes("rule", "timezone", "due_at", "on_opening"):
        return
    zone = draft.value("timezone") or series.zone_of(draft.value("owner"))
    if zone not in dates.zones():
        draft.refuse("timezone", _("There is no time zone called “%(zone)s”.") % {"zone": zone[:60]})
        return
    due: datetime | None = draft.value("due_at")
    if due is None and draft.new and draft.value("rule") is not None:
        due = series.soonest(draft.value("rule"), env.now, zone)
    if due is None:
        return
    if draft.value("on_opening"):
        due = dates.localise(series.on_the_wall(due, zone).date(), time(), zone).astimezone(UTC)
    rule = draft.value("rule")
    if rule is None:
        _put(draft, due_at=due, wall=None)
        return
    wall = series.on_the_wall(due, zone)
    rule = recurrence.from_day(rule, wall.day)
    found = None
    if recurrence.occurs(rule, wall):
        found = next(recurrence.times(rule, wall, due - series.A_SECOND, zone), None)
    if found is None:
        draft.refuse("rule", _("This would never come again. Choose other days."))
        return
    began = wall if found == due else series.on_the_wall(found, zone)
    _put(draft, due_at=found, rule=rule, timezone=zone, wall=began.isoformat())


def _put(draft: Draft, **values: Any) -> None:
    for name, value in values.items():
        if draft.value(name) != value:
            draft.put(name, value)


def check_end(draft: Draft, env: Env) -> None:
    """A last day lies behind the first time; a condition fits the record it is about."""
    until, due = draft.value("until"), draft.value("due_at")
    if isinstance(until, dict):
        if draft.changes("until", "about"):
            _check_condition(draft, until, env)
    elif until is not None and due is not None and draft.changes("until", "due_at") and not draft.errors:
        zone = draft.value("timezone") or series.zone_of(draft.value("owner"))
        if until < series.on_the_wall(due, zone).date():
            draft.refuse("until", _("It would end before it begins."))


def _check_condition(draft: Draft, tree: dict[str, Any], env: Env) -> None:
    about = draft.value("about")
    entity = registry.find(about.entity) if about else None
    if entity is None:
        draft.refuse("until", _("Say what it is about: the condition is one on that record."))
        return
    try:
        lasting.condition_of(entity, tree, env)
    except Invalid as error:
        draft.refuse("until", " ".join(part.message for part in error.errors))


def check_channels(draft: Draft, env: Env) -> None:
    """Only channels that there are."""
    for key in draft.values.get("channels") or ():
        if key not in channels.KNOWN:
            known = ", ".join(channels.KNOWN)
            draft.refuse("channels", _("There is no channel “%(key)s”. There are: %(known)s.") % locals())


def check_people(draft: Draft, env: Env) -> None:
    """Others are reminded by whoever has the right to remind them."""
    wanted = set(draft.values.get("people") or ())
    before = set() if draft.new else set(draft.record.people or ())
    if len(wanted) > MOST_PEOPLE:
        draft.refuse("people", _("At most %(max)s people.") % {"max": MOST_PEOPLE})
        return
    others = wanted - before - {env.actor.id}
    scope = env.actor.scope("reminders", "assign")
    if not others or scope == Scope.ALL:
        return
    within = managers.reached(env.actor, scope)
    open_ = Person.objects.filter(pk__in=others, department_id__in=within).values_list("pk", flat=True)
    if others - set(open_):
        draft.refuse("people", _("You may remind only people of your own departments, and need the right to do so."))


def made_by_reminders(draft: Draft, env: Env) -> None:
    """Nobody writes an occurrence by hand."""
    if draft.new:
        draft.refuse("reminder", _("Occurrences are made by their reminder. Make a reminder instead."))


RULES: list[Callable[[Draft, Env], None]] = [
    new_time_ends_snooze, begin_series, check_end, check_channels, check_people,
]  # fmt: skip
