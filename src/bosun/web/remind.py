"""Reminders where one stands: made together with a record, and on the page of any record.

An entity says with `extras={"remind": "due"}` which of its moments people want to be reminded of.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bosun.kernel import access, records, registry, slots
from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, DoorError, FieldError, Invalid
from bosun.kernel.kinds import Moment
from bosun.lib.quickentry import Entry
from bosun.platform.reminders import quick
from bosun.platform.reminders.rulewords import in_words
from bosun.platform.workday import hours
from bosun.web.dayframe import when_words
from bosun.web.notices import number, soon
from bosun.web.present import name_of, record_url
from bosun.web.recordpage import ABOUT_NOTHING, Panel
from bosun.web.verbs import DIALOG, done
from bosun.web.visit import Visit, page

BEFORE = {
    "": gettext_lazy("No reminder"),
    "0": pgettext_lazy("reminder", "At the time"),
    "15": gettext_lazy("15 minutes before"),
    "60": gettext_lazy("1 hour before"),
    "1440": gettext_lazy("1 day before"),
}
AGAIN = {
    "0": gettext_lazy("Once"),
    "1": gettext_lazy("Again every minute until done"),
    "5": gettext_lazy("Again every 5 minutes until done"),
    "15": gettext_lazy("Again every 15 minutes until done"),
    "60": gettext_lazy("Again every hour until done"),
    "1440": gettext_lazy("Again every day until done"),
}
SOON = {
    "60": gettext_lazy("In an hour"),
    "afternoon": gettext_lazy("This afternoon"),
    "tomorrow": gettext_lazy("Tomorrow morning"),
}
MOMENT = Moment()
ON_RECORD = "web/parts/form/remind_dialog.html"
PARTS = (("before", "0"), ("again", "0"), ("when", ""))


def options(choices: dict[str, Any], chosen: str) -> list[dict[str, Any]]:
    """A closed list as the inputs draw it."""
    return [{"key": key, "label": str(label), "chosen": key == chosen} for key, label in choices.items()]


class WithRecord:
    """The part of a form that makes a reminder together with a new record."""

    def __call__(self, visit: Visit, entity: Entity, record: Any) -> dict[str, Any] | None:
        """The context of the part; None where there is nothing to be reminded of."""
        if record is not None or not entity.extras.get("remind") or not may_remind(visit):
            return None
        post = visit.request.POST
        return {
            "template": "web/parts/form/remind.html",
            "before": options(BEFORE, post.get("remind_before", "")),
            "again": options(AGAIN, post.get("remind_again", "0")),
        }

    def save(self, visit: Visit, entity: Entity, record: Any, batch: str) -> None:
        """Make what was chosen."""
        post = visit.request.POST
        before, again = post.get("remind_before", ""), post.get("remind_again", "0")
        if before not in BEFORE or again not in AGAIN or not before:
            return
        name = entity.extras["remind"]
        at = entity.specs()[name].get(record)
        if at is None:
            raise Invalid([FieldError(name, _("Say when it is due, to be reminded of it."))])
        due = at - timedelta(minutes=int(before))
        if due <= visit.env.now:
            raise Invalid([FieldError(name, _past())])
        make(visit, entity, record, due, int(again), batch)


def may_remind(visit: Visit) -> bool:
    """Whether this person has reminders."""
    return access.may(visit.actor, registry.get("reminders"), "create")


def make(visit: Visit, entity: Entity, record: Any, due: datetime, again: int, batch: str) -> None:
    """A reminder of a record for whoever has it, called as it is."""
    raw = {
        "text": name_of(entity, record, visit.env),
        "about": {"entity": entity.key, "id": record.pk},
        "due_at": due,
        "nag_minutes": again,
        "owner": getattr(record, "owner_id", None),
    }
    records.create("reminders", raw, visit.act("form", batch).by_system("reminder"))


def panels(visit: Visit, entity: Entity, record: Any) -> list[Panel]:
    """One's own open reminders of a record, at its side."""
    if entity.key in ABOUT_NOTHING or entity.menu == "settings" or not may_remind(visit):
        return []
    query = records.query("reminders", visit.actor, visit.env).where(
        about_entity=entity.key, about_id=record.pk, state="open"
    )
    found = query.sort(["due_at"]).page(limit=5).items
    side = {
        "key": "reminders",
        "title": _("Reminders"),
        "url": "/reminders",
        "count": len(found),
        "add_dialog": f"/remind/{entity.key}/{record.pk}",
        "items": [
            {"name": row.text, "url": record_url(registry.get("reminders"), row.pk), "note": when(row, visit.env)}
            for row in found
        ],
    }
    return [Panel("reminders", _("Reminders"), side=side)]


def when(row: Any, env: Env) -> str:
    """When it comes, and how often."""
    at = MOMENT.text(row.snoozed_until or row.next_at or row.due_at, env)
    if row.rule:
        return f"{at} · {in_words(row.rule, env.language)}"
    return _("%(time)s, every %(n)s min") % {"time": at, "n": row.nag_minutes} if row.nag_minutes else at


@page("GET", "POST")
def dialog(visit: Visit, key: str, pk: int) -> HttpResponseBase:
    """A reminder of a record that is there: typed in one line, or chosen."""
    entity = visit.entity(key)
    record = records.get(entity, pk, visit.actor)
    post = visit.request.POST
    name = entity.extras.get("remind")
    at = entity.specs()[name].get(record) if name else None
    title = name_of(entity, record, visit.env)
    context: dict[str, Any] = {
        "title": _("Remind me"),
        "lead": title,
        "action": visit.request.path,
        "save_label": _("Remind me"),
        "soon": _soon(visit.env),
    }
    chosen = {part: post.get(part, initial) for part, initial in (*PARTS, ("line", ""))}
    if visit.request.method != "POST":
        return visit.draw(ON_RECORD, {**context, "fields": _inputs(at, chosen, visit.env)})
    about = {"entity": entity.key, "id": record.pk}
    try:
        return _kept(visit, context, *_meant(post.get("for", ""), chosen, at, visit.env), about, title)
    except Invalid as error:
        return visit.draw(ON_RECORD, {**context, "fields": _inputs(at, chosen, visit.env, error)}, 422)


def _read(line: str, env: Env) -> Entry:
    """A line as whoever types it means it."""
    return quick.read(line, env, hours.of_department(env.actor.department).ends)


def _meant(pressed: str, chosen: dict[str, str], at: datetime | None, env: Env) -> tuple[Entry, list[tuple[str, str]]]:
    """The line with the time and the repeats that were chosen beside it, and how these are sent again."""
    entry = _read(chosen["line"].strip(), env)
    again = int(chosen["again"]) if chosen["again"] in AGAIN and pressed not in SOON else 0
    sent = [(name, chosen[name]) for name in ("before", "when", "again") if chosen[name]]
    if entry.due is not None and (chosen["when"] or pressed in SOON):
        raise Invalid([FieldError("when", _("The line names a time as well. Leave one of the two out."))])
    if pressed in SOON:
        entry, sent = replace(entry, due=soon(pressed, env), until=None), [("for", pressed)]
    elif entry.due is None and (_before(at, env) or chosen["when"] or not chosen["line"].strip()):
        entry = replace(entry, due=_due(chosen, at, env), until=None)
    return replace(entry, nag=entry.nag or again), sent


def _soon(env: Env) -> list[dict[str, str]]:
    """The times that one press chooses, those that are over left out."""
    return [{"key": key, "label": str(label)} for key, label in SOON.items() if soon(key, env) > env.now]


@page("GET", "POST")
def quickly(visit: Visit) -> HttpResponseBase:
    """A reminder of nothing but itself, typed in one line."""
    if not may_remind(visit):
        raise Denied()
    context = {"title": _("Remind me"), "action": visit.request.path, "save_label": _("Remind me")}
    line = visit.request.POST.get("line", "")
    try:
        if visit.request.method == "POST":
            return _kept(visit, context, _read(line, visit.env), [], None, "")
    except Invalid as error:
        return visit.draw(DIALOG, {**context, "fields": [_line(line, error)]}, 422)
    return visit.draw(DIALOG, {**context, "fields": [_line(line)]})


def _kept(
    visit: Visit,
    context: dict[str, Any],
    entry: Entry,
    sent: list[tuple[str, str]],
    about: dict[str, Any] | None,
    title: str,
) -> HttpResponseBase:
    """Made; where the line says when, or holds what was not understood, it is shown first and made when confirmed."""
    post, env = visit.request.POST, visit.env
    line = post.get("line", "")
    raw = quick.values(entry, env, about, title)
    asks = entry.unread or _read(line, env).due is not None
    if not asks or post.get("understood") == line:
        return _made(visit, entry, raw)
    understood = {"text": raw["text"], "when": quick.words(entry, env)}
    hidden, said = [("understood", line), *sent], _("Yes, remind me")
    drawn = {**context, "understood": understood, "hidden": hidden, "fields": [_line(line)], "save_label": said}
    return visit.draw("web/parts/form/remind_line.html", drawn, 422)


def _made(visit: Visit, entry: Entry, raw: dict[str, Any]) -> HttpResponseBase:
    """Made, and its moment said."""
    batch, due, env = new_batch(), entry.due or visit.env.now, visit.env
    records.create("reminders", raw, visit.act("form", batch))
    plain = due > env.now and not entry.rule and not entry.on_opening
    when = when_words(due, env) if plain else quick.words(entry, env)
    return done(visit, _("You will be reminded: %(when)s") % {"when": when}, batch)


def _line(line: str, error: Invalid | None = None) -> dict[str, Any]:
    """The one line, and beside it what is wrong with anything that has no input of its own."""
    wrong = [part.message for part in error.errors if part.field not in dict(PARTS)] if error else []
    hint = _("“tomorrow 15:00 call Priya”, “every Monday 9:00 report, nag 30 min”")
    made = {"name": "line", "id": "id_line", "label": _("In one line"), "kind": "text", "raw": line, "help": hint}
    return {**made, "required": False, "errors": wrong}


def in_palette(visit: Visit, typed: str, on: str) -> list[dict[str, Any]]:
    """A line of the palette that says when: what it is understood as, and about what, made by a press."""
    if not may_remind(visit):
        return []
    entry = _read(typed, visit.env)
    if entry.due is None or not entry.text:
        return []
    label, said, about = _("Remind me: %(text)s") % {"text": entry.text}, quick.words(entry, visit.env), ""
    entity, record = _open(visit, on)
    if entity is not None:
        about = f"&on={entity.key}/{record.pk}"
        said = f"{said} · {_('about %(name)s') % {'name': name_of(entity, record, visit.env)}}"
    url = f"/remind/typed?{urlencode({'line': typed})}{about}"
    return [{"label": label, "hint": said, "icon": "bell", "post": url}]


def _open(visit: Visit, on: str) -> tuple[Entity | None, Any]:
    """The record on whose page one is, where it is open."""
    key, _slash, pk = on.partition("/")
    try:
        entity = visit.entity(key)
        return entity, records.get(entity, number(pk), visit.actor)
    except DoorError:
        return None, None


@page("POST")
def typed(visit: Visit) -> HttpResponseBase:
    """Make what the palette showed."""
    params = visit.request.GET
    key, _slash, pk = params.get("on", "").partition("/")
    about = None
    if key:
        about = {"entity": key, "id": records.get(visit.entity(key), number(pk), visit.actor).pk}
    entry = _read(params.get("line", ""), visit.env)
    return _made(visit, entry, quick.values(entry, visit.env, about))


def _past() -> str:
    return _("The reminder would come before now. Choose a time that is still to come.")


def _before(at: datetime | None, env: Env) -> dict[str, Any]:
    """What may be chosen of the times before a moment: those that are still to come."""
    if at is None:
        return {}
    return {key: label for key, label in BEFORE.items() if key and at - timedelta(minutes=int(key)) > env.now}


def _due(chosen: dict[str, str], at: datetime | None, env: Env) -> datetime:
    before = chosen["before"]
    if at is not None and before in BEFORE and before and not chosen["when"]:
        if before not in _before(at, env):
            raise Invalid([FieldError("before" if _before(at, env) else "when", _past())])
        return at - timedelta(minutes=int(before))
    found: datetime | None = MOMENT.parse(chosen["when"], env)
    if found is None:
        raise Invalid([FieldError("when", _("Choose a time."))])
    if found <= env.now:
        raise Invalid([FieldError("when", _("Choose a time that is still to come."))])
    return found


def _inputs(
    at: datetime | None, chosen: dict[str, str], env: Env, error: Invalid | None = None
) -> list[dict[str, Any]]:
    wrong = error.by_field() if error else {}

    def one(name: str, label: str, kind: str, **more: Any) -> dict[str, Any]:
        held = {"name": name, "id": f"id_{name}", "label": label, "kind": kind, "raw": chosen[name]}
        return {**held, "errors": wrong.get(name, []), **more}

    before = _before(at, env)
    made = [one("before", _("When"), "choice", options=options(before, ""), required=True)] if before else []
    label = _("Or at") if before else _("When")
    made.append(one("when", label, "datetime"))
    made.append(one("again", _("How often"), "choice", options=options(AGAIN, ""), required=True))
    return [_line(chosen["line"], error), *made]


slots.offer("form.parts", WithRecord())
slots.offer("record.panels", panels)
