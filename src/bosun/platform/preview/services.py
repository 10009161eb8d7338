"""What is coming, per person: reminders, dates of records, rules that wait or act by time, and subscriptions.

Everybody sees his own, whoever leads others theirs, an administrator everybody's. What a record says is shown as far
as it is open to the reader; that somebody will be reminded is told all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import islice, takewhile
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from bosun.kernel import registry
from bosun.kernel.actor import Actor
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid, NotFound
from bosun.kernel.kinds import Date, Moment
from bosun.lib import dates
from bosun.platform.away import lending, periods, routing
from bosun.platform.feeds import agenda
from bosun.platform.feeds.agenda import Item
from bosun.platform.org import managers
from bosun.platform.org.models import Person
from bosun.platform.preview import acting
from bosun.platform.preview.window import EACH, MOST, PAGE, Coming, Window, open_among
from bosun.platform.reminders import engine, series
from bosun.platform.reminders.models import Occurrence, Reminder
from bosun.platform.subscriptions import planning
from bosun.platform.subscriptions.models import Standing

DAYS, MOST_DAYS = 7, 31
MOST_PEOPLE = 2000


@dataclass(frozen=True)
class Preview:
    """The answer; `more` where something was left out for its number."""

    items: list[Coming]
    people: dict[int, str]
    until: datetime
    more: bool


def of(env: Env, days: int = DAYS, person: int | None = None) -> Preview:
    """What is coming for those whom the actor may ask about, or for one of them."""
    checked(days)
    people = people_of(env.actor, person)
    if person is not None and not people:
        raise NotFound()
    window = Window(env, people, env.now + timedelta(days=days))
    window.more = len(people) == MOST_PEOPLE and _live(env.actor).count() > MOST_PEOPLE
    found: list[Coming] = []
    for source in SOURCES:
        found += window.first(list(islice(source(window), MOST + 1)), MOST)
    zone = env.company.zone
    found.sort(key=lambda each: (_moment(each.at, zone), each.person, each.kind, each.pk or 0))
    return Preview(_instead(found, people, zone), people, window.until, window.more)


def _instead(items: Sequence[Coming], people: Mapping[int, str], zone: str) -> list[Coming]:
    """With who is told of it where somebody is away by then: Cyd for Ann."""
    told = [
        periods.end_of_chain(each.person, each.along, _moment(each.at, zone, time(12))) if each.along else None
        for each in items
    ]
    wanted = set(told) - {None}
    names = dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}

    def why(each: Coming, delegate: int) -> str:
        said = _("%(delegate)s for %(person)s") % {"delegate": names[delegate], "person": people[each.person]}
        return " · ".join(part for part in (each.why, said) if part)

    return [
        each if delegate is None else replace(each, why=why(each, delegate))
        for each, delegate in zip(items, told, strict=True)
    ]


def checked(days: int) -> int:
    """How far one may look ahead; Invalid where it is too far."""
    if not 1 <= days <= MOST_DAYS:
        raise Invalid([FieldError("days", _("Give a number of days from 1 to %(max)s.") % {"max": MOST_DAYS})])
    return days


def people_of(actor: Actor, person: int | None = None) -> dict[int, str]:
    """Whom somebody may ask about, by name: himself, whom he leads, or everybody; or the one of them who is wanted."""
    live = _live(actor) if person is None else _live(actor).filter(pk=person)
    return dict(live.order_by("name_sort", "pk").values_list("pk", "name")[:MOST_PEOPLE])


def _live(actor: Actor) -> QuerySet[Person]:
    live = Person.objects.filter(deleted_at__isnull=True, active=True)
    if actor.is_admin:
        return live
    led = managers.led(actor, *(actor.scope(key, "read") for key in agenda.offered))
    return live.filter(Q(pk=actor.id or 0) | Q(department_id__in=led))


def _moment(at: date | datetime, zone: str, hour: time = time(0)) -> datetime:
    return at if isinstance(at, datetime) else dates.localise(at, hour, zone)


def _times(row: Any, window: Window) -> Sequence[datetime]:
    """The times of a reminder in the window, from its next one on."""
    found = [row.next_at]
    if row.rule:
        found += takewhile(lambda at: at <= window.until, islice(series.coming(row, row.next_at), EACH))
    return window.first(found, EACH)


# sources -----------------------------------------------------------------------------------------------------------


def reminders(window: Window) -> Iterator[Coming]:
    """Reminders at their next time, and the further ones of a series, for their owners or whom these named.

    A text only where it is open, or where it will be told to whoever asks.
    """
    entity = registry.get("reminders")
    live = Q(deleted_at__isnull=True, state="open")
    owned = Q(owner_id__in=window.people)
    named = entity.specs()["people"].q(entity.key, "in", [str(pk) for pk in window.people])
    begin = Reminder.objects.filter(live, owned | named | _naming_who_left(entity), next_at__lte=window.until)
    rows = window.first(list(begin.order_by("next_at", "pk")[: MOST + 1]), MOST)
    # The next time of a series stands for a nag at the same moment, and for what was put off beyond it.
    before = Q(reminder__next_at__isnull=True) | Q(reminder__next_at__gt=F("next_nag_at"))
    nags = Occurrence.objects.filter(live, owned, before, next_nag_at__lte=window.until).select_related("reminder")
    nagging = window.first(list(nags.order_by("next_nag_at", "pk")[: MOST + 1]), MOST)
    open_ = open_among("reminders", [row.pk for row in rows] + [each.reminder_id for each in nagging], window.actor)
    label = str(agenda.offered["reminders"].reason)

    def said(row: Any, person: int, at: datetime) -> Coming:
        again = _("again every %(n)s min until done") % {"n": row.nag_minutes} if row.nag_minutes else ""
        text = str(row.text) if row.pk in open_ or person == window.actor.id else _("Not open to you")
        pk = row.pk if row.pk in open_ else None
        return Coming(person, at, text, "reminder", label, entity.key, pk, again, "reminders")

    told = _told()
    for row in rows:
        for at in _times(row, window):
            people = dict.fromkeys(told(person, at) for person in engine.people_of(row))
            yield from (said(row, person, at) for person in people if person in window.people)
    for each in nagging:
        yield said(each.reminder, each.owner_id, each.next_nag_at)


def _naming_who_left(entity: Entity) -> Q:
    left = Person.objects.exclude(deleted_at__isnull=True, active=True).order_by("-pk").values_list("pk", flat=True)
    gone = [str(pk) for pk in left[:MOST_PEOPLE]]
    return entity.specs()["people"].q(entity.key, "in", gone) if gone else Q(pk__in=[])


def _told() -> Callable[[int, datetime], int]:
    """Who is told what is for somebody at a moment: himself, or instead of one who left whoever answers then."""
    active, manager = routing.there(), cache(managers.deputy_of)

    def told(person: int, at: datetime) -> int:
        heir = None if person in active else routing.deputy(person, "reminders", at, active, manager)
        return heir or person

    return told


def dated(window: Window) -> Iterator[Coming]:
    """Dates of records: what is to be done or was promised. Nobody is told of a date alone, which is said."""
    env = window.env
    for held in agenda.offered.values():
        # What is not in the feed says itself of which days somebody is told.
        if held.entity == "reminders" or not held.feed or (asked := agenda.query(held, env, window.people)) is None:
            continue
        entity = registry.get(held.entity)
        kind = entity.specs()[held.at].kind
        if isinstance(kind, Date) and not isinstance(kind, Moment):
            asked = asked.where(**{f"{held.at}__gte": env.today, f"{held.at}__lte": window.last_day})
        else:
            asked = asked.where(**{f"{held.at}__gte": env.now, f"{held.at}__lte": window.until})
        along = lending.kind_of(entity) if lending.lendable(entity) else ""
        for rows in asked.sort([held.at]).walk(PAGE):
            items = agenda.items(held, rows, env)
            reminded = _reminded(entity.key, items)
            for item in items:
                silent = "" if (item.pk, item.person) in reminded else _("no reminder")
                why = " · ".join(part for part in (item.about, silent) if part)
                reason = str(held.reason)
                yield Coming(item.person, item.at, item.text, "date", reason, held.entity, item.pk, why, along)


def _reminded(key: str, items: Sequence[Item]) -> set[tuple[int, int]]:
    """Of which records whom an open reminder reminds."""
    rows = Reminder.objects.filter(
        deleted_at__isnull=True, state="open", about_entity=key, about_id__in=[item.pk for item in items]
    )
    return {(row.about_id, person) for row in rows for person in engine.people_of(row)}


def subscriptions(window: Window) -> Iterator[Coming]:
    """Issues of subscriptions."""
    found = Standing.objects.filter(
        next_at__lte=window.until, subscription__owner_id__in=window.people, subscription__deleted_at__isnull=True
    )
    ordered = found.select_related("subscription").order_by("next_at", "pk")
    rows = window.first(list(ordered[: MOST + 1]), MOST)
    open_ = open_among("subscriptions", [row.pk for row in rows], window.actor)
    label = registry.get("subscriptions").label
    for row in rows:
        held = row.subscription
        text = str(held.name) if row.pk in open_ else _("Not open to you")
        at, pk = row.next_at, row.pk if row.pk in open_ else None
        for _each in range(EACH):
            if at is None or at > window.until:
                break
            yield Coming(held.owner_id or 0, at, text, "subscription", label, "subscriptions", pk)
            at = planning.after(held, at)
        else:
            window.more = window.more or (at is not None and at <= window.until)


SOURCES: list[Callable[[Window], Iterator[Coming]]] = [reminders, dated, acting.waits, acting.rules, subscriptions]
"""Modules add theirs."""


# as programs get it ------------------------------------------------------------------------------------------------


def as_json(found: Preview, days: int) -> dict[str, Any]:
    """The answer of the API."""
    return {
        "days": days,
        "until": Moment().dump(found.until),
        "items": [line_json(each, found.people) for each in found.items],
        "more": found.more,
    }


def line_json(each: Coming, people: Mapping[int, str]) -> dict[str, Any]:
    """One line of it."""
    return {
        "person": {"id": each.person, "name": people[each.person]},
        "at": Moment().dump(each.at.astimezone(UTC)) if isinstance(each.at, datetime) else each.at.isoformat(),
        "text": each.text,
        "reason": each.kind,
        "says": each.reason,
        "why": each.why,
        "record": {"entity": each.entity, "id": each.pk} if each.pk else None,
    }
