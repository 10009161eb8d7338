"""Putting jobs into the queue, taking them out, and what becomes of them.

A job that is enqueued in a transaction is there when the transaction is. A claim is a lease: `attempts` counts the
claims, and a claimant whose number is not the job's any more has lost it and may write nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from bosun.kernel.actor import Actor
from bosun.kernel.errors import NotFound
from bosun.lib import clock
from bosun.platform.jobs import declared
from bosun.platform.jobs.models import CANCELLED, DONE, OPEN, PARKED, RUNNING, WAITING, Job

LEASE = timedelta(seconds=60)
LONGEST_PAUSE = 3600


def enqueue(
    kind: str,
    args: Mapping[str, Any] | None = None,
    *,
    owner: int | None = None,
    unique: str = "",
    priority: int = 5,
    at: datetime | None = None,
) -> Job:
    """Put a job into the queue. With `unique`, one that waits or runs under that key is answered instead.

    Lower priorities go first; `at` is the earliest moment.
    """
    known = declared.kinds.get(kind)
    if known is None:
        raise ValueError(f"there is no kind of job called {kind}")
    row = Job(
        kind=kind, args=dict(args or {}), owner_id=owner, unique_key=unique, priority=priority,
        run_after=at or clock.now(), network=known.network,
    )  # fmt: skip
    if not unique:
        row.save(force_insert=True)
        return row
    for _attempt in range(3):
        Job.objects.bulk_create([row], ignore_conflicts=True)
        found: Job | None = Job.objects.filter(unique_key=unique, state__in=OPEN).first()
        if found is not None:
            return found
    raise RuntimeError(f"the job {unique} could not be entered")


def claim(worker: str, network: bool | None = None) -> Job | None:
    """Take the next job, if any waits: of those that wait on the network, of the others, or of all."""
    waiting = _line(network)
    if connection.features.has_select_for_update_skip_locked:
        with transaction.atomic():
            row: Job | None = waiting.select_for_update(skip_locked=True).first()
            return row if row is not None and take(row, worker) else None
    for row in waiting[:3]:
        if take(row, worker):
            return row
    return None


def _line(network: bool | None) -> QuerySet[Job]:
    # As a list of one: for NOT network SQLite would sort all that wait.
    which = {} if network is None else {"network__in": (network,)}
    waiting = Job.objects.filter(state=WAITING, run_after__lte=clock.now(), **which)
    return waiting.order_by("priority", "run_after", "id")


def take(row: Job, worker: str) -> bool:
    """Claim this very job; False when somebody else was faster."""
    now = clock.now()
    won = Job.objects.filter(pk=row.pk, state=WAITING, attempts=row.attempts).update(
        state=RUNNING, attempts=F("attempts") + 1, lease_until=now + LEASE, worker=worker, started_at=now, error=""
    )
    if won:
        row.refresh_from_db()
    return bool(won)


def renew(ids: Sequence[int], worker: str) -> int:
    """Prolong the leases of jobs that this worker is doing."""
    mine = Job.objects.filter(pk__in=ids, worker=worker, state=RUNNING)
    return int(mine.update(lease_until=clock.now() + LEASE))


def reclaim() -> int:
    """Give jobs whose worker is gone back to the queue, or park those that have ended too many workers."""
    now = clock.now()
    lost = 0
    for row in Job.objects.filter(state=RUNNING, lease_until__lt=now)[:100]:
        # A lease that was renewed meanwhile is not touched.
        lost += give_back(row, _("The worker ended while it did this."), lease_until__lt=now)
    return lost


def give_back(row: Job, error: str, counted: bool = True, **still: Any) -> int:
    """Back to the queue after a failure, later each time; parked with its error after the last attempt."""
    known = declared.kinds.get(row.kind)
    limit = known.attempts if known else 1
    held = Job.objects.filter(pk=row.pk, state=RUNNING, attempts=row.attempts, **still)
    if not counted:
        return int(held.update(state=WAITING, attempts=F("attempts") - 1, lease_until=None, worker=""))
    if row.cancel_requested:
        return _end(row, held, CANCELLED, error=error)
    if row.attempts >= limit:
        return _end(row, held, PARKED, error=error)
    pause = timedelta(seconds=min(LONGEST_PAUSE, 5 * 2 ** (row.attempts - 1)))
    return int(held.update(state=WAITING, run_after=clock.now() + pause, error=error, lease_until=None, worker=""))


def close(row: Job, state: str, *, result: Any = None, error: str = "") -> bool:
    """End a job that this claimant still holds."""
    held = Job.objects.filter(pk=row.pk, state=RUNNING, attempts=row.attempts)
    return bool(_end(row, held, state, result=result, error=error))


@transaction.atomic
def _end(row: Job, held: Any, state: str, **values: Any) -> int:
    """End a job, if it is held still. What was to come of one that is given up learns of it in the same transaction."""
    ended = int(held.update(state=state, lease_until=None, finished_at=clock.now(), **values))
    known = declared.kinds.get(row.kind)
    if ended and state in (PARKED, CANCELLED) and known is not None and known.given_up is not None:
        known.given_up(row)
    return ended


# for people ------------------------------------------------------------------------------------------------------


def unfinished(kind: str, **args: Any) -> list[Mapping[str, Any]]:
    """The arguments of jobs of a kind still to be done, or done in vain; `args` as in `invitation__in=[1, 2]`."""
    found = Job.objects.filter(kind=kind, state__in=(WAITING, RUNNING, PARKED))
    return list(found.filter(**{f"args__{name}": value for name, value in args.items()}).values_list("args", flat=True))


def of_owner(actor: Actor, limit: int = 20) -> list[Job]:
    """The actor's jobs, the latest first."""
    return list(Job.objects.filter(owner_id=actor.id).order_by("-id")[:limit]) if actor.id else []


def latest(actor: Actor, limit: int = 200) -> list[Job]:
    """Everybody's jobs, open ones first, for administrators; periodic work that went well is left out."""
    if not actor.is_admin:
        return []
    rows = Job.objects.exclude(kind="periodic", state__in=(DONE, CANCELLED))
    open_ = list(rows.filter(state__in=OPEN).order_by("-state", "priority", "run_after", "id")[:limit])
    return [*open_, *rows.exclude(state__in=OPEN).order_by("-id")[: max(0, limit - len(open_))]]


def get(pk: int, actor: Actor) -> Job:
    """A job with its progress; NotFound unless it is the actor's own, or the actor is an administrator."""
    row: Job | None = Job.objects.filter(pk=pk).first() if 0 < pk < 2**63 else None
    if row is None or not (actor.is_admin or (actor.id is not None and row.owner_id == actor.id)):
        raise NotFound()
    return row


def cancel(pk: int, actor: Actor) -> Job:
    """Stop a job: at once while it waits, after the batch at hand while it runs."""
    row = get(pk, actor)
    if not _end(row, Job.objects.filter(pk=pk, state=WAITING), CANCELLED):
        Job.objects.filter(pk=pk, state=RUNNING).update(cancel_requested=True)
    row.refresh_from_db()
    return row


def end_of(owner: int) -> None:
    """Stop everything that somebody had put there: at once what waits, after the batch at hand what runs."""
    rows = Job.objects.filter(owner_id=owner)
    for row in rows.filter(state=WAITING):
        _end(row, Job.objects.filter(pk=row.pk, state=WAITING), CANCELLED)
    rows.filter(state=RUNNING).update(cancel_requested=True)


def retry(pk: int, actor: Actor) -> Job:
    """Put a parked or cancelled job back into the queue."""
    row = get(pk, actor)
    Job.objects.filter(pk=pk, state__in=(PARKED, CANCELLED)).update(
        state=WAITING, attempts=0, error="", run_after=clock.now(), cancel_requested=False, finished_at=None
    )
    row.refresh_from_db()
    return row


def parked() -> list[Job]:
    """Jobs that were given up, for administrators."""
    return list(Job.objects.filter(state=PARKED).order_by("-id")[:200])


def purge_done(days: int = 7) -> int:
    """Forget jobs that ended well some days ago; parked ones stay until somebody has seen to them."""
    before = clock.now() - timedelta(days=days)
    gone, _each = Job.objects.filter(state__in=(DONE, CANCELLED), finished_at__lt=before).delete()
    return int(gone)
