"""How one hears: channels by kind of notice, quiet hours, the digest; and the company's plan for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from bosun.kernel.errors import FieldError, Invalid, NotFound
from bosun.platform.deliveries import addresses, choosing, configured, plans, services
from bosun.platform.deliveries.models import WHEN
from bosun.web import settings_pages
from bosun.web.verbs import DIALOG, done
from bosun.web.visit import Visit, page

MINE, COMPANY = "me-notices", "plans"
Json = dict[str, Any]


@page("GET")
def mine(visit: Visit) -> HttpResponseBase:
    """What one chose, and addresses of one's own that take nothing."""
    held = choosing.of(visit.actor)
    lines = [_line(kind, plans.chosen(kind, held), f"/me/notices/{kind}") for kind in plans.KINDS]
    context = {
        "lead": _("In the app you hear of everything. Choose what else reaches you, and when not."),
        "lines": lines if configured.enabled() else [],
        "quiet": f"{_clock(held.quiet_from)} – {_clock(held.quiet_until)}" if held.quiet_from else "",
        "digest": _clock(held.digest_at) if "email" in configured.enabled() else "",
        "times_dialog": "/me/notices/times",
        "dead": [
            {"label": services.label(row.channel), "address": row.address, "said": row.said}
            for row in addresses.of_person(visit.actor.id or 0)
        ],
    }
    return settings_pages.draw(visit, MINE, "told", context)


def _line(kind: str, chosen: Mapping[str, str], dialog: str) -> Json:
    words, waits = [], 0
    for key, when in chosen.items():
        said = str(WHEN[when])
        if when == plans.THEN:
            waits += plans.of_kind(kind).minutes
            said = _("When it was not read for %(n)s min") % {"n": waits}
        words.append(_("%(channel)s: %(when)s") % {"channel": services.label(key), "when": said})
    return {"label": str(plans.KINDS[kind]), "said": " · ".join(words), "dialog": dialog}


def _clock(at: time | None) -> str:
    return f"{at:%H:%M}" if at else ""


def _input(name: str, label: str, raw: Any, kind: str = "text", **more: Any) -> Json:
    return {"name": name, "id": f"id_{name}", "label": label, "raw": raw, "kind": kind, "errors": [], **more}


def _choices(empty: str = "") -> Json:
    return {"options": [{"key": key, "label": str(text)} for key, text in WHEN.items()], "empty_label": empty}


def _refused(visit: Visit, context: Json, error: Invalid) -> HttpResponseBase:
    """The dialog again, with what was typed and what was wrong with it."""
    for each in context["fields"]:
        each["raw"] = visit.request.POST.get(each["name"], "") if each["kind"] != "multichoice" else each["raw"]
        each["errors"] = [str(fault.message) for fault in error.errors if fault.field == each["name"]]
    return visit.draw(DIALOG, context, 422)


@page("GET", "POST")
def mine_of(visit: Visit, kind: str) -> HttpResponseBase:
    """One's own channels for a kind of notice."""
    if kind not in plans.KINDS:
        raise NotFound()
    plan, held = plans.of_kind(kind), choosing.of(visit.actor)
    chosen = held.kinds.get(kind) or {}
    inputs = []
    for key in configured.enabled():
        company = WHEN[plan.channels.get(key) or plans.NEVER]
        as_company = _("As the company: %(when)s") % {"when": company}
        fixed = key in plan.fixed
        help_ = _("The company has set this for everybody.") if fixed else ""
        raw = (plan.channels.get(key) or plans.NEVER) if fixed else chosen.get(key, "")
        inputs.append(
            _input(key, services.label(key), raw, "choice", readonly=fixed, help=help_, **_choices(as_company))
        )
    context = {"title": str(plans.KINDS[kind]), "action": visit.request.path, "fields": inputs}
    if visit.request.method == "GET":
        return visit.draw(DIALOG, context)
    try:
        choosing.choose(visit.actor, kind, visit.request.POST.dict())
    except Invalid as error:
        return _refused(visit, context, error)
    return done(visit, _("Saved"))


@page("GET", "POST")
def times(visit: Visit) -> HttpResponseBase:
    """Quiet hours and the digest."""
    held = choosing.of(visit.actor)
    zone = _("On your clock: %(zone)s. What comes meanwhile waits until they end.") % {"zone": visit.actor.zone}
    said = _("Your mails come together, once a day.")
    inputs = [
        _input("quiet_from", _("Quiet from"), _clock(held.quiet_from), "time"),
        _input("quiet_until", _("Quiet until"), _clock(held.quiet_until), "time", help=zone),
        _input("digest_at", _("All mails of a day at"), _clock(held.digest_at), "time", help=said),
    ]
    context = {"title": _("Quiet hours and digest"), "action": visit.request.path, "fields": inputs}
    if visit.request.method == "GET":
        return visit.draw(DIALOG, context)
    post = visit.request.POST
    try:
        choosing.keep_quiet(
            visit.actor, post.get("quiet_from", ""), post.get("quiet_until", ""), post.get("digest_at", "")
        )
    except Invalid as error:
        return _refused(visit, context, error)
    return done(visit, _("Saved"))


# for the company -------------------------------------------------------------------------------------------------


@page("GET")
def company(visit: Visit) -> HttpResponseBase:
    """The plan of each kind of notice."""
    settings_pages.require(visit, COMPANY)
    context = {
        "lead": _("How everybody hears who chooses nothing else, and what nobody can switch off."),
        "lines": [_planned(kind) for kind in plans.KINDS] if configured.enabled() else [],
    }
    return settings_pages.draw(visit, COMPANY, "told", context)


def _planned(kind: str) -> Json:
    plan = plans.of_kind(kind)
    line = _line(kind, plans.chosen(kind, None), f"/settings/plans/{kind}")
    after = _("The next channel after %(n)s min") % {"n": plan.minutes}
    parts = [line["said"], after, _("then the manager") if plan.ladder else ""]
    return {**line, "said": " · ".join(part for part in parts if part)}


@page("GET", "POST")
def company_of(visit: Visit, kind: str) -> HttpResponseBase:
    """The plan of one kind."""
    settings_pages.require(visit, COMPANY)
    if kind not in plans.KINDS:
        raise NotFound()
    plan, known = plans.of_kind(kind), configured.enabled()
    inputs = [
        _input(key, services.label(key), plan.channels.get(key) or plans.NEVER, "choice", required=True, **_choices())
        for key in known
    ]
    fixed = [{"key": key, "label": services.label(key)} for key in known]
    further = _("Until then somebody has the time to read it.")
    inputs += [
        _input("fixed", _("Nobody switches off"), plan.fixed, "multichoice", options=fixed),
        _input("minutes", _("Next channel after, minutes"), plan.minutes, help=further, required=True),
        _input("ladder", _("Then tell the manager, and so on up"), plan.ladder, "checkbox"),
    ]
    context = {"title": str(plans.KINDS[kind]), "action": visit.request.path, "fields": inputs}
    if visit.request.method == "GET":
        return visit.draw(DIALOG, context)
    post = visit.request.POST
    try:
        choosing.decide(
            visit.actor, kind, post.dict(), post.getlist("fixed"), _number(post.get("minutes", "")), "ladder" in post
        )
    except Invalid as error:
        return _refused(visit, context, error)
    return done(visit, _("Saved"))


def _number(raw: str) -> int:
    text = raw.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Invalid([FieldError("minutes", _("Give a number from 1 to %(most)s.") % {"most": choosing.LONGEST})])
    return int(text)
