"""Being away: said in one's own settings, what one stands in for on My day, and the hand-over list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bosun.kernel import access, records, registry, slots
from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.kinds import Date
from bosun.lib import clock
from bosun.lib import text as texts
from bosun.platform.away import handing, lending, periods, rules, telling
from bosun.platform.away.along import Along
from bosun.platform.away.models import Delegation
from bosun.platform.org import actors
from bosun.platform.preview.window import open_among
from bosun.web import settings_pages
from bosun.web.day import Section
from bosun.web.present import concerning, head, name_of, shape, state_of, whose
from bosun.web.settings_forms import kept
from bosun.web.timeline import what_of
from bosun.web.visit import Visit, page

KEY = "me-away"
ADDRESS = "/me/away"
NEW = "/delegations/new?back=/me/away"
SHOWN = 12
DAY = Date()


def away_page() -> settings_pages.SettingsPage:
    """The page, as the settings list it."""
    return settings_pages.SettingsPage(KEY, gettext_lazy("I am away"), "calendar-time", "you", url=ADDRESS)


@page("GET")
def mine(visit: Visit) -> HttpResponseBase:
    """When one is away, and for whom one stands in."""
    me = visit.actor.id or 0
    query = records.query("delegations", visit.actor, visit.env).sort(["-first_day"])
    context = {
        "own": [_line(row, visit.env) for row in query.where(person_id=me).page(limit=20).items],
        "others": [_line(row, visit.env) for row in query.near(delegate_id=me).page(limit=20).items],
        "title_verbs": [settings_pages.button("away", _("I am away"), icon="plus", url=NEW, primary=True)],
        "lead": _(
            "Name somebody who stands in while you are away. What falls due meanwhile goes to them, marked as yours; "
            "it comes back to you by itself when the last day is over."
        ),
    }
    return settings_pages.draw(visit, KEY, "away", context)


def _line(row: Any, env: Env) -> dict[str, Any]:
    state = rules.state_of(row) or ""
    return {
        "id": row.pk,
        "person": handing.name_of(row.person_id),
        "delegate": handing.name_of(row.delegate_id),
        "days": f"{DAY.text(row.first_day, env)} – {DAY.text(row.last_day, env)}",
        "state": shape(rules.STATE, state, env) if state else None,
        "url": f"/delegations/{row.pk}",
        "list_url": f"/away/{row.pk}",
        "back_url": f"/away/{row.pk}/back" if state == rules.NOW else "",
    }


@page("POST")
def back(visit: Visit, pk: int) -> HttpResponseBase:
    """Back before the last day: the absence ends at once, and its list says what was done meanwhile."""
    row: Delegation = records.get("delegations", pk, visit.actor, "change")
    batch = new_batch()
    over = f"/away/{pk}"
    yesterday = visit.env.now.astimezone(ZoneInfo(periods.zone_of(row.person_id))).date() - timedelta(days=1)
    if rules.state_of(row) != rules.OVER:
        if row.first_day <= yesterday:
            records.change("delegations", pk, {"last_day": yesterday.isoformat()}, visit.act("form", batch))
        else:
            # Of an absence that never lasted a day nothing remains.
            records.remove_one("delegations", pk, visit.act("form", batch))
            over = ADDRESS
    kept(visit, _("Welcome back. Everything is yours again."), batch)
    return HttpResponseRedirect(over)


# the hand-over list ----------------------------------------------------------------------------------------------


@page("GET", "POST")
def hand_over(visit: Visit, pk: int) -> HttpResponseBase:
    """What is open for the time of an absence, a note to each; when it is over, what was done meanwhile."""
    row = handing.get(pk, visit.env)
    if visit.request.method == "POST":
        _keep_notes(visit, row)
        kept(visit, _("Saved"))
        return HttpResponseRedirect(f"/away/{pk}")
    over = rules.state_of(row) == rules.OVER
    context = {
        "row": _line(row, visit.env),
        "note": row.note or "",
        "over": over,
        "writes": handing.may_write(row, visit.env) and not over,
        "groups": [] if over else _groups(handing.matters(row), visit.env),
        "done": [_done(entry, visit.env) for entry in handing.done_meanwhile(row)],
        "action": f"/away/{pk}",
        "page_title": _("Hand-over"),
        "title": _("Hand-over: %(name)s") % {"name": row.name},
    }
    return visit.draw("web/pages/handover.html", context)


def _keep_notes(visit: Visit, row: Delegation) -> None:
    for name, text in visit.request.POST.items():
        word, _dash, rest = name.partition("-")
        key, _dash, number = rest.rpartition("-")
        if word == "note" and key and number.isascii() and number.isdigit() and len(number) < 19:
            handing.write_note(row, key, int(number), str(text).strip(), visit.act("form"))


def _groups(lines: Sequence[handing.Line], env: Env) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    about: dict[tuple[str, int], list[str]] = {}
    for entity, of in handing.kinds():
        rows = [line.record for line in lines if line.entity is entity]
        about |= {(entity.key, pk): names for pk, names in _whose(entity, rows, of.who, env).items()}
    for line in lines:
        label = _("Reminded by others") if line.entity.key == lending.OCCURRENCES else line.entity.plural
        group = found.setdefault(line.entity.key, {"label": label, "icon": line.entity.icon, "items": []})
        by = [_("From %(name)s") % {"name": line.asker}] if line.asker else []
        title = line.entity.title_spec
        group["items"].append(
            {
                "name": line.text or (title.kind.text(title.get(line.record), env) if title else str(line.record)),
                "about": " · ".join([*by, *about.get((line.entity.key, line.record.pk), ())]),
                "due": line.due,
                "moment": isinstance(line.due, datetime),
                "note": line.note,
                "input": f"note-{line.entity.key}-{line.record.pk}",
                "pk": line.record.pk,
                "url": "",
            }
        )
    for key, group in found.items():
        open_ = open_among(key, [item["pk"] for item in group["items"]], env.actor)
        for item in group["items"]:
            item["url"] = f"/{key}/{item['pk']}" if item["pk"] in open_ else ""
    return list(found.values())


def _done(entry: Any, env: Env) -> dict[str, Any]:
    open_ = access.may_row(entry.entity, env.actor, "read", entry.record_id)
    url = f"/{entry.entity.key}/{entry.record_id}" if open_ else ""
    return {"at": entry.at, "title": entry.title, "what": what_of(entry), "by": entry.actor, "url": url}


# on My day -------------------------------------------------------------------------------------------------------


def standing(visit: Visit) -> list[Section]:
    """For whom one stands in today, and what of theirs is to be done."""
    env = visit.env
    held = periods.stood_in_for(env.actor.id or 0, env.now)
    own = periods.absence_of(env.actor.id or 0, env.now)
    if not held and own is None:
        return []
    direct = {period.person: period for period in periods.running(env.now) if period.delegate == env.actor.id}
    people = [_banner(each, direct.get(each.person), env) for each in held]
    items = [item for entity, of in _lendable() for item in _items(entity, of, held, env)]
    told = {item["key"] for item in items}
    items = [item for item in items if item["about"] not in told]
    context = {
        "standing": {
            "people": people,
            "items": sorted(items, key=lambda item: item["due"])[:SHOWN],
            "more": len(items) > SHOWN,
            "own": _own(own, env) if own else None,
        }
    }
    return [Section("standing", _("Standing in"), "web/parts/day/standing.html", context, wide=True, order=1)]


def _banner(held: periods.Standing, period: periods.Period | None, env: Env) -> dict[str, Any]:
    said = _("You stand in for %(person)s until %(day)s.")
    zone = ZoneInfo(periods.zone_of(held.person))
    last = (held.ends - timedelta(seconds=1)).astimezone(zone).date()
    text = said % {"person": handing.name_of(held.person), "day": telling.day_words(last, env.language)}
    return {"text": text, "list_url": f"/away/{period.id}" if period and "matters" in period.along else ""}


def _own(period: periods.Period, env: Env) -> dict[str, Any]:
    text = _("You are away; %(person)s stands in.") % {"person": handing.name_of(period.delegate)}
    return {"text": text, "back_url": f"/away/{period.id}/back", "list_url": f"/away/{period.id}"}


def _lendable() -> list[tuple[Entity, Along]]:
    return [(entity, of) for entity in registry.all_entities() if (of := lending.lendable(entity))]


def _items(entity: Entity, of: Along, held: list[periods.Standing], env: Env) -> list[dict[str, Any]]:
    names = {each.person: handing.name_of(each.person) for each in held if lending.kind_of(entity) in each.along}
    if not names or not access.may(env.actor, entity, "read"):
        return []
    # Only what is lent: what is open for good stands elsewhere.
    verb = lending.doing(entity)[0]
    lent = lending.lend(entity, env.actor, verb)
    query = records.query(entity, env.actor, env, verb).filter(of.open)
    rows = list(query.rows().filter(lent).order_by(of.due, "pk")[: SHOWN + 1])
    about = _whose(entity, rows, of.who, env)
    return [
        {
            **head(entity, row, env),
            "key": f"{entity.key}/{row.pk}",
            "about": f"{getattr(row, 'about_entity', '')}/{getattr(row, 'about_id', '')}",
            "name": texts.bidi_safe(getattr(row, of.text) or "") if of.text else name_of(entity, row, env),
            "note": " · ".join(
                [
                    _("for %(person)s") % {"person": names.get(getattr(row, f"{of.who}_id"), "")},
                    *about[row.pk],
                ]
            ),
            "due": _moment(getattr(row, of.due), env),
            "ring": state_of(entity, row, env),
            "done_url": f"/{entity.key}/{row.pk}/verbs/{verb}",
        }
        for row in rows
    ]


def _moment(at: Any, env: Env) -> datetime:
    """By what they are ordered; a day ends the hours that lie in it."""
    if isinstance(at, date) and not isinstance(at, datetime):
        return datetime.combine(at, time.max, tzinfo=ZoneInfo(env.actor.zone))
    return at or clock.now()


def _whose(entity: Entity, rows: list[Any], who: str, env: Env) -> dict[int, list[str]]:
    """What each is about as the one who is away sees it: who does the work reads it, as on the hand-over list."""
    found: dict[int, list[str]] = {}
    for person in {getattr(row, f"{who}_id") for row in rows}:
        actor, own = actors.load(person), [row for row in rows if getattr(row, f"{who}_id") == person]
        theirs = records.environment(actor) if actor else env
        records.preload(entity, own, theirs, concerning(entity))
        found |= {row.pk: whose(entity, row, theirs) for row in own}
    return found


slots.offer("day.sections", standing)
slots.offer("settings.pages", away_page)
