"""Inbound webhooks: their addresses, what came in, and which part of a message goes into which field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.errors import DoorError
from bosun.platform.org import actors
from bosun.platform.webhooks import keys, shapes
from bosun.platform.webhooks.models import DONE, Received
from bosun.web import fields, settings_pages
from bosun.web.present import a_new, record_url
from bosun.web.settings_forms import RecordForm, dialog, removal
from bosun.web.settings_webhooks import INBOUND, PAGE, SHOWN, buttons, hook_of, switched
from bosun.web.verbs import DIALOG, done
from bosun.web.visit import Visit, page

KEY = "inbound_webhooks"
NAMES = ["name", "entity", "signature", "identity"]


@dataclass
class InboundForm(RecordForm):
    """An inbound webhook in a form: what it makes and finds records by are chosen from lists."""

    def field(self, name: str) -> dict[str, Any]:
        """One input."""
        made = super().field(name)
        if name == "entity":
            options = [
                {"key": each.key, "label": each.plural} for each in registry.all_entities() if each.menu == "main"
            ]
            return {**made, "kind": "choice", "options": options}
        if name == "match" and self.record is not None:
            known = registry.get(str(self.record.entity)).specs()
            names = [name for name in self.record.mapping or {} if name in known]
            options = [{"key": each, "label": str(known[each].label)} for each in names]
            said = _("Without it every message makes a new record.")
            return {**made, "kind": "choice", "options": options, "help": said}
        return made


@page("GET", "POST")
def new(visit: Visit) -> HttpResponseBase:
    """Another one."""
    settings_pages.require(visit, PAGE)
    entity = visit.entity(KEY, "create")
    return dialog(InboundForm(visit, entity, NAMES), a_new(entity.label))


@page("GET", "POST")
def edit(visit: Visit, pk: int) -> HttpResponseBase:
    """What it is called, makes, and acts as."""
    row = hook_of(visit, pk, key=KEY)
    return dialog(InboundForm(visit, registry.get(KEY), [*NAMES, "match", "enabled", "owner"], row), str(row))


@page("GET", "POST")
def remove(visit: Visit, pk: int) -> HttpResponseBase:
    """To the bin."""
    hook_of(visit, pk, key=KEY)
    return removal(visit, registry.get(KEY), pk)


@page("POST")
def switch(visit: Visit, pk: int) -> HttpResponseBase:
    """On or off."""
    return switched(visit, KEY, hook_of(visit, pk, key=KEY))


@page("POST")
def secret(visit: Visit, pk: int) -> HttpResponseBase:
    """Another secret, shown this once."""
    row = hook_of(visit, pk, key=KEY)
    shown = {"label": _("Secret of “%(name)s”") % {"name": row.name}, "text": keys.rotate_inbound(row.pk)}
    return visit.draw("web/pages/settings/secret.html", {"secret": shown, "reload": True})


@page("POST")
def address(visit: Visit, pk: int) -> HttpResponseBase:
    """Another address; the one before is unknown from now on."""
    hook_of(visit, pk, key=KEY)
    keys.new_address(pk)
    return done(visit, _("It has another address."))


@page("GET")
def inbound(visit: Visit, pk: int) -> HttpResponseBase:
    """One with its address, its fields and what came in."""
    row = hook_of(visit, pk, key=KEY)
    base, entity = f"{INBOUND}/{pk}", registry.get(str(row.entity))
    known = entity.specs()
    rows = Received.objects.filter(hook=row).order_by("-id")[:SHOWN]
    verbs = buttons(row, base, "map", _("Map the fields"), "arrows-exchange")
    verbs[0] = {**verbs[0], "post": "", "dialog": f"{base}/map"}
    confirm = _("Give it another address? The one before stops working.")
    verbs.insert(
        3, settings_pages.button("address", _("New address"), icon="link", post=f"{base}/address", confirm=confirm)
    )
    where = settings.BOSUN_URL or visit.request.build_absolute_uri("/").rstrip("/")
    context = {
        "title": row.name,
        "crumbs": settings_pages.crumb(PAGE),
        "hook": row,
        "address": f"{where}/hooks/in/{keys.token_of(pk)}",
        "makes": entity.plural,
        "mapping": [
            (str(known[name].label), part if isinstance(part, str) else fields.structure(part["value"]))
            for name, part in (row.mapping or {}).items() if name in known
        ],
        "received": [_came(each, visit) for each in rows],
        "title_verbs": verbs,
    }  # fmt: skip
    return settings_pages.draw(visit, PAGE, "inbound", context)


def _came(row: Received, visit: Visit) -> dict[str, Any]:
    entity = registry.find(str(row.entity)) if row.entity else None
    seen = entity is not None and access.visible(entity, visit.actor).filter(pk=row.record_id).exists()
    errors = [part["message"] for part in row.answer.get("errors", ())]
    made = _("Made") if row.status == 201 else _("Changed")
    return {
        "at": row.at,
        "state": made if row.state == DONE else _("Refused"),
        "tone": "good" if row.state == DONE else "overdue",
        "message": "" if row.message.startswith("none:") else row.message,
        "record": record_url(entity, row.record_id) if seen and entity is not None and row.record_id else "",
        "why": " ".join(errors) or ("" if row.state == DONE else str(row.answer.get("title", ""))),
        "body": fields.structure(row.body),
    }


@page("GET", "POST")
def mapping(visit: Visit, pk: int) -> HttpResponseBase:
    """For each field the place of its value, chosen from what the last message holds."""
    row = hook_of(visit, pk, key=KEY)
    entity = registry.get(str(row.entity))
    last = Received.objects.filter(hook=row).order_by("-id").first()
    places = shapes.leaves(last.body) if last else []
    held = dict(row.mapping or {})
    specs = _fillable(row, entity)
    post = visit.request.POST
    context: dict[str, Any] = {
        "title": _("Map the fields"),
        "lead": _("Choose from the last message where each value stands.")
        if last
        else _("Send a message first, and choose from what it holds; or type the way to a value, as in customer.name."),
        "action": visit.request.path,
        "form_errors": [],
    }
    if visit.request.method == "POST":
        given = {name: post.get(f"at_{name}", "").strip() for name in specs}
        fixed = {name: part for name, part in held.items() if not isinstance(part, str)}
        wanted = {**fixed, **{name: place for name, place in given.items() if place}}
        batch = new_batch()
        try:
            records.change(KEY, pk, {"mapping": wanted or None}, visit.act("form", batch), env=visit.env)
            return done(visit, _("The fields are kept."), batch)
        except DoorError as error:
            context["form_errors"] = [part.message for part in getattr(error, "errors", ())] or [error.title]
            held |= given
    context["fields"] = [_place(name, spec.label, held.get(name), places) for name, spec in specs.items()]
    return visit.draw(DIALOG, context, 422 if context["form_errors"] else 200)


def _fillable(row: Any, entity: Entity) -> dict[str, Any]:
    """The fields that its identity may write, those of the form first."""
    actor = actors.load(row.identity_id or row.owner_id or 0)
    known = access.specs(entity, actor) if actor else {}
    names = [name for section in entity.form for name in section.names()]
    order = dict.fromkeys(["external_id", *names, *known])
    return {n: known[n] for n in order if n in known and known[n].writable and not known[n].read_only}


def _place(name: str, label: Any, held: Any, places: list[tuple[str, Any]]) -> dict[str, Any]:
    raw = held if isinstance(held, str) else ""
    made: dict[str, Any] = {
        "name": f"at_{name}",
        "id": f"id_at_{name}",
        "label": str(label),
        "raw": raw,
        "errors": [],
        "value": None,
    }
    if not places:
        return {**made, "kind": "text", "max_length": 500}
    options = [{"key": path, "label": f"{path} · {str(value)[:60]}"} for path, value in places]
    if raw and raw not in {path for path, _value in places}:
        options.insert(0, {"key": raw, "label": raw})
    return {**made, "kind": "choice", "options": options, "required": False}
