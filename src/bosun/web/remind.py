"""Reminders where one stands: made together with a record, and on the page of any record.

An entity says with `extras={"remind": "due"}` which of its moments people want to be reminded of.
"""

from __future__ import annotations

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
from bosun.kernel.errors import Denied, FieldError, Invalid
from bosun.kernel.kinds import Moment
from bosun.platform.reminders import kinds, quick
from bosun.web.notices import number
from bosun.web.present import name_of, record_url
from bosun.web.recordpage import Panel
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
MOMENT = Moment()
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
        make(visit, entity, record, at - timedelta(minutes=int(before)), int(again), batch)


def may_remind(visit: Visit) -> bool:
    """Whether this person has reminders."""
    return access.may(visit.actor, registry.get("reminders"), "create")


def make(
    visit: Visit, entity: Entity, record: Any, due: datetime, again: int, batch: str, owner: int | None = None
) -> None:
    """A reminder of a record: for whoever is named, else for whoever has it."""
    raw = {
        "text": name_of(entity, record, visit.env),
        "about": {"entity": entity.key, "id": record.pk},
        "due_at": due,
        "nag_minutes": again,
        "owner": owner or getattr(record, "owner_id", None),
    }
    records.create("reminders", raw, visit.act("form", batch).by_system("reminder"))


def panels(visit: Visit, entity: Entity, record: Any) -> list[Panel]:
    """One's own open reminders of a record, at its side."""
    if entity.key == "reminders" or entity.menu == "settings" or not may_remind(visit):
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
        return f"{at} · {kinds.in_words(row.rule, env.language)}"
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
    }
    chosen = {part: post.get(part, initial) for part, initial in (*PARTS, ("line", ""))}
    try:
        if visit.request.method == "POST" and chosen["line"].strip():
            return _typed(visit, context, chosen["line"], {"entity": entity.key, "id": record.pk}, title)
        if visit.request.method == "POST":
            due = _due(chosen, at, visit.env)
            batch = new_batch()
            again = int(chosen["again"]) if chosen["again"] in AGAIN else 0
            make(visit, entity, record, due, again, batch, owner=visit.actor.id)
            return done(visit, _("You will be reminded."), batch)
    except Invalid as error:
        return visit.draw(DIALOG, {**context, "fields": _inputs(at, chosen, error)}, 422)
    return visit.draw(DIALOG, {**context, "fields": _inputs(at, chosen)})


@page("GET", "POST")
def quickly(visit: Visit) -> HttpResponseBase:
    """A reminder of nothing but itself, typed in one line."""
    if not may_remind(visit):
        raise Denied()
    context = {"title": _("Remind me"), "action": visit.request.path, "save_label": _("Remind me")}
    line = visit.request.POST.get("line", "")
    try:
        if visit.request.method == "POST":
            return _typed(visit, context, line, None, "")
    except Invalid as error:
        return visit.draw(DIALOG, {**context, "fields": [_line(line, error)]}, 422)
    return visit.draw(DIALOG, {**context, "fields": [_line(line)]})


def _typed(
    visit: Visit, context: dict[str, Any], line: str, about: dict[str, Any] | None, title: str
) -> HttpResponseBase:
    """Shown as it was understood, and made when that is confirmed."""
    entry = quick.read(line, visit.env)
    raw = quick.values(entry, about, title)
    if visit.request.POST.get("understood") == line:
        batch = new_batch()
        records.create("reminders", raw, visit.act("form", batch))
        return done(visit, _("You will be reminded: %(when)s") % {"when": quick.words(entry, visit.env)}, batch)
    understood = {"text": raw["text"], "when": quick.words(entry, visit.env)}
    hidden, said = [("understood", line)], _("Yes, remind me")
    drawn = {**context, "understood": understood, "hidden": hidden, "fields": [_line(line)], "save_label": said}
    return visit.draw("web/parts/form/remind_line.html", drawn, 422)


def _line(line: str, error: Invalid | None = None) -> dict[str, Any]:
    wrong = error.by_field() if error else {}
    hint = _("“tomorrow 15:00 call Priya”, “every Monday 9:00 report, nag 30 min”")
    made = {"name": "line", "id": "id_line", "label": _("In one line"), "kind": "text", "raw": line, "help": hint}
    return {**made, "required": False, "errors": wrong.get("line", [])}


def in_palette(visit: Visit, typed: str, on: str) -> list[dict[str, Any]]:
    """A line of the palette that says when: what it is understood as, made by a press."""
    if not may_remind(visit):
        return []
    entry = quick.read(typed, visit.env)
    key, _slash, pk = on.partition("/")
    if entry.due is None or not entry.text:
        return []
    label = _("Remind me: %(text)s") % {"text": entry.text}
    about = f"&on={key}/{number(pk)}" if registry.find(key) and number(pk) else ""
    url = f"/remind/typed?{urlencode({'line': typed})}{about}"
    return [{"label": label, "hint": quick.words(entry, visit.env), "icon": "bell", "post": url}]


@page("POST")
def typed(visit: Visit) -> HttpResponseBase:
    """Make what the palette showed."""
    params = visit.request.GET
    key, _slash, pk = params.get("on", "").partition("/")
    about = None
    if key:
        about = {"entity": key, "id": records.get(visit.entity(key), number(pk), visit.actor).pk}
    entry = quick.read(params.get("line", ""), visit.env)
    batch = new_batch()
    records.create("reminders", quick.values(entry, about), visit.act("form", batch))
    return done(visit, _("You will be reminded: %(when)s") % {"when": quick.words(entry, visit.env)}, batch)


def _due(chosen: dict[str, str], at: datetime | None, env: Env) -> datetime:
    if at is not None and chosen["before"] in BEFORE and chosen["before"] and not chosen["when"]:
        return at - timedelta(minutes=int(chosen["before"]))
    found: datetime | None = MOMENT.parse(chosen["when"], env)
    if found is None:
        raise Invalid([FieldError("when", _("Choose a time."))])
    return found


def _inputs(at: datetime | None, chosen: dict[str, str], error: Invalid | None = None) -> list[dict[str, Any]]:
    wrong = error.by_field() if error else {}

    def one(name: str, label: str, kind: str, **more: Any) -> dict[str, Any]:
        held = {"name": name, "id": f"id_{name}", "label": label, "kind": kind, "raw": chosen[name]}
        return {**held, "errors": wrong.get(name, []), **more}

    before = {key: label for key, label in BEFORE.items() if key}
    made = [one("before", _("When"), "choice", options=options(before, ""), required=True)] if at is not None else []
    label = _("Or at") if at is not None else _("When")
    made.append(one("when", label, "datetime"))
    made.append(one("again", _("How often"), "choice", options=options(AGAIN, ""), required=True))
    return [_line(chosen["line"], error), *made]


slots.offer("form.parts", WithRecord())
slots.offer("record.panels", panels)
