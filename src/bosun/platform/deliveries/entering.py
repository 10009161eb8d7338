"""Entering deliveries in the transaction of their notices, and what reading and doing does to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.lib import clock
from bosun.platform.deliveries import claiming, configured, plans
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


def enter(rows: Sequence[Notice]) -> None:
    """A row for the app and for each channel of the plan; those that are there already stay as they are."""
    now = clock.now()
    made = [_in_app(row) for row in rows]
    if configured.enabled() or any(plan.ladder for plan in plans.company().values()):
        planner = plans.Planner(rows, now)
        legs = [(row, leg) for row in rows for leg in planner.legs(row)]
        earlier = _waiting([row for row, leg in legs if leg.step])
        made += [_outside(row, leg, planner, earlier) for row, leg in legs]
    once.enter(Delivery, made)


def _in_app(row: Notice) -> Delivery:
    return Delivery(
        key=f"{row.key}:{IN_APP}", notice=row, person_id=row.person_id, channel=IN_APP, state=DELIVERED,
        made_at=row.made_at, sent_at=row.made_at, delivered_at=row.made_at,
    )  # fmt: skip


def _outside(row: Notice, leg: plans.Leg, planner: plans.Planner, earlier: dict[Any, datetime]) -> Delivery:
    found = Delivery(
        key=f"{row.key}:{leg.channel}", notice=row, person_id=row.person_id, channel=leg.channel, step=leg.step,
        urgent=planner.urgent(row), bundle=leg.bundle, address=leg.address, next_at=leg.at, made_at=planner.now,
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
    ids = {row.reminder_id for row in rows if row.reminder_id}
    if not ids:
        return {}
    held = Delivery.objects.filter(
        state=QUEUED, step__gt=0, notice__reminder__in=ids, notice__read_at__isnull=True, lease=""
    ).exclude(notice__in=[row.pk for row in rows])
    found: dict[Any, datetime] = {}
    for person, channel, reminder, at in held.values_list("person_id", "channel", "notice__reminder_id", "next_at"):
        place = (reminder, person, channel)
        if at is not None:
            found[place] = min(at, found.get(place, at))
    claiming.set_in_order(held, state=CANCELLED, next_at=None)
    return found


def read(rows: QuerySet[Notice], now: datetime) -> None:
    """These notices were opened in the app; called before they are marked."""
    held = Delivery.objects.filter(notice__in=rows.values("pk"))
    claiming.set_in_order(held.filter(channel=IN_APP, state=DELIVERED), state=READ, read_at=now)
    claiming.set_in_order(held.filter(step__gt=0, state=QUEUED, lease=""), state=CANCELLED, next_at=None)


def follow(drafts: Sequence[Draft], env: Env) -> None:
    """A projection: what is done ends all that told of it, and what still waits is not sent."""
    if not drafts or drafts[0].entity.key not in OF_ENTITY:
        return
    name = OF_ENTITY[drafts[0].entity.key]
    ended = [each for each in drafts if each.verb == "removed" or each.changes("state")]
    ids = [each.id for each in ended if each.verb == "removed" or each.record.state in ("done", "cancelled")]
    if not ids or name not in claiming.OF:
        return
    held = Delivery.objects.filter(**{f"notice__{name}__in": ids})
    claiming.set_in_order(held.filter(state=QUEUED, lease=""), state=CANCELLED, next_at=None)
    done = [each.id for each in ended if each.verb != "removed" and each.record.state == "done"]
    of_done = Delivery.objects.filter(**{f"notice__{name}__in": done}, state__in=UNDER_WAY)
    claiming.set_in_order(of_done, state=DONE, done_at=env.now)


OF_ENTITY = {"reminders": "reminder", "occurrences": "occurrence"}
"""Which notices a record ends: the name of the reference in them."""
