"""What became of messages, in words."""

from __future__ import annotations

from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from bosun.kernel.kinds import Moment
from bosun.lib import clock
from bosun.platform.webhooks.models import PARKED, SENT, Delivery


def reason(row: Delivery) -> str:
    """Why a message was not taken; the same words for every address that does not answer."""
    if row.error == "off":
        return _("The webhook is off.")
    if row.error == "stopped":
        return _("Sending it was stopped.")
    if row.error == "unreachable":
        return _("There was no answer from this address.")
    if row.error == "refused":
        return _("It answered %(status)s.") % {"status": row.status}
    return ""


def name(row: Delivery) -> str:
    """Where a message goes: the webhook's name, or the host."""
    return str(row.hook.name) if row.hook else row.url.partition("://")[2].partition("/")[0]


def says(row: Delivery) -> str:
    """One sentence about a message."""
    about = {"name": name(row), "time": _time(row.ended_at or row.next_at or row.made_at), "why": reason(row)}
    if row.state == SENT:
        return _("Webhook “%(name)s”: sent at %(time)s.") % about
    if row.state == PARKED:
        return _("Webhook “%(name)s”: given up at %(time)s. %(why)s") % about
    if row.tries and row.next_at:
        return _("Webhook “%(name)s”: %(why)s Tried again at %(time)s.") % about
    return _("Webhook “%(name)s”: on its way.") % about


def _time(at: Any) -> str:
    shown = "SHORT_DATETIME_FORMAT" if at.date() != clock.now().date() else "TIME_FORMAT"
    return str(formats.date_format(timezone.localtime(at), shown))


def of_run(key: str) -> str:
    """What became of the message that an action sent."""
    row = Delivery.objects.select_related("hook").filter(key=key).first()
    return says(row) if row else _("A webhook was called; the message is not kept any more.")


def as_json(row: Delivery, whole: bool = False) -> dict[str, Any]:
    """A message for programs."""
    moment = Moment()
    found = {
        "id": row.pk, "key": row.key, "webhook": row.hook_id, "event": row.event, "state": row.state,
        "attempts": row.attempts, "status": row.status, "answer": row.answer, "reason": reason(row) or None,
        "record": {"entity": row.entity, "id": row.record_id} if row.entity else None, "rule": row.rule_id,
        "made_at": moment.dump(row.made_at), "next_at": moment.dump(row.next_at), "ended_at": moment.dump(row.ended_at),
    }  # fmt: skip
    return {**found, "body": row.body} if whole else found
