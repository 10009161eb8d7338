"""Entering deliveries in the transaction of their notices, and what reading and doing does to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from threading import Event
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.lib import clock
from bosun.platform.deliveries import claiming, configured, failing, plans
from bosun.platform.deliveries.models import (
    CANCELLED,
    DELIVERED,
    DONE,
    FAILED,
    IN_APP,
    QUEUED,
    READ,
    SENT,
    Delivery,
)
from bosun.platform.reminders import once
from bosun.platform.reminders.models import Notice

UNDER_WAY = (SENT, DELIVERED, READ)
outside = Event()
"""Set when something is there that leaves this house: the sending loop of this process need not wait to look."""


def enter(rows: Sequence[Notice]) -> None:
    """A row for the app and for each channel of the plan; those that are there already stay as they are."""
    now = clock.now()
    made = [_in_app(row) for row in rows]
    if configured.enabled() or any(plan.ladder for plan in plans.company().values()):
        planner = plans.Planner(rows, now)
        legs = [(row, leg) for row in rows for leg in planner.legs(row)]
        earlier = _waiting([row for row, leg in legs if leg.step])
        made += [_outside(row, leg, planner, earlier) for row, leg in legs]
        if legs:
            transaction.on_commit(outside.set)
    once.enter(Delivery, made)


def _in_app(row: Notice) -> Delivery:
    return Delivery(
        key=f"{row.key}:{IN_APP}", notice=row, person_id=row.person_id, channel=IN_APP, state=DELIVERED,
        made_at=row.made_at, sent_at=row.made_at, delivered_at=row.made_at,
    )  # fmt: skip


def _outside(row: Notice, leg: plans.Leg, planner: plans.Planner, earlier: dict[Any, datetime]) -> Delivery:
    found = Delivery(
        key=f"{row.key}:{leg.channel}", notice=row, person_id=row.person_id, channel=leg.channel, step=leg.step,
        bundle=leg.bundle, address=leg.address, next_at=leg.at, made_at=planner.now,
    )  # fmt: skip
    if leg.refused:
        found.state, found.failed_at, found.next_at = FAILED, planner.now, None
        found.said = _("No address that takes anything is known.")
    elif leg.step:
        found.next_at = min(leg.at, earlier.get((row.reminder_id, row.person_id, leg.channel), leg.at))
    return found


def _waiting(rows: Sequence[Notice]) -> dict[Any, datetime]:
    """Since when somebody has not read a reminder that nags: its latest notice takes over what waits for earlier ones.

    A nag that comes more often than the minutes of the plan would put the next channel off for ever.
    """
    told = {(row.reminder_id, row.person_id) for row in rows if row.reminder_id}
    if not told:
        return {}
    held = Delivery.objects.filter(
        state=QUEUED, step__gt=0, notice__reminder__in={reminder for reminder, _person in told},
        person_id__in={person for _reminder, person in told}, notice__read_at__isnull=True, lease="",
    ).exclude(notice__in=[row.pk for row in rows])  # fmt: skip
    found: dict[Any, datetime] = {}
    over = []
    for pk, at, *place in held.values_list("pk", "next_at", "notice__reminder_id", "person_id", "channel"):
        reminder, person, _channel = key = tuple(place)
        if (reminder, person) in told:
            over.append(pk)
            if at is not None:
                found[key] = min(at, found.get(key, at))
    if over:
        claiming.set_in_order(held.filter(pk__in=over), state=CANCELLED, next_at=None)
    return found


def read(rows: QuerySet[Notice], now: datetime) -> None:
    """These notices were opened in the app; called before they are marked. What is called off by that has no time any
    more, and does not come back with an undo.
    """
    held = Delivery.objects.filter(notice__in=rows.values("pk"))
    claiming.set_in_order(held.filter(channel=IN_APP, state=DELIVERED), state=READ, read_at=now)
    later = held.filter(step__gt=0, state__in=(QUEUED, CANCELLED), lease="")
    claiming.set_in_order(later, state=CANCELLED, next_at=None)
    failing.come_down(failing.again(rows), now)


def heed(drafts: Sequence[Draft], env: Env) -> None:
    """A projection: whoever does what he was told, or puts it off, has read it; the others whose part ends with it have
    not. Unlike a look at the card, it calls nothing off for good: it may be undone.
    """
    name = OF_ENTITY.get(drafts[0].entity.key) if drafts and env.actor.id else None
    ids = [each.id for each in drafts if name and _heeds(each)]
    if not ids:
        return
    mine = Q(**{f"{name}__in": ids}, person_id=env.actor.id)
    held = Delivery.objects.filter(notice__in=Notice.objects.filter(mine).values("pk"))
    claiming.set_in_order(held.filter(channel=IN_APP, state=DELIVERED), state=READ, read_at=env.now)
    failing.come_down(mine, env.now)


def _heeds(draft: Draft) -> bool:
    row = draft.record
    done = "state" in draft.diff and row.state == "done"
    return done or ("snoozed_until" in draft.diff and row.snoozed_until is not None)


def follow(drafts: Sequence[Draft], env: Env) -> None:
    """A projection: what is done ends all that told of it, and what still waits is not sent."""
    if not drafts or drafts[0].entity.key not in OF_ENTITY:
        return
    name = OF_ENTITY[drafts[0].entity.key]
    ended = [each for each in drafts if each.verb == "removed" or each.changes("state")]
    ids = [each.id for each in ended if each.verb == "removed" or each.record.state in ("done", "cancelled")]
    opened = [each.id for each in ended if each.verb != "removed" and each.record.state == "open"]
    if opened and name in claiming.OF:
        shown = Notice.objects.filter(**{f"{name}__in": opened}, closed_at__isnull=True)
        revive(list(shown.values_list("pk", flat=True)), env.now)
    if not ids or name not in claiming.OF:
        return
    held = Delivery.objects.filter(**{f"notice__{name}__in": ids})
    claiming.set_in_order(held.filter(state=QUEUED, lease=""), state=CANCELLED)  # its time is kept, for an undo
    done = [each.id for each in ended if each.verb != "removed" and each.record.state == "done"]
    of_done = Delivery.objects.filter(**{f"notice__{name}__in": done}, state__in=UNDER_WAY)
    claiming.set_in_order(of_done, state=DONE, done_at=env.now)
    failing.come_down(Q(**{f"{name}__in": ids}), env.now)


def revive(ids: Sequence[int], now: datetime) -> None:
    """Cards that are open again: what was dropped while they were closed goes out at its time, or now where that is
    over; of later steps those alone that still have a time.
    """
    held = Delivery.objects.filter(notice__in=list(ids), notice__closed_at__isnull=True)
    due = Coalesce("next_at", Value(now), output_field=DateTimeField())
    dropped = held.filter(Q(step=0) | Q(next_at__isnull=False), state=CANCELLED, sent_at=None)
    # The digest that it was part of may have gone out meanwhile, and its name is taken.
    claiming.set_in_order(dropped.filter(bundle__contains=claiming.SEAL), bundle="")
    claiming.set_in_order(dropped, state=QUEUED, next_at=due)
    done = held.filter(state=DONE)
    for name, state in (("read_at", READ), ("delivered_at", DELIVERED), ("sent_at", SENT)):
        claiming.set_in_order(done.filter(**{f"{name}__isnull": False}), state=state, done_at=None)


OF_ENTITY = {"reminders": "reminder", "occurrences": "occurrence"}
"""Which notices a record ends: the name of the reference in them."""
