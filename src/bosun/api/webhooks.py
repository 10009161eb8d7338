"""Webhooks over the API: a new secret, a test, and what became of the messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from bosun.api.dispatch import Call, answer, number_of, takes
from bosun.api.reading import limit_of
from bosun.kernel import access, records
from bosun.kernel.errors import NotFound, Unreadable
from bosun.platform.webhooks import keys, sending, telling
from bosun.platform.webhooks.models import Delivery


def rotate(call: Call, pk: str) -> HttpResponse:
    """Another secret, shown this once; for a day messages bear both signatures."""
    found = call.readable("webhooks")
    hook = records.get(found, number_of(pk), call.actor, "change")
    return answer({"secret": keys.rotate(hook.pk)})


def test(call: Call, pk: str) -> HttpResponse:
    """Send a message that says nothing."""
    found = call.readable("webhooks")
    hook = records.get(found, number_of(pk), call.actor, "change")
    return answer(telling.as_json(sending.test(hook)), 202)


def marker_of(call: Call) -> int:
    """The row after which a page goes on."""
    marker = call.params.get("cursor", "")
    if marker and not (marker.isascii() and marker.isdigit() and len(marker) < 19):
        raise Unreadable(_("This page marker is out of date. Start the list again."))
    return int(marker or 0)


@takes("limit", "cursor")
def all_deliveries(call: Call) -> HttpResponse:
    """The messages of all webhooks that one may read, the latest first."""
    return _page(call, access.visible(call.readable("webhooks"), call.actor))


@takes("limit", "cursor")
def deliveries(call: Call, pk: str) -> HttpResponse:
    """The messages of a webhook, the latest first, with what was answered."""
    return _page(call, [records.get(call.readable("webhooks"), number_of(pk), call.actor)])


def _page(call: Call, hooks: Iterable[Any]) -> HttpResponse:
    limit, before = limit_of(call), marker_of(call)
    rows = Delivery.objects.filter(hook__in=hooks).select_related("hook").order_by("-id")
    part = list((rows.filter(pk__lt=before) if before else rows)[: limit + 1])
    following = str(part[limit - 1].pk) if len(part) > limit else None
    return answer({"items": [telling.as_json(row) for row in part[:limit]], "next": following})


def _delivery(call: Call, pk: str, action: str) -> Delivery:
    found = call.readable("webhooks")
    row = Delivery.objects.select_related("hook").filter(pk=number_of(pk), hook__isnull=False).first()
    if row is None or row.hook is None:
        raise NotFound()
    records.get(found, row.hook.pk, call.actor, action)
    return row


def delivery(call: Call, pk: str) -> HttpResponse:
    """One message with its body, which says what the rule's identity may see: for those who may change webhooks."""
    return answer(telling.as_json(_delivery(call, pk, "change"), whole=True))


def again(call: Call, pk: str) -> HttpResponse:
    """Send a message once more, under its old key."""
    row = sending.again(_delivery(call, pk, "change").pk)
    if row is None:
        raise NotFound()
    return answer(telling.as_json(row), 202)
