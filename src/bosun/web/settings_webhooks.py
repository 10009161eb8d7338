"""Webhooks: the addresses outside that are told, each with its messages and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from bosun.kernel import access, kinds, records, registry
from bosun.kernel.actor import new_batch
from bosun.kernel.errors import NotFound
from bosun.platform.webhooks import keys, sending, telling
from bosun.platform.webhooks.models import PARKED, SENT, WAITING, Delivery
from bosun.web import fields, settings_pages
from bosun.web.present import a_new
from bosun.web.settings_forms import RecordForm, dialog, removal
from bosun.web.verbs import done
from bosun.web.visit import Visit, page

PAGE = "webhooks"
BASE = "/settings/webhooks"
INBOUND = "/settings/inbound"
SHOWN = 50
TONES = {SENT: "good", PARKED: "overdue", WAITING: "soon"}


@dataclass
class HookForm(RecordForm):
    """A webhook in a form: its headers are typed as lines of a name and a text."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.visit.request.method == "POST":
            self.fixed = {"headers": self._headers()}

    def all_fields(self) -> list[dict[str, Any]]:
        """Every input in order."""
        held = self.record.headers if self.record is not None else None
        shown = "\n".join(f"{name}: {value}" for name, value in (held or {}).items())
        typed = self.visit.request.POST.get("header_lines", shown)
        said, wrong = _("One a line, as in X-Tenant: 7. They are sent to this host alone."), self.errors.get("headers")
        env, label = self.visit.env, _("Further headers")
        lines = fields.field("header_lines", label, kinds.LongText(8000), env, raw=typed, errors=wrong, help_text=said)
        return [*super().all_fields(), lines]

    def loose(self) -> list[str]:
        """What was said about no field of this form."""
        return [said for name, part in self.errors.items() if name not in (*self.specs, "headers") for said in part]

    def _headers(self) -> dict[str, str] | None:
        typed = self.visit.request.POST.get("header_lines", "")
        pairs = [line.partition(":") for line in typed.splitlines() if line.strip()]
        return {name.strip(): value.strip() for name, _colon, value in pairs} or None


@page("GET")
def webhooks(visit: Visit) -> HttpResponseBase:
    """Those that go out, and those that come in."""
    settings_pages.require(visit, PAGE)
    verbs = []
    for key, label, at in (("webhooks", _("Webhook"), BASE), ("inbound_webhooks", _("Inbound webhook"), INBOUND)):
        if settings_pages.may(visit.actor, key, "create"):
            new = settings_pages.button(key, label, icon="plus", dialog=f"{at}/new", primary=key == "webhooks")
            verbs.append(new)
    context = {
        "title_verbs": verbs,
        "lead": _(
            "Tell programs outside what happens, and take in what they tell. Rules say when a webhook is called."
        ),
        "out": [_line(row, BASE, row.url) for row in _of(visit, "webhooks")],
        "into": [_line(row, INBOUND, _target(row)) for row in _of(visit, "inbound_webhooks")],
    }
    return settings_pages.draw(visit, PAGE, "webhooks", context)


def _of(visit: Visit, key: str) -> list[Any]:
    entity = registry.get(key)
    if not access.may(visit.actor, entity, "read"):
        return []
    return list(records.query(entity, visit.actor, visit.env).sort(["name"]).page(limit=200).items)


def _line(row: Any, at: str, about: str) -> dict[str, Any]:
    return {"name": row.name, "about": about, "on": row.enabled, "url": f"{at}/{row.pk}"}


def _target(row: Any) -> str:
    entity = registry.find(str(row.entity))
    return entity.plural if entity else str(row.entity)


def hook_of(visit: Visit, pk: int, action: str = "change", key: str = "webhooks") -> Any:
    """A webhook that may be edited."""
    settings_pages.require(visit, PAGE)
    visit.entity(key)
    return records.get(key, pk, visit.actor, action)


@page("GET", "POST")
def new(visit: Visit) -> HttpResponseBase:
    """Another webhook."""
    settings_pages.require(visit, PAGE)
    entity = visit.entity("webhooks", "create")
    return dialog(HookForm(visit, entity, ["name", "url"], given={"enabled": True}), a_new(entity.label))


@page("GET", "POST")
def edit(visit: Visit, pk: int) -> HttpResponseBase:
    """Its name, address and headers."""
    row = hook_of(visit, pk)
    return dialog(HookForm(visit, registry.get("webhooks"), ["name", "url", "enabled", "owner"], row), str(row))


@page("GET", "POST")
def remove(visit: Visit, pk: int) -> HttpResponseBase:
    """To the bin."""
    hook_of(visit, pk)
    return removal(visit, registry.get("webhooks"), pk)


@page("POST")
def switch(visit: Visit, pk: int) -> HttpResponseBase:
    """On or off."""
    row = hook_of(visit, pk)
    return switched(visit, "webhooks", row)


def switched(visit: Visit, key: str, row: Any) -> HttpResponse:
    """The other way round than before."""
    batch = new_batch()
    records.change(key, row.pk, {"enabled": not row.enabled}, visit.act("form", batch), env=visit.env)
    text = _("%(name)s is off.") if row.enabled else _("%(name)s is on.")
    return done(visit, text % {"name": row.name}, batch)


@page("POST")
def test(visit: Visit, pk: int) -> HttpResponseBase:
    """A message that says nothing; the page shows what became of it."""
    sending.test(hook_of(visit, pk))
    return done(visit, _("A test is on its way."))


@page("POST")
def secret(visit: Visit, pk: int) -> HttpResponseBase:
    """Another secret, shown this once."""
    row = hook_of(visit, pk)
    shown = {"label": _("Secret of “%(name)s”") % {"name": row.name}, "text": keys.rotate(row.pk)}
    return visit.draw("web/pages/settings/secret.html", {"secret": shown, "reload": True})


@page("POST")
def again(visit: Visit, pk: int) -> HttpResponseBase:
    """A message once more."""
    row = Delivery.objects.filter(pk=pk, hook__isnull=False).first()
    if row is None or row.hook_id is None:
        raise NotFound()
    hook_of(visit, row.hook_id)
    sending.again(pk)
    return done(visit, _("It is on its way again."))


@page("GET")
def webhook(visit: Visit, pk: int) -> HttpResponseBase:
    """One webhook with its latest messages."""
    row = hook_of(visit, pk, "read")
    rows = list(Delivery.objects.filter(hook=row).select_related("hook").order_by("-id")[:SHOWN])
    base = f"{BASE}/{pk}"
    may = settings_pages.may(visit.actor, "webhooks", "change")
    context: dict[str, Any] = {
        "title": row.name,
        "crumbs": settings_pages.crumb(PAGE),
        "hook": row,
        "sent": [_sent(each, may) for each in rows],
        "moving": any(each.state == WAITING and not each.tries for each in rows),
        "url": base,
        "part": "web/parts/settings/webhook.html",
        "title_verbs": buttons(row, base, "test", _("Send a test"), "send") if may else [],
    }
    if visit.fragment:
        return visit.draw("web/parts/settings/webhook.html", context)
    return settings_pages.draw(visit, PAGE, "webhook", context)


def buttons(row: Any, base: str, key: str, label: str, icon: str) -> list[dict[str, Any]]:
    """What is done to a webhook."""
    confirm = _("Make another secret? The program outside needs the new one.")
    power = _("Switch off") if row.enabled else _("Switch on")
    return [
        settings_pages.button(key, label, icon=icon, primary=True, post=f"{base}/{key}"),
        settings_pages.button("edit", _("Edit"), icon="pencil", dialog=f"{base}/edit"),
        settings_pages.button("secret", _("New secret"), icon="key", post=f"{base}/secret", confirm=confirm),
        settings_pages.button("switch", power, icon="power", post=f"{base}/switch"),
        settings_pages.button("remove", _("Remove"), icon="trash", dialog=f"{base}/remove", danger=True),
    ]


def _sent(row: Delivery, may: bool) -> dict[str, Any]:
    words = {SENT: _("Sent"), PARKED: _("Given up"), WAITING: _("On its way")}
    return {
        "state": words[row.state],
        "tone": TONES[row.state],
        "event": row.event,
        "key": row.key,
        "at": row.ended_at or row.next_at or row.made_at,
        "tries": row.attempts,
        "why": telling.reason(row),
        "answer": row.answer,
        "body": fields.structure(row.body) if may else "",
        "again": f"{BASE}/messages/{row.pk}/again" if may and row.state != WAITING else "",
    }
