"""Whether a delivery is still wanted, asked again right before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bosun.platform.deliveries import claiming, quiet
from bosun.platform.deliveries.models import CANCELLED, LADDER, QUEUED, Delivery, Preference
from bosun.platform.org import actors

unwanted: list[Callable[[Sequence[Delivery]], set[int]]] = []
"""Who else knows of deliveries, by id, that are not to be sent any more: somebody is away."""


def still_wanted(rows: Sequence[Delivery], now: datetime, lease: str) -> list[Delivery]:
    """Those to be sent now; the others are cancelled, or wait until the quiet hours are over."""
    refused = {pk for ask in unwanted for pk in ask(rows)}
    over = [row.pk for row in rows if row.pk in refused or not _open(row)]
    mine = Delivery.objects.filter(lease=lease, state=QUEUED)
    if over:
        claiming.set_in_order(mine.filter(pk__in=over), state=CANCELLED, next_at=None, lease="", lease_until=None)
    gone = set(over)
    held = Preference.objects.in_bulk({row.person_id for row in rows})
    kept = []
    for row in rows:
        if row.pk in gone:
            continue
        reader = actors.load(row.person_id)
        loud = row.urgent or row.channel == LADDER or reader is None
        until = None if loud or reader is None else quiet.ends(held.get(row.person_id), reader.zone, now)
        if until is None:
            kept.append(row)
        else:
            mine.filter(pk=row.pk).update(next_at=until, lease="", lease_until=None)
    return kept


def _open(row: Delivery) -> bool:
    """False once it is done, closed, superseded, or nobody is there to read it; a later step also once it was read."""
    notice = row.notice
    # One time of a series ends by itself, whatever becomes of the series.
    of: Any = getattr(notice, "occurrence", None) or notice.reminder
    if of is not None and (of.state != "open" or of.deleted_at is not None):
        return False
    if notice.closed_at is not None or (row.step and notice.read_at is not None):
        return False
    return actors.load(row.person_id) is not None
