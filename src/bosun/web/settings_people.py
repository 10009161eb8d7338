"""People: who works here, how they sign in, and who takes over when somebody leaves."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from bosun.kernel import access, records, registry
from bosun.kernel.actor import new_batch
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Denied, DoorError, Invalid
from bosun.lib import numbers
from bosun.platform.accounts import services
from bosun.platform.org import ladder
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
    leaving = bool(record.active)
    held = owned(visit, pk) if leaving else {}
    counts = ", ".join(f"{count} {entity.label if count == 1 else entity.plural}" for entity, count in held.items())
    context: dict[str, Any] = {
        "title": _("Left the company") if leaving else _("Is back"),
        "lead": lead_of(record, leaving, counts),
        "action": visit.request.path,
        "fields": [heir(visit)] if held else [],
        "save_label": _("Switch off") if leaving else _("Switch on"),
    }
    if visit.request.method == "GET":
        return visit.draw(DIALOG, context)
    batch = new_batch()
    act = visit.act("form", batch)
    try:
        with transaction.atomic():
            moved = hand_over(visit, pk, list(held), batch) if leaving else 0
            records.change("users", pk, {"active": not leaving}, act)
    except Invalid as error:
        return visit.draw(DIALOG, {**context, "form_errors": [part.message for part in error.errors]}, 422)
    except DoorError as error:
        return visit.draw(DIALOG, {**context, "form_errors": [error.title]}, 409)
    text = _("%(name)s can sign in again.") if not leaving else _("%(name)s cannot sign in any more.")
    said = text % {"name": record.name}
    if moved:
        said += " " + _("%(count)d records were handed over.") % {"count": moved}
    return done(visit, said, batch)


def lead_of(record: Any, leaving: bool, counts: str) -> str:
    """What happens, in words."""
    if not leaving:
        return _("%(name)s can sign in again with the old password.") % {"name": record.name}
    lead = _("%(name)s is signed out at the next click; everything %(name)s did is kept.") % {"name": record.name}
    return lead + (" " + _("Still to be looked after: %(records)s.") % {"records": counts} if counts else "")


def owned(visit: Visit, pk: int) -> dict[Entity, int]:
    """What a person looks after, as far as the visitor may hand it over."""
    found = {}
    for entity in registry.all_entities():
        if entity.owned and "transfer" in entity.verbs and access.may(visit.actor, entity, "transfer"):
            count, _exact = records.query(entity, visit.actor, visit.env, "transfer").where(owner_id=pk).count()
            if count:
                found[entity] = count
    return found


def heir(visit: Visit) -> dict[str, Any]:
    """Who takes over."""
    spec = records.entity_of("users").native_specs()["created_by"]
    help_text = _("Empty: the records stay with this person and can be handed over later.")
    return fields.field("heir", _("Hand everything to"), spec.kind, visit.env, help_text=help_text)


def hand_over(visit: Visit, pk: int, entities: list[Entity], batch: str) -> int:
    """Give all records of a person to the one who was picked; how many."""
    wanted = visit.request.POST.get("heir", "").strip()
    if not wanted:
        return 0
    if not numbers.is_id(wanted) or int(wanted) == pk:
        raise Invalid(_("Choose somebody else to take over."))
    moved: list[Draft] = []
    for entity in entities:
        rows = records.query(entity, visit.actor, visit.env, "transfer").where(owner_id=pk).rows()
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), 500):
            part = ids[start : start + 500]
            moved += records.run_verb(entity, part, "transfer", {"owner": {"id": wanted}}, visit.act("bulk", batch))
    return sum(1 for draft in moved if draft.failure is None)
