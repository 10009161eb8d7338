"""Rules as things that one keeps: versions and the way back, tests, and files to carry them elsewhere."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import records
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import Conflict, DoorError, Invalid
from bosun.kernel.kinds import LongText, Moment
from bosun.platform.automation import carrying, console, filing, trying, versions
from bosun.platform.automation.carrying import CHANGED, NEW, SAME, WRONG, Planned
from bosun.web import fields, settings_pages
from bosun.web.settings_automation import BASE, PAGE, rule_of
from bosun.web.settings_forms import version
from bosun.web.verbs import done
from bosun.web.visit import Visit, page

VERSIONS = "web/parts/settings/rule_versions.html"
TESTS = "web/parts/settings/rule_tests.html"
UPLOAD = "web/parts/settings/rule_upload.html"


# versions --------------------------------------------------------------------------------------------------------


@page("GET")
def history(visit: Visit, pk: int) -> HttpResponseBase:
    """The versions of a rule, each with what was different."""
    row = rule_of(visit, pk)
    told = [{**each, "at": Moment().load(each["at"])} for each in versions.told(pk, visit.env)]
    for each in told:
        each["back"] = "" if each["version"] == row.version else f"{BASE}/{pk}/versions/{each['version']}"
    chosen = visit.request.GET.get("version", "")
    context = {"title": row.name, "versions": told, "chosen": chosen, "rule_url": f"{BASE}/{pk}"}
    return visit.draw(VERSIONS, context)


@page("POST")
def go_back(visit: Visit, pk: int, number: int) -> HttpResponseBase:
    """Back to a version, as a change like any other."""
    row = rule_of(visit, pk)
    batch = new_batch()
    versions.back(pk, number, visit.act("form", batch))
    text = _("%(name)s is as in version %(version)s again.") % {"name": row.name, "version": number}
    return done(visit, text, batch)


# tests -----------------------------------------------------------------------------------------------------------


@page("GET", "POST")
def tests(visit: Visit, pk: int) -> HttpResponseBase:
    """The tests of a rule in their readable form; saved, or run as they stand."""
    row = rule_of(visit, pk)
    typed = visit.request.POST.get("tests")
    text = written(row.tests) if typed is None else typed
    context: dict[str, Any] = {
        "title": row.name, "action": f"{BASE}/{pk}/tests", "rule_url": f"{BASE}/{pk}", "version": row.version,
    }  # fmt: skip
    status = 200
    if visit.request.method == "POST":
        try:
            row.tests = filing.read_part(text)
            if "run" not in visit.request.POST:
                return _kept(visit, row)
            context["tried"] = trying.run(row, visit.actor)
            context["failed"] = sum(1 for each in context["tried"] if not each.passed)
            status = 422  # what draws a dialog anew
        except Invalid as error:
            context["problems"], status = [part.message for part in error.errors], 422
        except Conflict as error:
            context["problems"], status = [error.title], 409
    context["field"] = fields.field("tests", _("Tests"), LongText(), visit.env, raw=text)
    return visit.draw(TESTS, context, status)


def _kept(visit: Visit, row: Any) -> HttpResponse:
    batch = new_batch()
    seen = version(visit.request.POST)
    records.change("rules", row.pk, {"tests": row.tests}, visit.act("form", batch), seen, visit.env)
    return done(visit, _("The tests of %(name)s are saved.") % {"name": row.name}, batch)


def written(tests: Any) -> str:
    """Tests as somebody reads and writes them."""
    return filing.write([{"tests": tests}]).removeprefix("tests:\n") if tests else ""


# files -----------------------------------------------------------------------------------------------------------


@page("GET")
def one_file(visit: Visit, pk: int) -> HttpResponseBase:
    """One rule as a file."""
    row = rule_of(visit, pk)
    return _file(carrying.export([row], visit.env), slugify(row.name) or f"rule-{pk}")


@page("GET")
def all_files(visit: Visit) -> HttpResponseBase:
    """All rules in one file."""
    settings_pages.require(visit, PAGE)
    visit.entity("rules")
    return _file(carrying.export(console.rules(visit.actor), visit.env, carrying.own_templates(visit.env)), "rules")


def _file(text: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.yaml"'}
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=headers)


@page("GET", "POST")
def upload(visit: Visit) -> HttpResponseBase:
    """Rules from a file: first what would become of each, then they are brought in, off."""
    settings_pages.require(visit, PAGE)
    visit.entity("rules", "create")
    context: dict[str, Any] = {"action": f"{BASE}/upload"}
    if visit.request.method == "GET":
        return visit.draw(UPLOAD, context)
    try:
        text = _uploaded(visit)
        sure = "text" in visit.request.POST
        plan = carrying.bring(filing.read(text), visit.act("form", batch := new_batch()), check=not sure)
    except DoorError as error:
        return visit.draw(UPLOAD, {**context, "problems": [error.title]}, 422)
    wrong = any(each.state == WRONG for each in plan)
    if sure and not wrong:
        n = sum(1 for each in plan if each.state in (NEW, CHANGED))
        if not n:
            return done(visit, nothing_new())
        said = ngettext("%(n)s rule was brought in. It is off.", "%(n)s rules were brought in. They are off.", n)
        return done(visit, said % {"n": n}, batch)
    same = all(each.state == SAME for each in plan)
    context |= {"plan": [_planned(each) for each in plan], "text": "" if wrong or same else text}
    return visit.draw(UPLOAD, {**context, "nothing": nothing_new() if same else ""}, 422)


def nothing_new() -> str:
    """What is said of a file whose rules are all here."""
    return _("Nothing to bring in: all rules are the same.")


def _uploaded(visit: Visit) -> str:
    if "text" in visit.request.POST:
        return str(visit.request.POST["text"])
    file = visit.request.FILES.get("file")
    if file is None:
        raise Invalid(_("Choose a file."))
    if file.size is None or file.size > filing.LARGEST:
        raise Invalid(_("This file is too large."))
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Invalid(_("This file is no text in UTF-8.")) from None


def _planned(each: Planned) -> dict[str, Any]:
    words = {NEW: _("New"), CHANGED: _("Changed"), SAME: _("Same"), WRONG: _("Not brought in")}
    tones = {NEW: "good", CHANGED: "due", SAME: "none", WRONG: "overdue"}
    problems = [f"{part.field}: {part.message}" if part.field else part.message for part in each.problems]
    return {"name": each.name, "state": words[each.state], "tone": tones[each.state],
            "lines": [*each.differs, *problems]}  # fmt: skip
