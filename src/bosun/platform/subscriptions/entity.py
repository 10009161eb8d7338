"""Subscriptions as declared."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bosun.kernel.entity import Entity, Preset, Section
from bosun.platform.subscriptions import rules
from bosun.platform.subscriptions.models import Subscription
from bosun.platform.subscriptions.verbs import SendNow

SUBSCRIPTION = Entity(
    Subscription,
    key="subscriptions",
    icon="news",
    columns="name entity rule only_if format enabled owner",
    form=[
        Section(_("Subscription"), "name entity view | rule starts timezone enabled"),
        Section(_("Content"), "sort columns group sum | only_if above format"),
    ],
    search="name",
    sort="name",
    lists=[Preset("mine", _("Mine"), {"field": "owner", "op": "is", "value": "me"})],
    menu="",
    timeline=False,
    verbs=[SendNow()],
    rules=[rules.sound_list, rules.sound_times],
    extras={"opens": "/latest"},
)
