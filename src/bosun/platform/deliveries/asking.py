"""Whether a delivery is still wanted, asked again right before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bosun.platform.deliveries import addresses, claiming, failing, quiet
from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.deliveries.models import CANCELLED, FAILED, LADDER, QUEUED, Delivery, Preference
from bosun.platform.org import actors

unwanted: list[Callable[[Sequence[Delivery]], set[int]]] = []
"""Who else knows of deliveries, by id, that are not to be sent any more: somebody is away."""


def still_wanted(rows: Sequence[Delivery], now: datetime, lease: str) -> list[Delivery]:
    """Those to be sent now; the others are cancelled, have failed, or wait until the quiet hours are over."""
    refused = {pk for ask in unwanted for pk in ask(rows)}
    over = {row.pk for row in rows if row.pk in refused or not _open(row)}
    # The time of what is done is kept, for an undo.
    for_good = {row.pk for row in rows if row.pk in refused or _read(row)} & over
    mine = Delivery.objects.filter(lease=lease, state=QUEUED)
    free: dict[str, Any] = {"lease": "", "lease_until": None}
    for ids, times in ((for_good, {"next_at": None}), (over - for_good, {})):
        if ids:
            claiming.set_in_order(mine.filter(pk__in=ids), state=CANCELLED, **times, **free)
    held = Preference.objects.in_bulk({row.person_id for row in rows})
    kept = []
    for row in rows:
        if row.pk in over:
            continue
        reader = actors.load(row.person_id)
        loud = row.channel == LADDER or reader is None
        until = None if loud or reader is None else quiet.ends(held.get(row.person_id), reader.zone, now)
        if until is None:
            kept.append(row)
        else:
            mine.filter(pk=row.pk).update(next_at=until, **free)
    nowhere = _addresses_of_now(kept)
    if nowhere:
        said = _("There is no address any more.")
        claiming.set_in_order(mine.filter(pk__in=nowhere), state=CANCELLED, next_at=None, said=said, **free)
    there = [row for row in kept if row.pk not in nowhere]
    return _without_dead(there, mine, now)


def _without_dead(rows: Sequence[Delivery], mine: QuerySet[Delivery], now: datetime) -> list[Delivery]:
    """Those whose address still takes something; the others have failed, and their next channel is tried now."""
    known = addresses.dead(list({row.person_id for row in rows}))
    lost = {row.pk: row for row in rows if row.address and known.get((row.person_id, row.channel)) == row.address}
    if lost:
        said = _("No address that takes anything is known.")
        ended: dict[str, Any] = {"next_at": None, "lease": "", "lease_until": None, "said": said}
        with transaction.atomic():
            claiming.set_in_order(mine.filter(pk__in=list(lost)), state=FAILED, failed_at=now, **ended)
            for row in lost.values():
                failing.go_on(row, now)
    return [row for row in rows if row.pk not in lost]


def not_over(rows: Sequence[Delivery]) -> set[int]:
    """Those of one lease, by id, that nobody has done, closed, read or taken over since: a batch may take minutes.

    What is left out stays as it is, and is seen to by the next look.
    """
    unread = Q(step=0) | Q(notice__read_at__isnull=True)
    held = Delivery.objects.filter(
        unread, pk__in=[row.pk for row in rows], lease=rows[0].lease, state=QUEUED, notice__closed_at__isnull=True
    )
    return set(held.values_list("pk", flat=True))


def _addresses_of_now(rows: Sequence[Delivery]) -> set[int]:
    """Whoever has a new address is told there; those of these rows, by id, that have none any more."""
    channel = CHANNELS.get(rows[0].channel) if rows else None
    if channel is None or channel.address_kind not in ("email", "phone"):
        return set()
    found = addresses.now(channel.key, {row.person_id for row in rows})
    for row in rows:
        address = found.get(row.person_id, "")
        if address and address != row.address:
            row.address = address
            Delivery.objects.filter(pk=row.pk).update(address=address)
    return {row.pk for row in rows if row.person_id not in found}


def _open(row: Delivery) -> bool:
    """False once it is done, closed, superseded, or nobody is there to read it; a later step also once it was read."""
    notice = row.notice
    # One time of a series ends by itself, whatever becomes of the series.
    of: Any = getattr(notice, "occurrence", None) or notice.reminder
    if of is not None and (of.state != "open" or of.deleted_at is not None):
        return False
    return notice.closed_at is None and not _read(row) and actors.load(row.person_id) is not None


def _read(row: Delivery) -> bool:
    """A later step that is not needed, as the notice was read."""
    return bool(row.step) and row.notice.read_at is not None
