"""The day's frame: what today asks for when it begins, and what is still open when it ends or one leaves.

Slot drawn here: `day.open`, a `Source` (platform/workday/matters) for each entity that promises something for a day.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_time
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import access, records, registry, slots
from bosun.kernel.actor import Act, Actor, new_batch
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid, NotFound
from bosun.kernel.kinds import Moment
from bosun.lib import clock, locales
from bosun.platform.reminders import nearness
from bosun.platform.reminders.models import Reminder
from bosun.platform.workday import days, hours, matters
from bosun.platform.workday.matters import DONE, HAND, LATER, MOST, Matter, Source
from bosun.web.dayabout import done_elsewhere, midnight, names_nobody, names_of
from bosun.web.present import record_url
from bosun.web.selection import undo_url
from bosun.web.visit import Visit, page

MOMENT = Moment()
SHEET, ROW = (f"web/parts/day/{name}.html" for name in ("sheet", "sheet_row"))
OUT, END = "out", "end"
OPENED = "bosun-opened"
"""A cookie: whom this browser has greeted, and on which day."""
DAY = 24 * 3600


class Reminders(Source):
    """One's own reminders that come once: those of today, and those that are open since an earlier day."""

    key = "reminders"

    def __call__(self, env: Env) -> list[Matter]:
        nags = F(f"{self._of}nag_minutes").desc(nulls_last=True)
        rows = list(self.rows(env).order_by(nags, "-due_at", "-pk")[:MOST])
        held = Reminder.objects.in_bulk({self._reminder_of(row) for row in rows})
        names = names_of(held.values(), env)
        return [self._matter(row, held[self._reminder_of(row)], names, env) for row in rows]

    def rows(self, env: Env) -> QuerySet[Any]:
        """Those of one's own that today asks for, besides those of what it asks for by itself."""
        entity = registry.get(self.key)
        own = entity.model._default_manager.filter(owner_id=env.actor.id, state="open", deleted_at__isnull=True)
        if env.actor.id is None or not access.may(env.actor, entity, "read"):
            return own.none()
        over = midnight(env)
        awake = Q(snoozed_until__isnull=True, due_at__lt=over) | Q(snoozed_until__lt=over)
        asked = own.filter(awake, self._asked(env.actor.id))
        return asked.exclude(done_elsewhere(env, self._of))

    def counts(self, env: Env) -> dict[str, Any]:
        """What stands behind the number beside “My day”."""
        return {"day": self.rows(env)} if env.actor.id is not None else {}

    _of = ""
    """Where their reminder is."""

    def _asked(self, me: int) -> Q:
        """What is asked for: of a series, and of what several are reminded of, one's own times."""
        return Q(rule__isnull=True) & names_nobody()

    def _reminder_of(self, row: Any) -> int:
        return int(row.pk)

    def _may(self, env: Env) -> frozenset[str]:
        gives = access.may(env.actor, registry.get(self.key), "transfer")
        return frozenset({DONE, LATER, HAND} if gives else {DONE, LATER})

    def _matter(self, row: Any, reminder: Any, names: dict[tuple[str, int], str], env: Env) -> Matter:
        at = row.snoozed_until or row.due_at
        note = names.get((reminder.about_entity or "", reminder.about_id or 0), "")
        url = record_url(registry.get(self.key), row.pk)
        ring = nearness.ring(at, row.created_at or env.now, env)
        return Matter(self.key, row.pk, row.text, note, url, at, ring, self._may(env))

    def done(self, pk: int, act: Act, env: Env) -> None:
        self._run(pk, "done", {}, act)

    def later(self, pk: int, at: datetime, act: Act, env: Env) -> None:
        self._run(pk, "snooze", {"until": at}, act)

    def hand(self, pk: int, person: int, act: Act, env: Env) -> None:
        self._run(pk, "transfer", {"owner": person}, act)

    def _run(self, pk: int, verb: str, raw: dict[str, Any], act: Act) -> None:
        draft = records.run_verb(self.key, [pk], verb, raw, act)[0]
        if draft.failure is not None:
            raise draft.failure


class Times(Reminders):
    """Times of a series, and of what others remind one of, that have been told and are not done."""

    key = "occurrences"

    _of = "reminder__"

    def _asked(self, me: int) -> Q:
        return Q(reminder__rule__isnull=False) | ~Q(reminder__owner=me) | ~names_nobody(self._of)

    def _reminder_of(self, row: Any) -> int:
        return int(row.reminder_id)

    def _may(self, env: Env) -> frozenset[str]:
        return frozenset({DONE, LATER})


# what every page carries -----------------------------------------------------------------------------------------


def frame(actor: Actor, env: Env, greeted: str = "") -> dict[str, Any]:
    """What scripts need to know of the day: which it is, in how many seconds one is asked, whether on leaving too; and
    what the first page of the day says, to whoever is not asked yet what is left of it. `greeted` is the cookie.
    """
    day = days.today_of(actor, env.now)
    asks = days.asks_at(actor, day) if actor.id else None
    greets = actor.id and greeted != f"{actor.id}.{day}" and (asks is None or env.now < asks)
    return {
        "day": day.isoformat(),
        "asks_in": "" if asks is None else max(0, int((asks - env.now).total_seconds())),
        "leaving": bool(actor.id) and days.wish_of(actor.id or 0).leaving,
        "morning": greeting(actor, env) if greets else None,
    }


def greeting(actor: Actor, env: Env) -> dict[str, Any] | None:
    """What today asks for; None where that was said, or where nothing is due."""
    found = matters.of(env) if days.is_new(actor, env.now) else []
    if not found:
        return None
    today = hours.workday_of(actor, days.today_of(actor, env.now))
    ends = clock_words(today.ends, env) if today and today.ends > env.now else ""
    return {"count": len(found), "first": found[0], "ends": ends, "free": today is None}


def clock_words(moment: datetime, env: Env) -> str:
    """A time on the reader's wall clock."""
    locale = locales.shown(env.language)
    return str(format_time(moment.astimezone(ZoneInfo(env.actor.zone)), "short", locale=locale))


def morning_of(actor: Actor, now: datetime) -> datetime:
    """When what is put off comes again: as the next working day begins."""
    return hours.next_workday(actor, days.today_of(actor, now)).starts


def when_words(moment: datetime, env: Env) -> str:
    """A day of the week and a time."""
    locale = locales.shown(env.language)
    pattern = "EEE HH:mm" if moment - env.now < timedelta(days=6) else "EEE d MMM HH:mm"
    if env.language.startswith("zh"):
        pattern = pattern.replace("d MMM", "M月d日")
    return str(format_datetime(moment.astimezone(ZoneInfo(env.actor.zone)), pattern, locale=locale))


# pages -----------------------------------------------------------------------------------------------------------


@page("POST")
def opened(visit: Visit) -> HttpResponseBase:
    """The first page of the day has said what the day asks for; later ones say nothing."""
    days.opened(visit.actor, visit.env.now)
    answer = HttpResponse(status=204)
    greeted = f"{visit.actor.id}.{days.today_of(visit.actor, visit.env.now)}"
    answer.set_cookie(OPENED, greeted, max_age=DAY, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return answer


@page("GET")
def open_today(visit: Visit) -> HttpResponseBase:
    """What is still open, as a sheet; 204 where nothing is."""
    return sheet(visit, OUT if visit.request.GET.get("at") == OUT else END)


@page("POST")
def ask(visit: Visit) -> HttpResponseBase:
    """The working day is about to end: the sheet, once a day in whichever tab comes first."""
    if not days.asked(visit.actor, visit.env.now):
        return HttpResponse(status=204)
    return sheet(visit, END)


def sheet(visit: Visit, occasion: str) -> HttpResponseBase:
    """The sheet, where there is something to ask."""
    found = matters.of(visit.env)
    if not found:
        return HttpResponse(status=204)
    later = when_words(morning_of(visit.actor, visit.env.now), visit.env)
    return visit.draw(SHEET, {"matters": [row(each) for each in found], "at": occasion, "later": later})


def row(matter: Matter) -> dict[str, Any]:
    """One matter as the sheet draws it."""
    return {
        "key": matter.key, "name": matter.text, "note": matter.note, "url": matter.url, "ring": matter.ring,
        "dialog": matter.dialog, "may": dict.fromkeys(matter.may, True), "base": f"/day/open/{matter.key}",
    }  # fmt: skip


@page("POST")
def do(visit: Visit, key: str, pk: int, what: str) -> HttpResponseBase:
    """One matter done, put off or handed over; its line, with undo."""
    found, env = matters.source(key), visit.env
    if what not in (DONE, LATER, HAND):
        raise NotFound()
    matter = next((each for each in found(env) if each.id == pk), None)
    if matter is None:
        gone = {"key": f"{key}/{pk}", "name": ""}
        return visit.draw(ROW, {"each": gone, "said": _("No longer open")})
    if what not in matter.may or (what == DONE and matter.dialog):
        raise NotFound()
    batch = new_batch()
    with transaction.atomic():
        said = _carry_out(visit, found, pk, what, visit.act("verb", batch))
    return visit.draw(ROW, {"each": row(matter), "said": said, "undo": undo_url(batch)})


def _carry_out(visit: Visit, found: Source, pk: int, what: str, act: Act) -> str:
    env, post = visit.env, visit.request.POST
    if what == DONE:
        found.done(pk, act, env)
        return _("Done")
    if what == LATER:
        at = morning_of(visit.actor, env.now) if not post.get("at") else MOMENT.parse(post["at"], env)
        if at is None or at <= env.now:
            raise Invalid([FieldError("at", _("Choose a time that is still to come."))])
        found.later(pk, at, act, env)
        return when_words(at, env)
    raw = post.get("person", "")
    person = records.get("users", int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else 0, visit.actor)
    found.hand(pk, person.pk, act, env)
    return _("With %(name)s") % {"name": person.name}


@page("POST")
def leave(visit: Visit) -> HttpResponseBase:
    """What is open stays for another day; nobody is told of it any more today."""
    days.asked(visit.actor, visit.env.now)
    days.answered(visit.actor, visit.env.now)
    return HttpResponse(status=204)


@page("POST")
def left(visit: Visit) -> HttpResponseBase:
    """The last window was closed: what is open is told later, through the channels of reminders."""
    days.left(visit.actor, clock.now())
    return HttpResponse(status=204)


def sentence(visit: Visit) -> str:
    """How many reminders are due."""
    whole, times = (each.rows(visit.env).order_by().values("pk") for each in (REMINDERS, TIMES))
    count = whole.union(times, all=True).count()
    return ngettext("%(n)s reminder is due.", "%(n)s reminders are due.", count) % {"n": count} if count else ""


REMINDERS, TIMES = Reminders(), Times()
for source in (REMINDERS, TIMES):
    slots.offer("day.open", source)
    slots.offer("menu.counts", source.counts)
slots.offer("day.sentence", sentence)
