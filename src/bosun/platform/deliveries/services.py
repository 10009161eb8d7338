"""The ledger for people: what became of what, sent again, and receipts for whoever wanted somebody told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from bosun.kernel.actor import Actor
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.kernel.kinds import Moment
from bosun.lib import clock
from bosun.platform.deliveries import addresses, configured
from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.deliveries.models import (
    ARRIVED,
    FAILED,
    IN_APP,
    LADDER,
    QUEUED,
    READ,
    Delivery,
)
from bosun.platform.org.models import Person
from bosun.platform.reminders import notices
from bosun.platform.reminders.models import Notice

FILTERS = {
    "state": "state", "channel": "channel", "reminder": "notice__reminder", "occurrence": "notice__occurrence",
    "notice": "notice", "person": "person_id",
}  # fmt: skip
"""What one may narrow the ledger by."""


def visible(actor: Actor) -> QuerySet[Delivery]:
    """One's own; administrators all."""
    rows = Delivery.objects.select_related("notice").order_by("-id")
    return rows if actor.is_admin else rows.filter(person_id=actor.id or 0)


def get(pk: int, actor: Actor) -> Delivery:
    """One that is visible; NotFound for every other."""
    found: Delivery | None = visible(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def label(channel: str) -> str:
    """A channel's name."""
    if channel in CHANNELS:
        return str(CHANNELS[channel].label)
    return {IN_APP: _("In the app"), LADDER: _("To the manager")}.get(channel, channel)


def as_json(rows: Sequence[Delivery]) -> list[dict[str, Any]]:
    """Deliveries for programs."""
    people = Person.objects.in_bulk({row.person_id for row in rows})
    return [_as_json(row, people.get(row.person_id)) for row in rows]


def _as_json(row: Delivery, person: Person | None) -> dict[str, Any]:
    dump, notice = Moment().dump, row.notice
    times = ("made_at", "next_at", "sent_at", "delivered_at", "read_at", "done_at", "failed_at")
    return {
        "id": row.pk, "key": row.key, "notice": row.notice_id, "kind": notice.kind,
        "reminder": _card(notice.reminder_id, notice.text), "occurrence": _card(notice.occurrence_id, notice.text),
        "person": {"id": row.person_id, "name": person.name if person else "", "username": person and person.username},
        "channel": row.channel, "step": row.step,
        "address": row.address, "state": row.state, "said": row.said, "reference": row.reference, "tries": row.tries,
        "due_at": dump(notice.due_at), "late_seconds": _late(row),
        **{name: dump(getattr(row, name)) for name in times},
    }  # fmt: skip


def _card(pk: int | None, name: str) -> dict[str, Any] | None:
    return None if pk is None else {"id": pk, "name": name}


def _late(row: Delivery) -> float | None:
    """How long after it was due it went out; None where it has not."""
    return max(0.0, (row.sent_at - row.notice.due_at).total_seconds()) if row.sent_at else None


# sent again ------------------------------------------------------------------------------------------------------


@transaction.atomic
def resend(pk: int, actor: Actor) -> Delivery:
    """Send one that failed once more, under its old key; administrators alone."""
    _administers(actor)
    row: Delivery | None = Delivery.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    if row.state != FAILED or row.channel not in configured.enabled():
        raise Invalid(_("Only what failed is sent again, through a channel that is on."))
    _again([row])
    return Delivery.objects.select_related("notice").get(pk=pk)


@transaction.atomic
def resend_failed(channel: str, actor: Actor) -> int:
    """Send all that failed in a channel once more; how many those are."""
    _administers(actor)
    if channel not in configured.enabled():
        raise Invalid(_("Only what failed is sent again, through a channel that is on."))
    rows = list(failed(channel).select_for_update(of=("self",)))
    _again(rows)
    return len(rows)


def _administers(actor: Actor) -> None:
    if not actor.is_admin or actor.read_only:
        raise Denied()


def _again(rows: Sequence[Delivery]) -> None:
    """Where the person has another address by now, it goes there."""
    now = clock.now()
    for channel in {row.channel for row in rows}:
        mine = [row for row in rows if row.channel == channel]
        found = addresses.now(channel, {row.person_id for row in mine})
        for row in mine:
            addresses.revive(row.person_id, channel)
            row.address = found.get(row.person_id, row.address)
            row.state, row.tries, row.next_at, row.failed_at, row.bundle = QUEUED, 0, now, None, ""
        configured.try_now(channel)
    Delivery.objects.bulk_update(rows, ["address", "state", "tries", "next_at", "failed_at", "bundle"])


def failed(channel: str) -> QuerySet[Delivery]:
    """What was given up in a channel and still stands open."""
    return Delivery.objects.filter(channel=channel, state=FAILED, notice__closed_at__isnull=True).order_by("-id")


def waiting(channel: str) -> QuerySet[Delivery]:
    """What is still to go out in a channel, the first first; later steps of a plan wait for their time."""
    return Delivery.objects.filter(channel=channel, state=QUEUED).order_by("next_at", "id")


@dataclass(frozen=True)
class Health:
    """How a channel is doing."""

    key: str
    label: str
    on: bool
    since: datetime | None
    errors: list[Any]
    waiting: int
    failed: int


def health() -> list[Health]:
    """Every channel that was set up."""
    counted: dict[tuple[str, str], int] = {}
    states = Q(state=FAILED, notice__closed_at__isnull=True) | Q(state=QUEUED)
    for row in Delivery.objects.filter(states).values("channel", "state").annotate(n=Count("pk")):
        counted[row["channel"], row["state"]] = row["n"]
    held = configured.rows()
    return [
        Health(
            key, label(key), held[key].enabled, held[key].failing_since, held[key].errors,
            counted.get((key, QUEUED), 0), counted.get((key, FAILED), 0),
        )
        for key in CHANNELS
        if key in held
    ]  # fmt: skip


# receipts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Receipt:
    """How many people were told of something, how many of them read it, and whom nothing reached."""

    told: int
    read: int
    undeliverable: int


def receipt(reminder: int) -> Receipt:
    """What became of a reminder, by the people it is for: whoever stands in reads it for the one who is away. Whoever
    read it in the app was reached, whatever failed besides; whose part another ended has not read it.
    """
    notices_of = Notice.objects.filter(reminder=reminder)
    told = {notices.meant_for(key) for key in notices_of.values_list("key", flat=True)}
    held = Delivery.objects.filter(notice__reminder=reminder).values_list("notice__key", "channel", "state", "read_at")
    rows = [(notices.meant_for(key), channel, state, at) for key, channel, state, at in held]
    seen = {notices.meant_for(key) for key in notices_of.filter(read_at__isnull=False).values_list("key", flat=True)}
    seen |= {person for person, _channel, _state, at in rows if at is not None}
    outside = [(person, state) for person, channel, state, _at in rows if channel not in (IN_APP, LADDER)]
    lost = {person for person, state in outside if state == FAILED}
    lost -= {person for person, state in outside if state in ARRIVED} | seen
    return Receipt(len(told), len(seen), len(lost))


def undelivered(rows: Sequence[Notice]) -> dict[int, list[str]]:
    """The channels by which notices did not get through, by notice: given up, or the channel is down."""
    if not rows or not configured.enabled():
        return {}
    down = [row.key for row in configured.failing()]
    lost = Q(state=FAILED) | Q(state=QUEUED, channel__in=down)
    found: dict[int, list[str]] = {}
    held = Delivery.objects.filter(lost, notice__in=[row.pk for row in rows]).order_by("step", "id")
    for notice, channel in held.values_list("notice_id", "channel"):
        found.setdefault(notice, []).append(label(channel))
    return found


@transaction.atomic
def opened(row: Delivery, actor: Actor) -> None:
    """Its link was followed: that is a receipt."""
    now = clock.now()
    Delivery.objects.filter(pk=row.pk, state__in=ARRIVED).exclude(state__in=(READ, "done")).update(
        state=READ, read_at=now
    )
    notices.seen_one(row.notice_id, actor)
