"""Channels in the settings: which there are, what each needs, how it is doing, and a test to oneself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from secrets import token_hex, token_urlsafe
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bosun.kernel.errors import NotFound
from bosun.platform.deliveries import addresses, configured, heard, links
from bosun.platform.deliveries.channels import CHANNELS, sms_http
from bosun.platform.deliveries.channels.port import Channel, Message, Outcome, Setting
from bosun.platform.org.models import Person
from bosun.web import settings_pages
from bosun.web.verbs import done
from bosun.web.visit import Visit, page

PAGE = "channels"
BASE = "/settings/channels"
ICONS = {"email": "mail", "phone": "device-mobile", "push": "world", "hook": "robot", "none": "send"}
KINDS = {"flag": "checkbox", "choice": "choice", "number": "number"}
STATE = "web/parts/settings/channel_state.html"
LACKING = {
    "email": gettext_lazy("You have no e-mail address in your profile."),
    "phone": gettext_lazy("You have no phone number in your profile."),
    "push": gettext_lazy("Switch notices on in this browser first, under Sign-in and devices."),
}
LONGEST = 4000
WORDS = 300
LAST_PORT = 65_535


def _channel(visit: Visit, key: str) -> Channel:
    settings_pages.require(visit, PAGE)
    found = CHANNELS.get(key)
    if found is None:
        raise NotFound()
    return found


@page("GET")
def channels(visit: Visit) -> HttpResponseBase:
    """All of them, with how each is doing."""
    settings_pages.require(visit, PAGE)
    held, down = configured.rows(), {row.key for row in configured.failing()}
    lines = [
        {
            "label": str(each.label),
            "icon": ICONS[each.address_kind],
            "url": f"{BASE}/{key}",
            "on": key in held and held[key].enabled,
            "down": key in down,
            "error": held[key].errors[0]["said"] if key in down and held[key].errors else "",
        }
        for key, each in CHANNELS.items()
    ]
    lead = _("How people are told while they do not look at Bosun. Each chooses among those that are on.")
    return settings_pages.draw(visit, PAGE, "channels", {"channels": lines, "lead": lead})


@page("GET", "POST")
def channel(visit: Visit, key: str) -> HttpResponseBase:
    """What one channel needs, and its last errors."""
    about = _channel(visit, key)
    held = configured.values_of(key)
    row = configured.rows().get(key)
    errors: dict[str, str] = {}
    if visit.request.method == "POST":
        held, errors = _read(visit, about, held)
        if not errors:
            configured.save(key, held, "enabled" in visit.request.POST)
            messages.success(visit.request, _("%(name)s is saved.") % {"name": about.label})
            return HttpResponseRedirect(f"{BASE}/{key}")
    on = "enabled" in visit.request.POST if errors else bool(row and row.enabled)
    switch = {
        "name": "enabled", "id": "id_enabled", "label": _("This channel is on"), "raw": on, "errors": [],
        "kind": "checkbox",
    }  # fmt: skip
    fields = [switch, *(made for each in about.settings for made in _fields(each, held, errors.get(each.key, "")))]
    half = len(fields) if len(fields) < 6 else (len(fields) + 1) // 2
    columns = [part for part in (fields[:half], fields[half:]) if part]
    form = {
        "action": f"{BASE}/{key}", "draft_key": f"channels/{key}", "cancel_url": BASE, "fresh": True,
        "sections": [{"columns": columns}], "parts": [{"template": STATE}],
        "bad": [each for each in fields if each["errors"]],
    }  # fmt: skip
    context = {
        "title": str(about.label),
        "crumbs": settings_pages.crumb(PAGE),
        "title_verbs": _buttons(key, row),
        "form": form,
        "channel": row,
        "down": row is not None and row.enabled and row.failing_since is not None,
        "reports": sms_http.report_url(held) if key == "sms" and held.get("report_secret") else "",
        "last_errors": [
            {"at": datetime.fromisoformat(each["at"]), "said": each["said"]} for each in (row.errors if row else ())
        ],
    }
    return settings_pages.draw(visit, PAGE, "channel", context, 422 if errors else 200)


def _buttons(key: str, row: Any) -> list[dict[str, Any]]:
    if row is None:
        return []
    power = _("Switch off") if row.enabled else _("Switch on")
    return [
        settings_pages.button("test", _("Send me a test"), icon="send", primary=True, post=f"{BASE}/{key}/test"),
        settings_pages.button("switch", power, icon="power", post=f"{BASE}/{key}/switch"),
    ]


# the form ----------------------------------------------------------------------------------------------------------


def _fields(each: Setting, held: Mapping[str, Any], error: str) -> list[dict[str, Any]]:
    """The input of one setting. A secret is never shown again: an empty input keeps it, a tick takes it away."""
    value = held.get(each.key)
    made: dict[str, Any] = {
        "name": each.key, "id": f"id_{each.key}", "label": str(each.label), "raw": value, "value": None,
        "errors": [error] if error else [], "help": str(each.help or ""), "required": each.required,
        "kind": KINDS.get(each.kind, "text"), "max_length": LONGEST,
    }  # fmt: skip
    if each.kind == "choice":
        made["options"] = [{"key": key, "label": str(label)} for key, label in each.choices.items()]
        made["required"] = True
    if each.kind != "secret":
        return [made]
    made |= {"kind": "secret", "raw": "", "required": each.required and not value}
    if not value:
        return [made]
    made["placeholder"] = _("Kept. Type another one to change it.")
    if each.required:
        return [made]
    label = _("Remove: %(name)s") % {"name": each.label}
    return [
        made,
        {"name": f"{each.key}_clear", "id": f"id_{each.key}_clear", "label": label, "raw": False, "errors": [],
         "kind": "checkbox"},
    ]  # fmt: skip


def _read(visit: Visit, about: Channel, held: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What was posted, and what is wrong with it."""
    post, values, errors = visit.request.POST, dict(held), {}
    for each in about.settings:
        typed = post.get(each.key, "").strip()
        if each.kind == "flag":
            values[each.key] = each.key in post
        elif each.kind == "secret":
            values[each.key] = typed or ("" if f"{each.key}_clear" in post else held.get(each.key) or "")
        else:
            values[each.key] = typed
        if each.kind == "number" and not (typed.isascii() and typed.isdigit() and len(typed) < 10):
            errors[each.key] = _("Write a whole number.")
        elif each.kind == "number":
            values[each.key] = int(typed)
            if not 0 < values[each.key] <= LAST_PORT:
                errors[each.key] = _("A port is a number from 1 to %(most)s.") % {"most": LAST_PORT}
        if each.kind == "choice" and typed not in each.choices:
            errors[each.key] = _("Choose from the list.")
        if each.required and values[each.key] == "":
            errors[each.key] = _("This is needed.")
        if len(typed) > LONGEST or "\0" in typed:
            errors[each.key] = _("This is too long or holds characters that cannot be stored.")
    # Gateways need an address of ours that nobody guesses before they can be told about it.
    if "report_secret" in values and not values["report_secret"]:
        values["report_secret"] = token_urlsafe(24)
    judge = getattr(about, "faults", None)
    return values, {**(judge(values) if judge is not None and not errors else {}), **errors}


# a test ------------------------------------------------------------------------------------------------------------


@page("POST")
def test(visit: Visit, key: str) -> HttpResponseBase:
    """A message to oneself, and what the gateway says to it."""
    about = _channel(visit, key)
    if key not in configured.rows():
        raise NotFound()
    to = addresses.of(key, list(Person.objects.filter(pk=visit.actor.id or 0))).get(visit.actor.id or 0)
    context: dict[str, Any] = {"to": to, "label": str(about.label), "lacking": str(LACKING.get(about.address_kind, ""))}
    if to is not None:
        outcome = heard.fit(key, _tried(about, _message(visit, to)))
        taken = outcome.state in ("sent", "delivered")
        context |= {"said": outcome.said[:WORDS], "silent": outcome.silent, "taken": taken}
        context["named"] = about.address_kind in ("email", "phone")
        if taken or outcome.dead:
            configured.well(key)
    return visit.draw("web/parts/settings/channel_tested.html", context)


def _message(visit: Visit, to: str) -> Message:
    text = _("This is a test of Bosun. If you can read it, the channel works.")
    return Message(
        key=f"test:{token_hex(8)}", to=to, language=visit.env.language, subject=_("Test from Bosun"), text=text,
        url=f"{links.base()}/me/notices",
    )  # fmt: skip


def _tried(about: Channel, message: Message) -> Outcome:
    found = [outcome for _message, outcome in about.send([message], configured.values_of(about.key))]
    return found[0] if found else Outcome("again")


@page("POST")
def switch(visit: Visit, key: str) -> HttpResponseBase:
    """On or off, as it is set up."""
    about = _channel(visit, key)
    row = configured.rows().get(key)
    if row is None:
        raise NotFound()
    configured.save(key, configured.values_of(key), not row.enabled)
    text = _("%(name)s is off.") if row.enabled else _("%(name)s is on.")
    return done(visit, text % {"name": about.label})
