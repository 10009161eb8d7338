"""When a subscription comes: its times on the wall clock, and the tick that puts due issues into the queue."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.lib import dates, recurrence
from bosun.platform.jobs import queue
from bosun.platform.org import actors
from bosun.platform.reminders.engine import present
from bosun.platform.subscriptions.models import Standing, Subscription

log = logging.getLogger(__name__)
JOB = "subscriptions.issue"
BATCH = 100
MOST_MISSED = 4000
MOVING = {"rule", "starts", "timezone", "enabled"}


def follow(drafts: Sequence[Draft], env: Env) -> None:
    """A projection: another rule, off, removed or restored begins with what is still to come."""
    if not drafts or drafts[0].entity.model is not Subscription:
        return
    for draft in drafts:
        if draft.verb in ("created", "restored", "removed") or MOVING & set(draft.diff):
            row = draft.record
            going = row.deleted_at is None and row.enabled
            following = after(row, env.now) if going else None
            Standing.objects.update_or_create(subscription_id=row.pk, defaults={"next_at": following})


def zone_of(row: Any) -> str:
    """The zone on whose wall clock a subscription comes."""
    return str(row.timezone or actors.company().zone)


def after(row: Any, moment: datetime) -> datetime | None:
    """The next time after a moment; None when the series has ended."""
    return recurrence.following(row.rule, row.starts, max(moment, row.starts - timedelta(seconds=1)), zone_of(row))


def tick(now: datetime | None = None) -> int:
    """Put what is due into the queue; of what was missed while nothing ran the last issue, once."""
    moment = now or present()
    due = Standing.objects.filter(next_at__lte=moment)
    # A look costs nothing; a transaction on SQLite costs the one lock there is.
    if not due.exists():
        return 0
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        rows = list(due.select_related("subscription").order_by("next_at", "pk")[:BATCH])
        for row in rows:
            _enqueue(row, moment)
    return len(rows)


def _enqueue(row: Standing, now: datetime) -> None:
    subscription = row.subscription
    assert row.next_at is not None  # noqa: S101 - as it was asked for
    last, following = _passed(subscription, row.next_at, now)
    if subscription.deleted_at is None and subscription.enabled:
        args = {"subscription": subscription.pk, "due": last.isoformat()}
        queue.enqueue(JOB, args, owner=subscription.owner_id, unique=key_of(subscription.pk, last))
    Standing.objects.filter(pk=row.pk).update(next_at=following)


def _passed(subscription: Any, due: datetime, now: datetime) -> tuple[datetime, datetime | None]:
    """The last time that is over, from one that is due on, and the one after it."""
    last = due
    try:
        following = after(subscription, due)
        for _missed in range(MOST_MISSED):
            if following is None or following > now:
                break
            last, following = following, after(subscription, following)
    except (dates.DateError, ValueError, LookupError, OverflowError):
        # One that cannot be read any more must not keep all others from coming.
        log.exception("subscription %s cannot go on", subscription.pk)
        return last, None
    return last, following


def key_of(pk: int, due: datetime) -> str:
    """The name of one issue, by which a second one is known."""
    return f"subscription:{pk}:{int(due.timestamp())}"
