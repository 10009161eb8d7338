"""Webhooks as declared."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel import access, registry
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity, Preset, Section
from bosun.kernel.env import Env
from bosun.platform.org import actors
from bosun.platform.outbound import guard
from bosun.platform.webhooks import keys
from bosun.platform.webhooks.models import InboundWebhook, Webhook, WebhookState

FIRST_PRINTED = 0x20
"""What is before it are line breaks and their like."""


def an_outside_address(draft: Draft, env: Env) -> None:
    """An address that may be called."""
    url = draft.values.get("url")
    if url is None:
        return
    given = draft.raw.get("url")
    try:
        if isinstance(given, str) and any(ord(char) < FIRST_PRINTED for char in given.strip()):
            raise guard.Unreachable
        draft.put("url", guard.target(url).url)
    except guard.Unreachable:
        draft.refuse("url", guard.refusal())


def its_secret(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """An effect: every webhook has a secret from the start, and one that is switched on begins afresh."""
    for draft in drafts:
        if draft.verb == "created":
            keys.begin(draft.id)
        elif draft.changes("enabled", "url"):
            WebhookState.objects.filter(pk=draft.id).update(failures=0, given_up=0, paused_until=None)


def makes_records(draft: Draft, env: Env) -> None:
    """An inbound webhook names an entity, fields of it, and somebody with whose rights it acts."""
    if not draft.changes("entity", "mapping", "match", "identity", "owner"):
        return
    entity = registry.find(str(draft.value("entity") or ""))
    if entity is None or entity.menu != "main":
        draft.refuse("entity", _("There is no such list."))
        return
    who = draft.value("identity") or draft.value("owner")
    acting = actors.load(who) if who else None
    if acting is None:
        draft.refuse("identity", _("Nobody of that name may sign in. Choose somebody else."))
        return
    if env.actor.id not in (None, acting.id) and not env.actor.is_admin:
        message = _("Only an administrator lets a webhook act with the rights of somebody else.")
        draft.refuse("identity", message)
        return
    if not access.may(acting, entity, "create"):
        draft.refuse("identity", _("%(person)s has no right to do this.") % {"person": acting.name})
    known = {name: spec for name, spec in access.specs(entity, acting).items() if spec.writable and not spec.read_only}
    for name in draft.value("mapping") or {}:
        if name not in known:
            draft.refuse("mapping", _("There is no field called “%(name)s”.") % {"name": str(name)[:80]})
    match = draft.value("match")
    if match and match not in (draft.value("mapping") or {}):
        draft.refuse("match", _("Say where its value stands in the message as well."))


def its_address(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """An effect: every inbound webhook has an address and a secret from the start."""
    for draft in drafts:
        if draft.verb == "created":
            keys.begin_inbound(draft.id)


ON = {"field": "enabled", "op": "is", "value": True}

WEBHOOK = Entity(
    Webhook,
    key="webhooks",
    icon="webhook",
    columns="name url enabled owner",
    form=[Section(_lazy("Webhook"), "name url enabled headers")],
    search="name",
    sort="name",
    lists=[Preset("on", _lazy("On"), ON)],
    menu="settings",
    rules=[an_outside_address],
    effects=[its_secret],
    stamp="automation",
    timeline=False,
)

INBOUND_WEBHOOK = Entity(
    InboundWebhook,
    key="inbound_webhooks",
    icon="inbox",
    columns="name entity match signature enabled identity owner",
    form=[
        Section(_lazy("Inbound webhook"), "name entity | signature identity enabled"),
        Section(_lazy("Fields"), "match mapping"),
    ],
    search="name",
    sort="name",
    lists=[Preset("on", _lazy("On"), ON)],
    menu="settings",
    rules=[makes_records],
    effects=[its_address],
    stamp="inbound_webhooks",
    timeline=False,
)
