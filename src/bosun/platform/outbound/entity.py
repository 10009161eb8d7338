"""Allowed hosts as declared."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity, Section
from bosun.kernel.env import Env
from bosun.lib import netplace
from bosun.lib.hosts import HostError
from bosun.platform.outbound.models import AllowedHost


def by_an_administrator(draft: Draft, env: Env) -> None:
    """Whoever opens the way inside runs the machine."""
    if not env.actor.is_admin:
        draft.refuse("", _("Only an administrator lets Bosun call hosts inside."))


def a_host(draft: Draft, env: Env) -> None:
    """A name or an address, with or without a port, in one form."""
    host = draft.values.get("host")
    if host is None:
        return
    try:
        draft.put("host", netplace.place(host))
    except HostError:
        draft.refuse("host", _("Write a host as hooks.internal, hooks.internal:8443 or 10.0.0.7:8080."))


ALLOWED_HOST = Entity(
    AllowedHost,
    key="allowed_hosts",
    icon="server",
    columns="host note",
    form=[Section(_lazy("Allowed host"), "host note")],
    search="host",
    sort="host",
    menu="settings",
    owned=False,
    rules=[by_an_administrator, a_host],
    stamp="outbound",
    timeline=False,
)
