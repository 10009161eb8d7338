"""A rule in the side panel: made, changed, said in a sentence meanwhile, and rehearsed before it is switched on."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from bosun.kernel import records
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import Conflict, DoorError, Invalid
from bosun.platform.automation import console, happenings, services
from bosun.web import ruleform, settings_pages
from bosun.web.present import record_url
from bosun.web.ruleform import RuleForm
from bosun.web.settings_automation import BASE, PAGE, entity_of, rule_of
from bosun.web.settings_forms import version
from bosun.web.verbs import done
from bosun.web.visit import Visit, page

PANEL = "web/parts/settings/rule_panel.html"


@page("GET", "POST")
def new(visit: Visit) -> HttpResponseBase:
    """Another rule."""
    settings_pages.require(visit, PAGE)
    visit.entity("rules", "create")
    if visit.request.method == "POST":
        return _save(visit, ruleform.posted(visit))
    found = happenings.find(visit.request.GET.get("event", ""))
    entity = entity_of(visit.request.GET.get("for", "")) or (found.entity if found else happenings.entities()[0])
    return _draw(visit, ruleform.fresh(visit, entity, found.key if found else ""))


@page("GET", "POST")
def edit(visit: Visit, pk: int) -> HttpResponseBase:
    """A rule that is there."""
    row = rule_of(visit, pk)
    if visit.request.method == "POST":
        return _save(visit, ruleform.posted(visit, row))
    return _draw(visit, ruleform.of_row(visit, row))


def _save(visit: Visit, form: RuleForm) -> HttpResponseBase:
    if "switch_on" in visit.request.POST:
        form.enabled = True
    batch = new_batch()
    act = visit.act("form", batch)
    try:
        if form.row is None:
            place = {"position": console.last_place(form.entity)}
            records.create("rules", {**form.values(), **place}, act, visit.env)
        else:
            records.change("rules", form.row.pk, form.values(), act, version(visit.request.POST), visit.env)
    except Invalid as error:
        form.errors, form.status = error.by_field(), 422
        form.enabled = bool(form.row is not None and form.row.enabled)
    except Conflict as error:
        said = _("%(who)s changed this meanwhile. Load the page again.") % {"who": error.by or _("Somebody")}
        form.errors, form.status = {"": [said]}, 409
    else:
        text = _("%(name)s is saved and on.") if form.enabled else _("%(name)s is saved. It is off.")
        return done(visit, text % {"name": form.name}, batch)
    return _draw(visit, form)


def _draw(visit: Visit, form: RuleForm) -> HttpResponse:
    """The panel."""
    title = str(form.row.name) if form.row is not None else _("New rule")
    context = {"title": title, "action": visit.request.path, "base": BASE, **form.context()}
    return visit.draw(PANEL, context, form.status)


@page("POST")
def redraw(visit: Visit) -> HttpResponseBase:
    """The part of the form that depends on a choice: all of it, or the actions; one added, taken off or moved."""
    settings_pages.require(visit, PAGE)
    form, ask = ruleform.posted(visit), visit.request.GET
    if ask.get("part") == "all":
        answer = visit.draw("web/parts/settings/rule_body.html", {"base": BASE, **form.context()})
    else:
        at = ask.get("at", "")
        _arrange(form, ask.get("do", ""), int(at) if at.isascii() and at.isdigit() and len(at) < 4 else -1)
        context = {"base": BASE, **form.steps_context(), "added": ask.get("do") == "add"}
        answer = visit.draw("web/parts/settings/rule_steps.html", context)
    answer.headers["HX-Trigger-After-Settle"] = "rule-drawn"
    return answer


def _arrange(form: RuleForm, what: str, at: int) -> None:
    if what == "add" or (not form.steps and not form.guard):
        form.steps.append(ruleform.blank(form.visit, form.entity))
    elif what == "drop" and 0 <= at < len(form.steps):
        del form.steps[at]
    elif what == "up" and 0 < at < len(form.steps):
        form.steps.insert(at - 1, form.steps.pop(at))


@page("POST")
def sentence(visit: Visit) -> HttpResponseBase:
    """What the rule does, as it stands in the form."""
    settings_pages.require(visit, PAGE)
    return visit.draw("web/parts/settings/rule_says.html", {"sentence": ruleform.posted(visit).sentence()})


@page("POST")
def rehearse(visit: Visit) -> HttpResponseBase:
    """What the rule would have done, changing nothing."""
    settings_pages.require(visit, PAGE)
    form = ruleform.posted(visit)
    problems, found = form.problems(), None
    if not problems:
        try:
            found = services.rehearse(form.rule(), visit.actor)
        except DoorError as error:
            problems = [error.title]
    context: dict[str, Any] = {"problems": problems, "found": found, "base": BASE, "rehearsed": True}
    if found is not None:
        for each in found["samples"]:
            each["url"] = record_url(form.entity, each["id"]) if each["id"] else ""
    on = visit.request.POST.get("on") == "1"
    return visit.draw(
        "web/parts/settings/rule_rehearsal.html", {**context, "enabled": on, "plural": form.entity.plural}
    )
