"""What is coming, per person: reminders, dates of records, rules that wait or act by time, and subscriptions.

Everybody sees his own, whoever leads others theirs, an administrator everybody's. What a record says is shown as far
as it is open to the reader; that somebody will be reminded is told all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid, NotFound
from bosun.kernel.kinds import Date, Moment
from bosun.lib import dates
from bosun.platform.automation import coming, happenings, matching, rulebook, ticking
from bosun.platform.automation.models import Waiting
from bosun.platform.automation.subject import Seen, Subject
from bosun.platform.feeds import agenda
from bosun.platform.org import managers
from bosun.platform.org.models import Person
from bosun.platform.reminders import engine, series
from bosun.platform.reminders.models import Occurrence, Reminder
from bosun.platform.subscriptions import planning
from bosun.platform.subscriptions.models import Standing

DAYS, MOST_DAYS = 7, 31
MOST = 500
"""Of each kind; what is more is said to be there."""
MOST_PEOPLE = 2000
EACH = 40
"""Times of one series."""


@dataclass(frozen=True)
class Coming:
    """One thing of which one person will be told."""

    person: int
    at: date | datetime
    text: str
    kind: str
    reason: str
    entity: str = ""
    pk: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Window:
    """What is asked: by whom, for whom, and until when."""

    env: Env
    people: dict[int, str]
    until: datetime

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.env.actor


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
    people = people_of(env.actor)
    if person is not None:
        if person not in people:
            raise NotFound()
        people = {person: people[person]}
    window = Window(env, people, env.now + timedelta(days=days))
    found: list[Coming] = []
    more = False
    for source in SOURCES:
        part: list[Coming] = []
        for each in source(window):
            if len(part) == MOST:
                more = True
                break
            part.append(each)
        found += part
    zone = env.company.zone
    found.sort(key=lambda each: (_moment(each.at, zone), each.person, each.kind, each.pk or 0))
    return Preview(found, people, window.until, more)


def checked(days: int) -> int:
    """How far one may look ahead; Invalid where it is too far."""
    if not 1 <= days <= MOST_DAYS:
        raise Invalid([FieldError("days", _("Give a number of days from 1 to %(max)s.") % {"max": MOST_DAYS})])
    return days


def people_of(actor: Actor) -> dict[int, str]:
    """Whom somebody may ask about, by name: himself, whom he leads, or everybody."""
    live = Person.objects.filter(deleted_at__isnull=True, active=True)
    if not actor.is_admin:
        led = managers.led(actor, *(actor.scope(key, "read") for key in agenda.offered))
        live = live.filter(Q(pk=actor.id or 0) | Q(department_id__in=led))
    return dict(live.order_by("name_sort", "pk").values_list("pk", "name")[:MOST_PEOPLE])


def _moment(at: date | datetime, zone: str) -> datetime:
    return at if isinstance(at, datetime) else dates.localise(at, time(0), zone)


def _times(row: Any, until: datetime) -> list[datetime]:
    """The times of a reminder up to a moment, from its next one on."""
    found = [row.next_at]
    if row.rule:
        found += takewhile(lambda at: at <= until, islice(series.coming(row, row.next_at), EACH - 1))
    return found


# sources -----------------------------------------------------------------------------------------------------------


def reminders(window: Window) -> Iterator[Coming]:
    """Reminders at their next time, and the further ones of a series, for their owners or whom these named.

    A text only where it is open, or where it will be told to whoever asks.
    """
    entity = registry.get("reminders")
    live = Q(deleted_at__isnull=True, state="open")
    owned = Q(owner_id__in=window.people)
    named = entity.specs()["people"].q(entity.key, "in", [str(pk) for pk in window.people])
    begin = Reminder.objects.filter(live, owned | named, next_at__lte=window.until)
    rows = list(begin.order_by("next_at", "pk")[: MOST + 1])
    nags = Occurrence.objects.filter(live, owned, next_nag_at__lte=window.until).select_related("reminder")
    nagging = list(nags.order_by("next_nag_at", "pk")[: MOST + 1])
    open_ = _open("reminders", [row.pk for row in rows] + [each.reminder_id for each in nagging], window.actor)
    label = str(agenda.offered["reminders"].reason)

    def said(row: Any, person: int, at: datetime) -> Coming:
        again = _("again every %(n)s min until done") % {"n": row.nag_minutes} if row.nag_minutes else ""
        text = str(row.text) if row.pk in open_ or person == window.actor.id else _("Not open to you")
        return Coming(person, at, text, "reminder", label, entity.key, _pk(row.pk, open_), again)

    for row in rows:
        told = [person for person in engine.people_of(row) if person in window.people]
        yield from (said(row, person, at) for at in _times(row, window.until) for person in told)
    for each in nagging:
        yield said(each.reminder, each.owner_id, each.next_nag_at)


def _open(key: str, ids: Sequence[int], actor: Actor) -> set[int]:
    rows = access.visible(registry.get(key), actor, few=True).filter(pk__in=ids)
    return set(rows.values_list("pk", flat=True)) if ids else set()


def _pk(pk: int, open_: set[int]) -> int | None:
    return pk if pk in open_ else None


def dated(window: Window) -> Iterator[Coming]:
    """Dates of records: what is to be done, was promised, or wants contact."""
    env = window.env
    for held in agenda.offered.values():
        if held.entity == "reminders" or (asked := agenda.query(held, env, window.people)) is None:
            continue
        spec = registry.get(held.entity).specs()[held.at]
        if isinstance(spec.kind, Date) and not isinstance(spec.kind, Moment):
            last = window.until.astimezone(ZoneInfo(env.company.zone)).date()
            asked = asked.where(**{f"{held.at}__gte": env.today, f"{held.at}__lte": last})
        else:
            asked = asked.where(**{f"{held.at}__gte": env.now, f"{held.at}__lte": window.until})
        rows = asked.sort([held.at]).page(200).items
        for item in agenda.items(held, rows, env):
            yield Coming(item.person, item.at, item.text, "date", str(held.reason), held.entity, item.pk, item.about)


def waits(window: Window) -> Iterator[Coming]:
    """Rules that wait on records, for the owners of these."""
    rows = list(
        Waiting.objects.filter(next_at__lte=window.until, ending="")
        .select_related("rule")
        .order_by("next_at", "pk")[: MOST + 1]
    )
    owners = _owners([(row.entity, row.record_id) for row in rows], window)
    for row in rows:
        owner, title = owners.get((row.entity, row.record_id), (None, ""))
        if owner is not None:
            told = coming.told(row, window.env)
            reason = _("Rule that waits: %(name)s") % {"name": row.rule.name}
            yield Coming(owner, row.next_at, title, "wait", reason, row.entity, row.record_id, told["says"])


def _owners(wanted: Sequence[tuple[str, int]], window: Window) -> dict[tuple[str, int], tuple[int, str]]:
    """Owner and title of records that are open to the reader, one query for each kind of them."""
    found: dict[tuple[str, int], tuple[int, str]] = {}
    for key in dict.fromkeys(key for key, _pk in wanted):
        entity = registry.find(key)
        if entity is None or "owner" not in access.specs(entity, window.actor):
            continue
        ids = [pk for of_key, pk in wanted if of_key == key]
        for row in access.visible(entity, window.actor, few=True).filter(pk__in=ids, owner_id__in=window.people):
            found[key, row.pk] = (row.owner_id, agenda.title(entity, row, window.env))
    return found


def rules(window: Window) -> Iterator[Coming]:
    """Rules that act by time, on the records that will be due and for which their condition holds now."""
    for rule in rulebook.by_time():
        yield from of_rule(rule, window)


def of_rule(rule: rulebook.Compiled, window: Window) -> Iterator[Coming]:
    """What one of them will do, be it on or off."""
    env = window.env
    if "owner" not in access.specs(rule.entity, env.actor):
        return
    scope = access.rows(rule.entity, env.actor) & Q(owner_id__in=list(window.people))
    rows = ticking.due_between(rule, env.now, window.until, 0, MOST, scope)
    act, seen = Act(rule.env.actor, "rule"), Seen()
    subjects = [
        Subject(Draft(rule.entity, {}, record=row, pk=row.pk, verb=happenings.TIME), row, act, seen, due_at=at)
        for row, moments in rows
        for at in moments[:EACH]
    ]
    reason = _("Rule: %(name)s") % {"name": rule.row.name}
    what = ", ".join(coming.later(rule.row.do, rule.entity, env))
    for subject in matching.among(rule.condition, subjects, rule.env):
        row, at = subject.record, subject.due_at
        title = agenda.title(rule.entity, row, env)
        yield Coming(row.owner_id, at or env.now, title, "rule", reason, rule.entity.key, row.pk, what)


def subscriptions(window: Window) -> Iterator[Coming]:
    """Issues of subscriptions."""
    rows = list(
        Standing.objects.filter(
            next_at__lte=window.until, subscription__owner_id__in=window.people, subscription__deleted_at__isnull=True
        )
        .select_related("subscription")
        .order_by("next_at", "pk")[: MOST + 1]
    )
    open_ = _open("subscriptions", [row.pk for row in rows], window.actor)
    label = registry.get("subscriptions").label
    for row in rows:
        held = row.subscription
        text = str(held.name) if row.pk in open_ else _("Not open to you")
        at = row.next_at
        for _each in range(EACH):
            if at is None or at > window.until:
                break
            yield Coming(held.owner_id or 0, at, text, "subscription", label, "subscriptions", _pk(row.pk, open_))
            at = planning.after(held, at)


SOURCES: tuple[Callable[[Window], Iterator[Coming]], ...] = (reminders, dated, waits, rules, subscriptions)


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
