"""The notepad: the list at the left, the text at the right, kept while one types."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpResponseBase, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Conflict, FieldError, Invalid, NotFound
from bosun.modules.notepad import services
from bosun.modules.notepad.models import LENGTH
from bosun.web import fields
from bosun.web.settings_forms import version
from bosun.web.verbs import DIALOG, done
from bosun.web.visit import Visit, page

SHOWN = 200
KEY = re.compile(r"[0-9a-f-]{20,40}")
EXCERPT = 90
FIRST = 1
"""The version of a note that has just been made."""


def own(visit: Visit, action: str = "read") -> Entity:
    """The entity of notes, where this person has them."""
    return visit.entity("notepad_notes", action)


def mine(visit: Visit, pk: int, action: str = "read") -> Any:
    """One's own note; NotFound for everybody else's, whatever rights one has."""
    note = records.get(own(visit), pk, visit.actor, action)
    if note.owner_id != visit.actor.id:
        raise NotFound()
    return note


def listed(visit: Visit, words: str) -> list[dict[str, Any]]:
    """One's notes, the latest first."""
    query = records.query(own(visit), visit.actor, visit.env).where(owner_id=visit.actor.id)
    query = query.search(words) if words else query.sort(["-updated_at"])
    return [line(each) for each in query.page(limit=SHOWN).items]


def line(note: Any) -> dict[str, Any]:
    """One note in the list."""
    rest = " ".join((note.body or "").split())
    if note.title and rest.startswith(note.title):
        rest = rest[len(note.title) :].strip()
    return {"id": note.pk, "title": note.title or "", "rest": rest[:EXCERPT], "at": note.updated_at}


@page("GET")
def notepad(visit: Visit) -> HttpResponseBase:
    """The list, and the note that the address names; for a script the list alone."""
    params = visit.request.GET
    words, wanted = params.get("q", "").strip()[:200], params.get("note", "")
    found = listed(visit, words)
    if visit.fragment:
        return visit.draw("notepad/list.html", {"notes": found, "words": words, "chosen": None})
    chosen = mine(visit, int(wanted)) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else None
    new = "new" in params
    if chosen is None and found and not new:
        chosen = mine(visit, found[0]["id"])
    context = {
        "notes": found, "words": words, "chosen": chosen, "opened": new or bool(wanted), "page_title": _("Notepad"),
        "may_task": access.may(visit.actor, registry.get("tasks"), "create"),
        "may_follow": access.may(visit.actor, registry.get("follow_ups"), "create"),
        "longest": LENGTH,
    }  # fmt: skip
    return visit.draw("notepad/notepad.html", context)


@page("POST")
def make(visit: Visit) -> HttpResponseBase:
    """A new note; sent twice under one key it is one."""
    key, body = visit.request.POST.get("key", ""), visit.request.POST.get("body", "")
    if not KEY.fullmatch(key):
        raise Invalid([FieldError("key", _("This page was open for too long. Load it again."))])
    entity, own_key = own(visit, "create"), f"notepad:{visit.actor.id}:{key}"
    held = records.query(entity, visit.actor, visit.env).near(external_id=own_key).page(limit=1).items
    if held:
        note = held[0]
        # Whoever makes it has seen nothing of what was changed since.
        if note.version > FIRST and note.body != body:
            return _clash(note, note.version, note.body)
        return _keep(visit, note, body, note.version)
    made = records.create(entity, {"body": body, "external_id": own_key}, visit.act("form"), visit.env)
    return _kept(made)


@page("POST")
def keep(visit: Visit, pk: int) -> HttpResponseBase:
    """What was typed; 409 with both texts where the note was changed elsewhere since."""
    return _keep(visit, mine(visit, pk, "change"), visit.request.POST.get("body", ""), version(visit.request.POST))


def _keep(visit: Visit, note: Any, body: str, seen: int | None) -> HttpResponseBase:
    try:
        draft = records.change("notepad_notes", note.pk, {"body": body}, visit.act("form"), seen, visit.env)
    except Conflict as error:
        return _clash(note, error.version, error.clashes[0].theirs)
    return _kept(draft.record)


def _clash(note: Any, now: int, theirs: str | None) -> JsonResponse:
    return JsonResponse({"id": note.pk, "version": now, "theirs": theirs or ""}, status=409)


def _kept(note: Any) -> JsonResponse:
    return JsonResponse({"id": note.pk, "version": note.version, "title": note.title or ""})


@page("POST")
def remove(visit: Visit, pk: int) -> HttpResponseBase:
    """To the bin, with undo."""
    note, batch = mine(visit, pk, "remove"), new_batch()
    records.remove(own(visit, "remove"), [note.pk], visit.act("form", batch), visit.env)
    return done(visit, _("%(name)s moved to the bin.") % {"name": note.title or _("Note")}, batch, "/notepad")


@page("POST")
def to_task(visit: Visit, pk: int) -> HttpResponseBase:
    """The note becomes a task."""
    batch = new_batch()
    made = services.into_task(mine(visit, pk, "remove"), visit.act("form", batch), visit.env)
    said = _("Now a task: %(name)s") % {"name": made.subject}
    return done(visit, said, batch, "/notepad")


@page("GET", "POST")
def to_follow_up(visit: Visit, pk: int) -> HttpResponseBase:
    """The note becomes a follow-up on a record."""
    note = mine(visit, pk, "remove")
    spec = access.specs(visit.entity("follow_ups", "create"), visit.actor)["about"]
    context: dict[str, Any] = {
        "title": _("Make it a follow-up"),
        "lead": note.title or "",
        "action": visit.request.path,
        "save_label": _("Follow-up"),
    }
    how: dict[str, Any] = {}
    if visit.request.method == "POST":
        raw = fields.read_one(visit.request.POST, "about", spec.kind)
        batch = new_batch()
        try:
            made = services.into_follow_up(note, raw, visit.act("form", batch), visit.env)
        except Invalid as error:
            how = {"raw": raw, "errors": [part.message for part in error.errors]}
        else:
            address = f"/{made.about_entity}/{made.about_id}"
            return done(visit, _("Now a follow-up: %(name)s") % {"name": made.subject}, batch, address)
    drawn = fields.spec_field(spec, registry.get("follow_ups"), visit.env, None, **how)
    return visit.draw(DIALOG, {**context, "fields": [drawn]}, 422 if how else 200)


urlpatterns = [
    path("notepad", notepad, name="notepad_notes"),
    path("notepad/new", make, name="note_new"),
    path("notepad/<int:pk>", keep, name="note_keep"),
    path("notepad/<int:pk>/remove", remove, name="note_remove"),
    path("notepad/<int:pk>/task", to_task, name="note_task"),
    path("notepad/<int:pk>/follow-up", to_follow_up, name="note_follow_up"),
]
