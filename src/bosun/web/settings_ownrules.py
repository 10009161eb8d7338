"""Rules kept as ready-made ones: what is left open in them, under which label; changed and removed in the gallery."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bosun.kernel import access, records, registry
from bosun.kernel.actor import new_batch
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.kernel.kinds import Choice, Text
from bosun.platform.automation import happenings, own
from bosun.platform.automation.own import Value
from bosun.web import fields, settings_pages
from bosun.web.settings_automation import BASE, PAGE, rule_of
from bosun.web.settings_forms import RecordForm, dialog, removal
from bosun.web.verbs import DIALOG
from bosun.web.visit import Visit, page

WHOLE = "whole"
ENTITY = "own_templates"


@page("GET", "POST")
def keep(visit: Visit, pk: int) -> HttpResponseBase:
    """A rule, or one action of it, as a ready-made one. Values that get a label are asked for when it is used."""
    row = rule_of(visit, pk)
    visit.entity(ENTITY, "create")
    post = visit.request.POST
    part = post.get("part") or visit.request.GET.get("part", WHOLE)
    action = int(part) if part.isascii() and part.isdigit() and len(part) < 3 else None
    held = _values(visit, row, action)
    wrong: dict[str, list[str]] = {}
    if visit.request.method == "POST":
        labels = {each.place: post.get(f"label_{each.place}", "").strip()[:80] for each in held}
        asked = {place: label for place, label in labels.items() if label}
        try:
            made = own.keep(
                row, post.get("name", ""), post.get("says", ""), asked, visit.act("form", new_batch()), action
            )
        except Invalid as error:
            wrong = error.by_field()
        else:
            messages.success(visit.request, _("“%(name)s” is kept.") % {"name": made.name})
            return HttpResponse(status=204, headers={"HX-Redirect": f"{BASE}/gallery"})
    known = ("name", "says")
    context = {
        "title": _("Keep as ready-made"),
        "lead": _("What gets a label is asked for when it is used; all else stays as it is."),
        "action": f"{BASE}/{pk}/template",
        "fields": [*_head(visit, row, part, wrong), *(_label(visit, each) for each in held)],
        "form_errors": [said for name, several in wrong.items() if name not in known for said in several],
        "save_label": pgettext("rule", "Keep"),
    }
    return visit.draw(DIALOG, context, 422 if wrong else 200)


def _values(visit: Visit, row: Any, action: int | None) -> list[Value]:
    found = happenings.find(str(row.event))
    if found is None:
        raise Invalid(_("The rule cannot be used any more: what it speaks of is gone."))
    return own.values(own.body_of(row, action), found.entity, visit.env)


def _head(visit: Visit, row: Any, part: str, wrong: dict[str, list[str]]) -> list[dict[str, Any]]:
    post = visit.request.POST
    parts = {WHOLE: _("The whole rule")}
    parts |= {str(number): _("Only action %(n)s") % {"n": number + 1} for number in range(len(row.do or ()))}
    name, says = post.get("name", str(row.name)), post.get("says", "")
    return [
        fields.field("part", _("What is kept"), Choice("", parts), visit.env, raw=part),
        fields.field("name", _("Name"), Text(120), visit.env, raw=name, required=True, errors=wrong.get("name", [])),
        fields.field("says", _("What it does"), Text(300), visit.env, raw=says, errors=wrong.get("says", [])),
    ]


def _label(visit: Visit, each: Value) -> dict[str, Any]:
    name = f"label_{each.place}"
    label = _("%(field)s: %(value)s") % {"field": each.label, "value": _said(each, visit.env)}
    return fields.field(name, label, Text(80), visit.env, raw=visit.request.POST.get(name, ""))


def _said(each: Value, env: Env) -> str:
    several = each.value if isinstance(each.value, list) else [each.value]
    try:
        return ", ".join(each.kind.operand_text("is", each.kind.operand("is", one, env), env) for one in several)
    except (Invalid, TypeError, ValueError, AttributeError):
        return ", ".join(str(one) for one in several)


def offered(visit: Visit, key: str) -> dict[str, str]:
    """Where a ready-made rule of one's own is changed and removed, as far as that is open."""
    number = key.removeprefix(own.KEY)
    if not key.startswith(own.KEY):
        return {}
    entity = registry.get(ENTITY)
    found = {}
    for action, word in (("change", "edit"), ("remove", "remove")):
        if access.may_row(entity, visit.actor, action, int(number)):
            found[word] = f"{BASE}/gallery/{key}/{word}"
    return found


@page("GET", "POST")
def edit(visit: Visit, name: str) -> HttpResponseBase:
    """Its name and what is said of it."""
    settings_pages.require(visit, PAGE)
    row = own.row_of(name, visit.actor, "change")
    form = RecordForm(visit, registry.get(ENTITY), ("name", "says"), records.get(ENTITY, row.pk, visit.actor))
    return dialog(form, str(row.name))


@page("GET", "POST")
def remove(visit: Visit, name: str) -> HttpResponseBase:
    """To the bin; rules that were made from it stay."""
    settings_pages.require(visit, PAGE)
    return removal(visit, registry.get(ENTITY), own.row_of(name, visit.actor, "remove").pk)
