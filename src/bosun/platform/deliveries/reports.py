"""What comes back later: a gateway or a returned mail says what became of a message that was sent."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Literal

from django.db import transaction

from bosun.platform.deliveries import configured, failing
from bosun.platform.deliveries.channels.port import Outcome
from bosun.platform.deliveries.channels.sms_http import at_way
from bosun.platform.deliveries.models import DELIVERED, FAILED, QUEUED, SENT, Delivery
from bosun.platform.deliveries.writing import one_line
from bosun.platform.reminders import engine

Taken = Literal["taken", "unknown", "later"]
SAID = 1000
PATIENCE, STEP = 2.0, 0.1
"""Seconds for which reports wait that came before the answer by which their message is known."""
MOST = 200


def patience() -> float:
    """Until when those that come now wait."""
    return time.monotonic() + PATIENCE


def take(channel: str, references: Sequence[str], outcome: Outcome, until: float | None = None) -> Taken:
    """Write down what is said of a message, by the first of these references that is known.

    Those that come together wait `until` the same moment.
    `later`: none is, but something of this channel is being sent at this moment, and may turn out to be it.
    """
    until = patience() if until is None else until
    while True:
        busy = Delivery.objects.filter(channel=channel, state=QUEUED).exclude(lease="").exists()
        found = next((rows for each in references if (rows := _known(channel, each))), [])
        if found:
            _write(found, outcome)
            return "taken"
        if not busy:
            return "unknown"
        if time.monotonic() > until:
            return "later"
        time.sleep(STEP)


def _known(channel: str, reference: str) -> list[int]:
    if not reference.isprintable() or not 0 < len(reference) <= MOST:
        return []
    rows = Delivery.objects.filter(channel=channel, reference=reference).order_by("id")
    return list(rows.values_list("pk", flat=True))


@transaction.atomic
def _write(ids: Sequence[int], outcome: Outcome) -> None:
    """What was read or done has arrived, whatever a report says that is late."""
    now, said = engine.present(), one_line(outcome.said)[:SAID]
    under_way = {"pk__in": ids, "state": SENT}
    if outcome.state == DELIVERED:
        Delivery.objects.filter(**under_way).update(state=DELIVERED, delivered_at=now, said=said)
        return
    if outcome.state != FAILED:
        Delivery.objects.filter(**under_way).update(said=said)
        return
    arrived = Delivery.objects.filter(pk__in=ids, state__in=(SENT, DELIVERED))
    lost = list(arrived.select_for_update(of=("self",)).select_related("notice__reminder"))
    Delivery.objects.filter(pk__in=[row.pk for row in lost]).update(state=FAILED, failed_at=now, said=said)
    for row in lost:
        failing.give_up(row, replace(outcome, said=said), now)
    if lost:
        configured.badly(lost[0].channel, said, False)


# reports of gateways that call us ------------------------------------------------------------------------------------


def told(settings: Mapping[str, Any], body: Any) -> list[tuple[str, Outcome]]:
    """The reports in what a gateway sent: one, or a list of them. States that are not the last one say nothing."""
    parts = body if isinstance(body, list) else [body]
    found = []
    for part in parts[:MOST]:
        reference = _word(at_way(part, str(settings.get("report_id") or "id")))
        state = _word(at_way(part, str(settings.get("report_state") or "state"))).lower()
        if reference and state in str(settings.get("report_delivered") or "").lower().split():
            found.append((reference, Outcome("delivered", state)))
        elif reference and state in str(settings.get("report_failed") or "").lower().split():
            found.append((reference, Outcome("failed", state)))
    return found


def _word(value: Any) -> str:
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def either_form(reference: str) -> list[str]:
    """An id as it stands; and, since message centres write it in hex at one time and not at another, the other way."""
    found = [reference]
    if reference.isascii() and reference.isdecimal():
        found.append(f"{int(reference):x}")
    with suppress(ValueError):
        found.append(str(int(reference, 16)))
    return list(dict.fromkeys([*found, *(each.upper() for each in found)]))
