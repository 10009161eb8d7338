"""What a reminder may say, decided before it is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from bosun.kernel import registry
from bosun.kernel.actor import Actor, Scope
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.lib import dates, recurrence
from bosun.platform.org import managers
from bosun.platform.org.models import Person
from bosun.platform.reminders import channels, lasting, series
from bosun.platform.reminders.models import Occurrence

MOST_PEOPLE = 500
NAMED = 5


def new_time_ends_snooze(draft: Draft, env: Env) -> None:
    """Whoever sets another time does not mean the old snooze."""
    if not draft.new and "due_at" in draft.values and "snoozed_until" not in draft.values:
        draft.put("snoozed_until", None)


def begin_series(draft: Draft, env: Env) -> None:
    """What recurs keeps the clock of its zone; it begins with the first time that fits its rule."""
    if not draft.changes("rule", "timezone", "due_at", "on_opening"):
        return
    _begin(draft, env)
    recurs = draft.value("rule") is not None or any(error.field == "rule" for error in draft.errors)
    if draft.new and draft.errors and recurs and draft.value("due_at") is None:
        draft.put("due_at", env.now)  # refused for its rule or its zone, it is not asked for a time as well


def _begin(draft: Draft, env: Env) -> None:
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
    if rule is None and not draft.new and draft.changes("rule") and not draft.changes("due_at"):
        due = _stands_for(draft, due)
    if rule is None:
        _put(draft, due_at=due, wall=None)
        return
    due = due.replace(microsecond=0)  # which rules do not know
    wall = series.on_the_wall(due, zone)
    # Earlier than the moment itself where the clock shows this time twice.
    shown = min(due, dates.localise(wall.date(), wall.time(), zone).astimezone(UTC))
    rule = recurrence.from_day(rule, wall.day)
    found = None
    if recurrence.occurs(rule, wall):
        found = next(recurrence.times(rule, wall, shown - series.A_SECOND, zone), None)
    if found is None:
        draft.refuse("rule", _("This would never come again. Choose other days."))
        return
    found = due if found == shown else found
    began = wall if found == due else series.on_the_wall(found, zone)
    _put(draft, due_at=found, rule=rule, timezone=zone, wall=began.isoformat())


def _stands_for(draft: Draft, due: datetime) -> datetime:
    """Which time is left of a series that is one no more: the one that stands open, else the next."""
    held = Occurrence.objects.filter(reminder_id=draft.pk, state="open", deleted_at__isnull=True)
    return held.aggregate(last=Max("due_at"))["last"] or draft.record.next_at or due


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
    """Others are reminded by whoever has the right to remind them; to make one in another's name reminds him."""
    wanted = set(draft.values.get("people") or ())
    before = set() if draft.new else set(draft.record.people or ())
    if len(wanted) > MOST_PEOPLE:
        draft.refuse("people", _("At most %(max)s people.") % {"max": MOST_PEOPLE})
        return
    owner = draft.value("owner") if draft.new else None
    if draft.new and owner is None and not wanted:
        draft.refuse("owner", _("Say who is to be reminded."))
        return
    others = wanted - before - {env.actor.id}
    field = "people" if others or owner is None else "owner"
    others |= {owner} - {env.actor.id, None}
    closed = Person.objects.filter(pk__in=others).exclude(remindable(env.actor)).order_by("name_sort", "pk")
    names = list(closed.values_list("name", flat=True)[:NAMED]) if others else []
    if names:
        said = _("%(names)s: you may remind only people of your own departments, and need the right to do so.")
        draft.refuse(field, said % {"names": ", ".join(names)})


def hand_over_with_owner(draft: Draft, env: Env) -> None:
    """Where its owner is one of those named, whoever has it from now on takes his place."""
    if draft.new or not draft.changes("owner") or draft.changes("people"):
        return
    people, before, after = draft.record.people or [], draft.record.owner_id, draft.value("owner")
    if before in people and after is not None:
        draft.put("people", list(dict.fromkeys(after if each == before else each for each in people)))


def remindable(actor: Actor) -> Q:
    """The people whom somebody may remind: himself always."""
    scope = actor.scope("reminders", "assign")
    if scope == Scope.ALL:
        return Q(pk__isnull=False)
    return Q(pk=actor.id) | Q(department_id__in=managers.reached(actor, scope))


def made_by_reminders(draft: Draft, env: Env) -> None:
    """Nobody writes an occurrence by hand."""
    if draft.new:
        draft.refuse("reminder", _("Occurrences are made by their reminder. Make a reminder instead."))
    elif draft.changes("owner"):
        draft.refuse("owner", _("Hand over the reminder itself."))


RULES: list[Callable[[Draft, Env], None]] = [
    new_time_ends_snooze, begin_series, check_end, check_channels, check_people,
    hand_over_with_owner,
]  # fmt: skip
