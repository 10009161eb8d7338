"""The gallery of ready-made rules, doing again what failed, and taking back what was done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _

from bosun.kernel.entity import Entity
from bosun.kernel.errors import DoorError, Invalid, NotFound
from bosun.platform.automation import gallery, happenings, mending, merging
from bosun.platform.automation.gallery import Param, Template
from bosun.platform.automation.models import DONE
from bosun.web import fields, settings_ownrules, settings_pages
from bosun.web.rulefields import merging_input
from bosun.web.settings_automation import BASE, PAGE
from bosun.web.verbs import DIALOG, take_back
from bosun.web.visit import Visit, page


@page("GET")
def templates(visit: Visit) -> HttpResponseBase:
    """What there is to be used."""
    settings_pages.require(visit, PAGE)
    context = {
        "title": _("Ready-made rules"),
        "crumbs": settings_pages.crumb(PAGE),
        "templates": [
            {
                "name": str(each.name),
                "says": str(each.says),
                "about": happenings.describe(each.event)["entity"],
                "dialog": f"{BASE}/gallery/{each.key}",
                **settings_ownrules.offered(visit, each.key),
            }
            for each in gallery.templates(visit.actor)
        ],
    }
    return settings_pages.draw(visit, PAGE, "automation_gallery", context)


@page("GET", "POST")
def use(visit: Visit, name: str) -> HttpResponseBase:
    """One of them, with what is left open in it; the rule that is made is off."""
    settings_pages.require(visit, PAGE)
    template = next((each for each in gallery.templates(visit.actor) if each.key == name), None)
    if template is None:
        raise NotFound()
    context: dict[str, Any] = {
        "title": str(template.name),
        "lead": str(template.says),
        "action": visit.request.path,
        "save_label": _("Make the rule"),
        "fields": _inputs(visit, template),
    }
    if visit.request.method == "GET":
        return visit.draw(DIALOG, context)
    post = visit.request.POST
    raw = {param.name: fields.read_one(post, param.name, param.kind) for param in template.params}
    try:
        made = gallery.use(name, raw, visit.act("form"))
    except Invalid as error:
        context["fields"] = _inputs(visit, template, raw, error)
        known = {param.name for param in template.params}
        context["form_errors"] = [part.message for part in error.errors if part.field not in known]
        return visit.draw(DIALOG, context, 422)
    messages.success(visit.request, _("“%(rule)s” is made. Rehearse it, then switch it on.") % {"rule": made.name})
    entity = template.event.rpartition(".")[0]
    return HttpResponse(status=204, headers={"HX-Redirect": f"{BASE}?for={entity}"})


def _inputs(
    visit: Visit, template: Template, raw: dict[str, Any] | None = None, error: Invalid | None = None
) -> list[dict[str, Any]]:
    found = happenings.find(template.event)
    return [_input(visit, param, raw, error, found.entity if found else None) for param in template.params]


def _input(
    visit: Visit, param: Param, raw: dict[str, Any] | None, error: Invalid | None, entity: Entity | None
) -> dict[str, Any]:
    wrong = error.by_field().get(param.name, []) if error else []
    given = param.initial if raw is None else raw.get(param.name)
    how: dict[str, Any] = {"raw": str(given) if isinstance(given, int) else given} if given not in (None, []) else {}
    drawn = fields.field(
        param.name,
        param.label,
        param.kind,
        visit.env,
        required=param.required,
        errors=wrong,
        help_text=param.help,
        **how,
    )
    if entity is not None and merging.FIELD.search(str(param.initial)):
        drawn = merging_input(drawn, entity)
    return {**drawn, "ahead": True}


@page("POST")
def replay(visit: Visit, pk: int) -> HttpResponseBase:
    """Do a failed run again."""
    settings_pages.require(visit, PAGE)
    try:
        made = mending.replay(pk, visit.actor)
    except DoorError as error:
        messages.warning(visit.request, error.title)
    else:
        said = _("Done this time.") if made.state == DONE else _("It failed again.")
        (messages.success if made.state == DONE else messages.warning)(visit.request, said)
    return HttpResponseRedirect(f"{BASE}/failed")


@page("POST")
def undo(visit: Visit, pk: int) -> HttpResponseBase:
    """Take back what a run did; what somebody changed since stays, and is named."""
    return take_back(visit, lambda: mending.undo(pk, visit.actor, visit.act("undo").confirm), Invalid)
