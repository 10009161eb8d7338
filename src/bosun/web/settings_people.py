"""People: who works here, how they sign in, and who takes over when somebody leaves."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from bosun.kernel import access, records
from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Denied, DoorError, Invalid
from bosun.lib import numbers
from bosun.platform.accounts import services
from bosun.platform.away import leaving
from bosun.platform.jobs import queue
from bosun.platform.org import actors, ladder
from bosun.web import fields, settings_pages
from bosun.web.present import shown
from bosun.web.settings_company import dress
from bosun.web.settings_forms import RecordForm, kept, page_context
from bosun.web.verbs import DIALOG, done
from bosun.web.visit import Visit, page

LAYOUT = (
    (gettext_lazy("Person"), "name username email phones | department position"),
    (gettext_lazy("Rights"), "roles"),
    (gettext_lazy("Preferences"), "language theme | zone"),
)
NAMES = tuple(name for _title, names in LAYOUT for name in names.replace("|", " ").split())
SHOWN = {"active": True, "off": False}
AT_ONCE = 200
"""So many records are handed over while somebody waits; more of them in a job."""


@page("GET")
def people(visit: Visit) -> HttpResponseBase:
    """Everybody, found by name, those who left apart."""
    settings_pages.require(visit, "people")
    words = visit.request.GET.get("q", "").strip()[:200]
    which = visit.request.GET.get("show", "active")
    query = records.query("users", visit.actor, visit.env).sort(["name"])
    if which in SHOWN:
        query = query.filter({"field": "active", "op": "is", "value": SHOWN[which]})
    found = (query.search(words) if words else query).page(limit=100, cursor=visit.request.GET.get("cursor", ""))
    entity = records.entity_of("users")
    records.preload(entity, found.items, visit.env, ["department", "position", "roles"])
    seen = services.last_seen([person.pk for person in found.items])
    context = {
        "people": [line(entity, person, visit, seen.get(person.pk)) for person in found.items],
        "search_url": "/settings/people",
        "q": words,
        "show": which,
        "views": [
            {"key": "active", "label": _("Active")},
            {"key": "off", "label": _("Left")},
            {"key": "all", "label": _("All")},
        ],
        "next": found.next,
        "title_verbs": adding(visit),
    }
    return settings_pages.draw(visit, "people", "people", context)


def adding(visit: Visit) -> list[dict[str, Any]]:
    """The buttons of the list."""
    found = []
    if settings_pages.may(visit.actor, "users", "import"):
        found.append(settings_pages.button("import", _("Import"), icon="upload", url="/users/import"))
    if settings_pages.may(visit.actor, "users", "create"):
        found.append(settings_pages.button("new", _("Person"), icon="plus", url="/settings/people/new", primary=True))
    return found


def line(entity: Entity, person: Any, visit: Visit, seen: Any) -> dict[str, Any]:
    """One person in the list."""
    specs = access.specs(entity, visit.actor)
    cells: dict[str, Any] = {
        n: shown(specs[n], person, visit.env) for n in ("department", "position", "roles") if n in specs
    }
    about = {"name": person.name, "url": f"/settings/people/{person.pk}", "username": person.username or ""}
    return {**about, **cells, "active": person.active, "last_seen": seen, "signs_in": bool(person.username)}


@page("GET", "POST")
def new(visit: Visit) -> HttpResponseBase:
    """Somebody new; the first password is shown once, on the answer itself."""
    settings_pages.require(visit, "people")
    entity = visit.entity("users", "create")
    form = RecordForm(visit, entity, NAMES)
    if visit.request.method == "POST":
        person = form.save()
        if person is not None:
            return made(visit, person)
    context = page_context(form, LAYOUT, "/settings/people/new", "/settings/people")
    dress_all(context, visit)
    title = {"title": _("New person"), "crumbs": settings_pages.crumb("people")}
    return settings_pages.draw(visit, "people", "form", {**context, **title}, form.status)


def made(visit: Visit, person: Any) -> HttpResponse:
    """The page after somebody was entered: the password to hand over."""
    user = services.log_in_of(person.pk)
    password = services.new_password() if user else ""
    if user:
        services.set_password(user, password)
    context = {
        "title": person.name,
        "crumbs": settings_pages.crumb("people"),
        "secret": secret_of(person.username, password) if user else None,
        "person": {"name": person.name, "url": f"/settings/people/{person.pk}"},
    }
    return settings_pages.draw(visit, "people", "person_made", context)


def secret_of(username: str, password: str) -> dict[str, str]:
    """A password to be shown once."""
    return {"label": _("Password of %(name)s") % {"name": username}, "text": password}


def dress_all(context: dict[str, Any], visit: Visit) -> None:
    """Lists instead of codes."""
    for section in context["form"]["sections"]:
        for column in section["columns"]:
            for each in column:
                dress(each, visit.env.language, own=True)


@page("GET", "POST")
def person(visit: Visit, pk: int) -> HttpResponseBase:
    """One person."""
    settings_pages.require(visit, "people")
    entity = visit.entity("users", "change")
    record = records.get(entity, pk, visit.actor, "change")
    form = RecordForm(visit, entity, NAMES, record)
    if visit.request.method == "POST" and form.save() is not None:
        kept(visit, _("Saved"), form.batch)
        return HttpResponseRedirect(f"/settings/people/{pk}")
    context = page_context(form, LAYOUT, f"/settings/people/{pk}", "/settings/people")
    dress_all(context, visit)
    title = {
        "title": record.name,
        "title_note": "" if record.active else _("cannot sign in"),
        "crumbs": settings_pages.crumb("people"),
        "title_verbs": verbs_of(visit, record),
    }
    return settings_pages.draw(visit, "people", "person", {**context, **title}, form.status)


def verbs_of(visit: Visit, record: Any) -> list[dict[str, Any]]:
    """What can be done with a person besides editing."""
    base = f"/settings/people/{record.pk}"
    found = [settings_pages.button("rights", _("Rights"), icon="shield", url=f"{base}/rights")]
    if record.username and record.active:
        found.append(settings_pages.button("password", _("New password"), icon="key", dialog=f"{base}/password"))
    word, icon = (_("Left the company"), "user-off") if record.active else (_("Is back"), "user-check")
    if record.active and record.pk != visit.actor.id:
        url = f"/delegations/new?person={record.pk}&back={base}"
        found.append(settings_pages.button("away", _("Is away"), icon="calendar-time", url=url))
    if record.pk != visit.actor.id:
        found.append(settings_pages.button("leave", word, icon=icon, dialog=f"{base}/active"))
    return found


def guarded(visit: Visit, pk: int) -> Any:
    """A person whose sign-in the visitor may lay hands on: Denied for one with more rights."""
    settings_pages.require(visit, "people")
    record = records.get("users", pk, visit.actor, "change")
    if not ladder.covers_person(visit.actor, record):
        raise Denied()
    return record


@page("GET", "POST")
def password(visit: Visit, pk: int) -> HttpResponseBase:
    """A new password, made up or typed; a made-up one is shown once."""
    record = guarded(visit, pk)
    user = services.log_in_of(pk)
    if user is None:
        raise Denied()
    text = {
        "name": "password",
        "id": "id_password",
        "label": _("New password"),
        "kind": "text",
        "errors": [],
        "raw": "",
    }
    text["help"] = _("Leave it empty and one is made up and shown once.")
    context: dict[str, Any] = {
        "title": _("New password"),
        "lead": _("%(name)s is signed out everywhere. Tokens of programs go on working.") % {"name": record.name},
        "action": visit.request.path,
        "fields": [text],
        "save_label": _("Set password"),
    }
    if visit.request.method == "GET":
        return visit.draw(DIALOG, context)
    typed = visit.request.POST.get("password", "")
    chosen = typed or services.new_password()
    try:
        services.set_password(user, chosen)
    except ValidationError as error:
        text["errors"] = list(error.messages)
        return visit.draw(DIALOG, context, 422)
    if typed:
        return done(visit, _("The password of %(name)s is changed.") % {"name": record.name})
    return visit.draw("web/pages/settings/secret.html", {"secret": secret_of(record.username, chosen)})


password = sensitive_post_parameters("password")(password)


@page("GET", "POST")
def active(visit: Visit, pk: int) -> HttpResponseBase:
    """Somebody leaves, or is back: whoever leaves cannot sign in from the next click on, and hands over."""
    record = guarded(visit, pk)
    goes = bool(record.active)
    held = leaving.held(pk, visit.actor) if goes else {}
    counts = ", ".join(f"{count} {entity.label if count == 1 else entity.plural}" for entity, count in held.items())
    context: dict[str, Any] = {
        "title": _("Left the company") if goes else _("Is back"),
        "lead": lead_of(record, goes, counts),
        "action": visit.request.path,
        "fields": heirs_fields(visit, held) if held else [],
        "save_label": _("Switch off") if goes else _("Switch on"),
    }
    if visit.request.method == "GET":
        return visit.draw(DIALOG, context)
    batch = new_batch()
    act = visit.act("form", batch)
    try:
        with transaction.atomic():
            moved, later = hand_over(visit, pk, held, batch) if goes else (0, False)
            records.change("users", pk, {"active": not goes}, act)
    except Invalid as error:
        return visit.draw(DIALOG, {**context, "form_errors": [part.message for part in error.errors]}, 422)
    except DoorError as error:
        return visit.draw(DIALOG, {**context, "form_errors": [error.title]}, 409)
    text = _("%(name)s can sign in again.") if not goes else _("%(name)s cannot sign in any more.")
    said = text % {"name": record.name}
    if later:
        said += " " + _("%(count)d records are being handed over; “My jobs” shows how far it is.") % {"count": moved}
    elif moved:
        said += " " + _("%(count)d records were handed over.") % {"count": moved}
    return done(visit, said, batch)


def lead_of(record: Any, leaving: bool, counts: str) -> str:
    """What happens, in words."""
    if not leaving:
        return _("%(name)s can sign in again with the old password.") % {"name": record.name}
    lead = _("%(name)s is signed out at the next click; everything %(name)s did is kept.") % {"name": record.name}
    return lead + (" " + _("Still to be looked after: %(records)s.") % {"records": counts} if counts else "")


def heirs_fields(visit: Visit, held: dict[Entity, int]) -> list[dict[str, Any]]:
    """Who takes over: one for everything, and another for a kind where one is picked."""
    spec = records.entity_of("users").native_specs()["created_by"]
    help_text = _(
        "Empty: the records stay with this person and can be handed over later; reminders go to whoever stands in, "
        "else to the manager."
    )
    found = [fields.field("heir", _("Hand everything to"), spec.kind, visit.env, help_text=help_text)]
    for entity, count in held.items():
        label = _("%(records)s (%(count)s) to") % {"records": entity.plural, "count": count}
        found.append(fields.field(f"heir_{entity.key}", label, spec.kind, visit.env))
    return found


def heirs(visit: Visit, pk: int, held: dict[Entity, int]) -> dict[str, int]:
    """Who was picked for each kind; Invalid for anybody who cannot take over."""
    general = visit.request.POST.get("heir", "").strip()
    found = {}
    for entity in held:
        wanted = visit.request.POST.get(f"heir_{entity.key}", "").strip() or general
        if not wanted:
            continue
        if not numbers.is_id(wanted) or int(wanted) == pk or actors.load(int(wanted)) is None:
            raise Invalid(_("Choose somebody else to take over."))
        found[entity.key] = int(wanted)
    return found


def hand_over(visit: Visit, pk: int, held: dict[Entity, int], batch: str) -> tuple[int, bool]:
    """Give what a person looks after to those who were picked; how many records, and whether a job does it."""
    wanted = heirs(visit, pk, held)
    total = sum(count for entity, count in held.items() if entity.key in wanted)
    if total <= AT_ONCE:
        return leaving.hand_over(pk, wanted, visit.act("bulk", batch)), False
    # Before the person is switched off, which would give the reminders to somebody else.
    own = {key: heir for key, heir in wanted.items() if key == "reminders"}
    leaving.hand_over(pk, own, visit.act("bulk", batch))
    args = {"person": pk, "heirs": wanted, "batch": batch, "total": total}
    queue.enqueue(leaving.HAND_OVER, args, owner=visit.actor.id, unique=f"hand_over:{pk}")
    return total, True
