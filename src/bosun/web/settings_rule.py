"""A rule in the side panel: made, changed, and said in a sentence meanwhile."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from bosun.kernel import records
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import Conflict, Invalid, NotFound
from bosun.platform.automation import console, happenings
from bosun.web import listdialogs, ruleform, settings_pages, settings_rehearsal
from bosun.web.ruleform import RuleForm
from bosun.web.rulesteps import STEPS
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
    if form.is_half:
        form.mark_halves()
        return _draw(visit, form)
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
    last = settings_rehearsal.last(visit, form)
    context = {"title": title, "action": visit.request.path, "base": BASE, **form.context(), **last}
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


@page("GET")
def merge_fields(visit: Visit) -> HttpResponseBase:
    """The fields that may stand in a text, for a picker: those of the record and of what it refers to."""
    settings_pages.require(visit, PAGE)
    entity, params = entity_of(visit.request.GET.get("for", "")), visit.request.GET
    if entity is None:
        raise NotFound()
    typed = params.get("q", "").strip()[:60].casefold()
    offered = listdialogs.filterable(entity, visit.env)
    items = [
        {"id": each["name"], "name": each["label"], "hint": each["name"]}
        for each in offered
        if typed in each["label"].casefold() or typed in each["name"]
    ]
    return JsonResponse({"items": items})


def _arrange(form: RuleForm, what: str, at: int) -> None:
    if what == "add" or (not form.steps and not form.guard):
        form.steps.append(ruleform.blank(form.visit, form.entity))
    elif what == "drop" and 0 <= at < len(form.steps):
        del form.steps[at]
    elif what in ("line", "unline") and 0 <= at < len(form.steps):
        step = STEPS.get(str(form.steps[at].get("action")))
        line = form.visit.request.GET.get("line", "")
        if step is not None:
            form.steps[at] = step.arrange(form.steps[at], what, int(line) if line.isdecimal() and len(line) < 4 else -1)
    elif what == "up" and 0 < at < len(form.steps):
        form.steps.insert(at - 1, form.steps.pop(at))


@page("POST")
def sentence(visit: Visit) -> HttpResponseBase:
    """What the rule does, as it stands in the form."""
    settings_pages.require(visit, PAGE)
    return visit.draw("web/parts/settings/rule_says.html", {"sentence": ruleform.posted(visit).sentence()})
