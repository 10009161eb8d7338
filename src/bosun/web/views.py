"""The views of a list: everything, the presets that ship, and what people saved; and keeping, naming, sharing them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from bosun.kernel.actor import new_batch
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid, NotFound
from bosun.kernel.kinds import Choice, Kind, Reference, Text
from bosun.platform.views import services
from bosun.platform.views.models import LEVELS, ROLE
from bosun.platform.views.services import View
from bosun.web import fields
from bosun.web.liststate import ListState, from_params
from bosun.web.visit import Visit, page

__all__ = ["View", "menu", "remove", "rename", "save", "share", "star", "update"]
DIALOG = "web/parts/form/dialog.html"
NAME = Text(80)


def state_of(visit: Visit, key: str) -> ListState:
    """The list that the address describes."""
    return from_params(visit.entity(key), visit.env, visit.request.GET)


def look_of(state: ListState) -> dict[str, Any]:
    """What a view keeps of a list as it stands."""
    columns = [spec.name for spec in state.shown_columns] if state.columns is not None or state.view.columns else []
    return {"filter": state.tree or None, "sort": state.order, "columns": columns}


def menu(state: ListState, env: Env) -> list[dict[str, Any]]:
    """What can be done with the view that is open."""
    view, base = state.view, f"/{state.entity.key}/view"
    found: list[dict[str, Any]] = []
    if not view.key:
        return found
    query = urlencode({**state.params(), "view": view.key})
    if view.id is not None and view.mine and state.is_changed:
        found.append(_entry("keep", _("Save this view as it stands"), "device-floppy", post=f"{base}/update?{query}"))
    label, icon = (_("Not at hand"), "star-off") if view.favourite else (_("Keep at hand"), "star")
    found.append(_entry("star", label, icon, post=f"{base}/star?{query}&on={0 if view.favourite else 1}"))
    if view.id is not None and (view.mine or env.actor.is_admin):
        found.append(_entry("rename", _("Rename"), "pencil", dialog=f"{base}/rename?{query}"))
        if services.may_share(env.actor):
            found.append(_entry("share", _("Share"), "share", dialog=f"{base}/share?{query}"))
        gone = _entry("remove-view", _("Remove this view"), "trash", post=f"{base}/remove?{query}")
        found.append({**gone, "danger": True, "confirm": _("Remove this view? The records stay.")})
    return found


def _entry(key: str, label: str, icon: str, **how: str) -> dict[str, Any]:
    return {"key": key, "label": label, "icon": icon, **how}


def _went(visit: Visit, text: str, entity: Entity, view: View | None) -> HttpResponse:
    messages.success(visit.request, text)
    address = f"/{entity.key}?view={view.key}" if view else f"/{entity.key}"
    return HttpResponse(status=204, headers={"HX-Redirect": address})


def _form(visit: Visit, title: str, made: list[dict[str, Any]], error: Invalid | None = None) -> HttpResponse:
    known = {each["name"] for each in made}
    over = [part.message for part in error.errors if part.field not in known] if error else []
    context = {"title": title, "action": visit.request.get_full_path(), "fields": made, "form_errors": over}
    return visit.draw(DIALOG, context, 422 if error else 200)


def _field(visit: Visit, name: str, label: str, kind: Kind, value: Any, error: Invalid | None) -> dict[str, Any]:
    wrong = error.by_field().get(name, []) if error else []
    return fields.field(name, label, kind, visit.env, value, errors=wrong, required=True)


@page("GET", "POST")
def save(visit: Visit, key: str) -> HttpResponseBase:
    """Keep the list as it stands under a name."""
    state = state_of(visit, key)
    name = visit.request.POST.get("name", "")
    if visit.request.method == "GET":
        return _form(visit, _("Save as a view"), [_field(visit, "name", _("Name"), NAME, "", None)])
    try:
        made = services.keep(state.entity, name, visit.act("form", new_batch()), **look_of(state))
    except Invalid as error:
        return _form(visit, _("Save as a view"), [_field(visit, "name", _("Name"), NAME, name, error)], error)
    return _went(visit, _("View saved."), state.entity, made)


@page("POST")
def update(visit: Visit, key: str) -> HttpResponseBase:
    """The view takes the filter, order and columns of the list as it stands."""
    state = state_of(visit, key)
    made = services.change(state.entity, state.view.key, visit.act("form", new_batch()), look=look_of(state))
    return _went(visit, _("View saved."), state.entity, made)


@page("GET", "POST")
def rename(visit: Visit, key: str) -> HttpResponseBase:
    """Another name."""
    state = state_of(visit, key)
    name = visit.request.POST.get("name", state.view.label)
    if visit.request.method == "GET":
        return _form(visit, _("Rename"), [_field(visit, "name", _("Name"), NAME, name, None)])
    try:
        made = services.change(state.entity, state.view.key, visit.act("form", new_batch()), name=name)
    except Invalid as error:
        return _form(visit, _("Rename"), [_field(visit, "name", _("Name"), NAME, name, error)], error)
    return _went(visit, _("View saved."), state.entity, made)


@page("GET", "POST")
def share(visit: Visit, key: str) -> HttpResponseBase:
    """Open a view to everybody, to a role, or to nobody else."""
    state = state_of(visit, key)
    roles = Reference("org.Role")
    level = visit.request.POST.get("level", state.view.level)
    error = None
    if visit.request.method == "POST":
        raw = visit.request.POST.get("role", "")
        role = int(raw) if level == ROLE and raw.isascii() and raw.isdigit() and len(raw) < 19 else None
        try:
            made = services.share(state.entity, state.view.key, level, visit.act("form", new_batch()), role)
            return _went(visit, _("View saved."), state.entity, made)
        except Invalid as refused:
            error = refused
    choice = _field(visit, "level", _("Open to"), Choice("", LEVELS), level, error)
    of_role = _field(visit, "role", _("Role"), roles, None, error)
    of_role["shown_when_json"] = f'{{"field":"level","op":"is","value":"{ROLE}"}}'
    return _form(visit, _("Share"), [choice, of_role], error)


@page("POST")
def remove(visit: Visit, key: str) -> HttpResponseBase:
    """To the bin; the records stay."""
    state = state_of(visit, key)
    if state.view.id is None:
        raise NotFound()
    services.remove(state.entity, state.view.key, visit.act("form", new_batch()))
    return _went(visit, _("View removed."), state.entity, None)


@page("POST")
def star(visit: Visit, key: str) -> HttpResponseBase:
    """Keep a view in the menu, or not any more."""
    state = state_of(visit, key)
    if not state.view.key:
        raise NotFound()
    services.favourite(state.entity, state.view.key, visit.request.GET.get("on") == "1", visit.actor)
    return HttpResponse(status=204, headers={"HX-Refresh": "true"})
