"""The bell and the cards: what one was told, drawn for whoever asks, and what one answers to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import FieldError, Invalid, NotFound
from bosun.kernel.kinds import Moment
from bosun.lib import dates
from bosun.platform.away import lending
from bosun.platform.deliveries import quiet, services
from bosun.platform.org import actors
from bosun.platform.reminders import asked, notices, opening
from bosun.platform.reminders.models import Notice, Reminder
from bosun.platform.reminders.rulewords import nag_in_words
from bosun.web.present import concerning, name_of, record_url, state_of, whose
from bosun.web.selection import undo_url
from bosun.web.visit import Visit, page

CARDS = 3
SHOWN = 20
SHORTLY = 30
LONGEST_SNOOZE = 366 * 24 * 60
"""Minutes."""
MOMENT = Moment()
AFTERNOON, MORNING = time(15), time(9)
RETOLD: dict[str, Callable[[Sequence[Notice], Env], dict[int, str]]] = {}
"""By the kind of notices: what some of them say by now, as their reader has other rights than when they were told."""


def bell(visit_actor: Any, env: Env) -> dict[str, Any]:
    """What the frame of every page shows: how many are unread, and the cards that stand open. One query, and once a
    minute another: what waits for somebody to open Bosun.
    """
    if env.actor.id and not env.actor.read_only:
        opening.opened(env.actor.id, env.now)
    held = notices.open_of(env.actor.id) if env.actor.id else []
    return {
        "url": "/notices",
        "count": sum(1 for row in held if row.read_at is None),
        "last": held[0].pk if held else 0,
        "sound": sound_of(visit_actor) if quiet.rings(env.actor.id or 0, env.now) else "off",
        "open": len(held),
        "cards": items(list(reversed(held[:CARDS])), env),
        "afternoon": f"{AFTERNOON:%H:%M}" if soon("afternoon", env) > env.now else "",
        "morning": f"{MORNING:%H:%M}",
    }


def sound_of(person: Any) -> str:
    """Whether reminders ring for somebody."""
    return "off" if getattr(person, "sound", None) == "off" else "on"


def items(rows: Sequence[Notice], env: Env) -> list[dict[str, Any]]:
    """Notices as pages draw them; a record that is not open to the reader is neither named nor linked."""
    abouts = _abouts(rows, env)
    lost = services.undelivered(rows)
    own = _own(rows, env)
    drawn = [_item(row, abouts.get((row.entity, row.record_id or 0)), own, env) for row in rows]
    retold: dict[int, str] = {}
    for kind in {row.kind for row in rows} & set(RETOLD):
        retold |= RETOLD[kind]([row for row in rows if row.kind == kind], env)
    for row, each in zip(rows, drawn, strict=True):
        closed = row.kind in notices.OF_VALUES and row.entity and (row.entity, row.record_id or 0) not in abouts
        each["text"] = _("A notice about what is not open to you") if closed else retold.get(row.pk, row.text)
        if row.pk in lost:
            each["lost"] = _("Not delivered by %(channels)s") % {"channels": ", ".join(lost[row.pk])}
            each["said"] = " · ".join(part for part in (each["said"], each["lost"]) if part)
    return drawn


def _abouts(rows: Sequence[Notice], env: Env) -> dict[tuple[str, int], Any]:
    wanted: dict[str, set[int]] = {}
    for row in rows:
        if row.entity and row.record_id:
            wanted.setdefault(row.entity, set()).add(row.record_id)
    found = {}
    for key, ids in wanted.items():
        entity = registry.find(key)
        if entity is not None and access.may(env.actor, entity, "read"):
            for record in access.visible(entity, env.actor, few=True).filter(pk__in=ids):
                found[key, record.pk] = record
            rows_of = [record for (of, _pk), record in found.items() if of == key]
            records.preload(entity, rows_of, env, concerning(entity))
    return found


def _own(rows: Sequence[Notice], env: Env) -> set[int]:
    """Those of the reminders behind these notices that are the reader's to change."""
    wanted = {row.reminder_id for row in rows if row.reminder_id}
    if not wanted or not access.may(env.actor, registry.get("reminders"), "change"):
        return set()
    held = Reminder.objects.filter(pk__in=wanted, owner_id=env.actor.id, deleted_at__isnull=True)
    return set(held.values_list("pk", flat=True))


def _item(row: Notice, about: Any, own: Collection[int], env: Env) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": row.pk,
        "text": row.text,
        "when": _when(row, env),
        "late": notices.late(row),
        "made": row.made_at.isoformat(),
        "unread": row.read_at is None and row.closed_at is None,
        "nags": row.occurrence_id is not None,
        "ends": row.occurrence_id is not None,
        "change": f"/reminders/{row.reminder_id}/edit" if row.reminder_id in own else "",
        "url": "/occurrences/" + str(row.occurrence_id) if row.occurrence_id else "",
        "about": "",
        "ring": None,
        **_asked(row, own, env),
    }
    if about is not None:
        entity = registry.get(row.entity)
        name = name_of(entity, about, env)
        made |= {
            "url": record_url(entity, about.pk) + entity.extras.get("opens", ""),
            "about": " · ".join(dict.fromkeys([name, *_whose(row, entity, about, env)][row.text.endswith(name) :])),
            "icon": entity.icon,
            "key": f"{entity.key}/{about.pk}",
            # Of a task the state is its own; how it stands with a customer says nothing about a reminder of him.
            "ring": state_of(entity, about, env) if "done" in entity.verbs or not row.reminder_id else None,
        }
    if row.kind == "day":
        made["url"] = "/day"  # it speaks of more than the record it names
    return {**made, "said": _said(row, env, made["ring"] is not None)}


def _whose(row: Notice, entity: Entity, about: Any, env: Env) -> list[str]:
    """What the record is about; to whoever stands in, as the one sees it who is away."""
    owner = row.occurrence.owner_id if row.occurrence is not None else None
    away = actors.load(owner) if owner not in (None, row.person_id) else None
    if away is None:
        return whose(entity, about, env)
    theirs = records.environment(away)
    records.preload(entity, [about], theirs, concerning(entity))
    return whose(entity, about, theirs)


def _asked(row: Notice, own: Collection[int], env: Env) -> dict[str, Any]:
    """Who asks, and what is to be prepared: ticked on the card by whom the reminder belongs to."""
    each = row.occurrence
    if each is None or row.reminder is None or row.reminder.deleted_at is not None:
        return {"asker": "", "lines": [], "tick": ""}
    name = asked.asker(each, row.reminder, env)
    return {
        "asker": _("From %(name)s") % {"name": name} if name else "",
        "lines": asked.lines(each, row.reminder, env),
        "tick": f"reminders/{row.reminder_id}" if row.reminder_id in own else "",
    }


def _when(row: Notice, env: Env) -> str:
    return clock_of(row.due_at, env)


def clock_of(moment: datetime, env: Env) -> str:
    """The hour on the reader's wall, with the day where that is another one."""
    due, now = dates.seen_in(moment, env.actor.zone), dates.seen_in(env.now, env.actor.zone)
    return f"{due:%H:%M}" if due.date() == now.date() else MOMENT.text(moment, env)


def _said(row: Notice, env: Env, ringed: bool) -> str:
    """The time as a card says it; beside the ring of a record no second time."""
    if row.occurrence is not None and row.reminder is not None and row.reminder.nag_minutes and not ringed:
        since = _("since %(time)s") % {"time": clock_of(row.occurrence.due_at, env)}
        return f"{since} · {nag_in_words(row.reminder.nag_minutes)}"
    if notices.late(row):
        return _("reminded late") if ringed else _("Reminder of %(time)s, told late") % {"time": _when(row, env)}
    return "" if ringed else _when(row, env)


# pages -----------------------------------------------------------------------------------------------------------


@page("GET")
def notices_page(visit: Visit) -> HttpResponseBase:
    """The history; for a script what is new (`after`), or a part of the history."""
    params = visit.request.GET
    person = visit.actor.id or 0
    if "after" in params:
        rows = notices.after(person, number(params["after"]))
        held = notices.open_of(person)
        return JsonResponse(
            {
                "items": items(rows, visit.env),
                "open": [row.pk for row in held],
                "unread": sum(1 for row in held if row.read_at is None),
            }
        )
    found = notices.history(person, number(params.get("before", "")), SHOWN + 1)
    rows = found[:SHOWN]
    context = {
        "items": items(rows, visit.env),
        "more_url": f"/notices?before={rows[-1].pk}" if len(found) > SHOWN else "",
        "last": rows[0].pk if rows else 0,
        "first": "before" not in params,
        "all_url": "/reminders" if access.may(visit.actor, registry.get("reminders"), "read") else "",
        "sound": sound_of(getattr(visit.request.user, "person", None)),
        "page_title": _("Notices"),
        "title": _("Notices"),
    }
    part = "web/parts/notices/list.html" if visit.fragment else "web/pages/notices.html"
    return visit.draw(part, context)


def number(raw: str) -> int:
    """An id as a script sends it; 0 for anything else."""
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 19 else 0


@page("POST")
def seen(visit: Visit) -> HttpResponseBase:
    """The history was opened."""
    notices.seen(visit.actor, number(visit.request.POST.get("upto", "")))
    return HttpResponse(status=204)


@page("POST")
def close(visit: Visit, pk: int) -> HttpResponseBase:
    """A card is put away."""
    notices.close(pk, visit.actor)
    return HttpResponse(status=204)


@page("POST")
def done(visit: Visit, pk: int) -> HttpResponseBase:
    """What the card speaks of is done: the record where it can be done, else the reminder."""
    row = notices.get(pk, visit.actor)
    key, target = doable(row, visit.env)
    batch = new_batch()
    if target:
        _run(visit, key, target, "done", {}, batch)
    elif row.occurrence is not None and stands_open(row):
        raise NotFound()  # it is not for this reader to do any more
    notices.close(pk, visit.actor)
    return told(_("Done: %(text)s") % {"text": row.text}, batch if target else "")


def doable(row: Notice, env: Env) -> tuple[str, int]:
    """What is done when a notice is: the record where whoever is reminded has to do it, else its reminder; ("", 0) for
    neither. A notice that reminds of nothing tells something, and is read.
    """
    each = row.occurrence
    if each is None:
        return "", 0
    entity = registry.find(row.entity) if row.entity else None
    if entity is not None and "done" in entity.verbs:
        record = access.visible(entity, env.actor, "done", few=True).filter(pk=row.record_id or 0).first()
        along = lending.lendable(entity)
        who = f"{along.who if along else 'owner'}_id"
        if record is not None and getattr(record, who) == each.owner_id and entity.verbs["done"].offered(record, env):
            return entity.key, record.pk
    if each.state not in ("open", "missed") or each.deleted_at is not None:
        return "", 0
    own = access.may_row(registry.get("occurrences"), env.actor, "done", each.pk)
    return ("occurrences", each.pk) if own else ("", 0)


def stands_open(row: Notice) -> bool:
    """Whether what it reminds of is still to be done."""
    of: Any = row.occurrence or row.reminder
    return of is not None and of.state == "open" and of.deleted_at is None


@page("POST")
def snooze(visit: Visit, pk: int) -> HttpResponseBase:
    """Not now: in some minutes, this afternoon, tomorrow, or at a time."""
    row = notices.get(pk, visit.actor)
    if row.occurrence_id is None:
        raise NotFound()
    until = _until(visit)
    batch = new_batch()
    _run(visit, "occurrences", row.occurrence_id, "snooze", {"until": until}, batch)
    return told(_("Again %(when)s") % {"when": MOMENT.text(until, visit.env)}, batch)


def _until(visit: Visit) -> datetime:
    env, post = visit.env, visit.request.POST
    asked = post.get("for", "")
    if asked == "pick":
        found = MOMENT.parse(post.get("until", ""), env)
        if found is None:
            raise Invalid([FieldError("until", _("Choose a time that is still to come."))])
        return found  # type: ignore[no-any-return]
    return soon(asked, env)


def soon(asked: str, env: Env) -> datetime:
    """In so many minutes, this `afternoon` or `tomorrow` morning on the wall of whoever asks."""
    zone = env.actor.zone
    today = env.now.astimezone(ZoneInfo(zone)).date()
    if asked == "afternoon":
        return dates.localise(today, AFTERNOON, zone)
    if asked == "tomorrow":
        return dates.localise(today + timedelta(days=1), MORNING, zone)
    minutes = number(asked) or 10
    if minutes > LONGEST_SNOOZE:
        raise Invalid([FieldError("for", _("Choose a time within the coming year."))])
    return env.now + timedelta(minutes=minutes)


def _run(visit: Visit, key: str, pk: int, verb: str, raw: dict[str, Any], batch: str) -> None:
    draft = records.run_verb(key, [pk], verb, raw, visit.act("verb", batch))[0]
    if draft.failure is not None:
        raise draft.failure


def told(text: str, batch: str) -> HttpResponse:
    """A toast with undo, and nothing drawn anew."""
    toast = {"text": text, "undo_url": undo_url(batch)} if batch else {"text": text}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"toast": toast})})
