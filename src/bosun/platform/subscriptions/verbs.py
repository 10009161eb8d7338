"""What one does with a subscription."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.verbs import Verb
from bosun.platform.subscriptions import services


class SendNow(Verb):
    """An issue at once, whatever the times; it goes to the owner, with the owner's rights."""

    key = "send_now"
    past = "sent_now"
    label = _("Send me one now")
    icon = "send"

    def run(self, entity: Entity, ids: Sequence[int], raw: Mapping[str, Any], act: Act) -> list[Draft]:
        with transaction.atomic():
            drafts = super().run(entity, ids, raw, act)
            for draft in drafts:
                if draft.failure is None and draft.record is not None:
                    services.send_now(draft.record)
        return drafts
