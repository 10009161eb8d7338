"""Leases: who is sending which deliveries.

What a process that is gone had in hand is taken over at once on its machine, elsewhere when the lease runs out.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from bosun.kernel import bulk
from bosun.platform.deliveries import configured
from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.deliveries.models import LADDER, QUEUED, Delivery
from bosun.platform.reminders.models import Notice

LEASE = timedelta(seconds=60)
RENEW_SECONDS = 10.0
BATCH = 100
SEAL = "."
"""Behind the name of a digest, before the number of its first line."""
OF = tuple(each.name for each in Notice._meta.get_fields() if each.name in ("reminder", "occurrence"))
"""What a notice may belong to."""


def machine() -> str:
    """Where a process number means something: the host and, on Linux, its space of process numbers."""
    space = ""
    with suppress(OSError):
        space = Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
    return f"{socket.gethostname()[:40]}/{space}"


def new_lease() -> str:
    """The name of one batch in the hands of this process."""
    return f"{machine()}:{os.getpid()}:{uuid4().hex[:12]}"


def _waiting(now: datetime) -> QuerySet[Delivery]:
    free = Q(lease="") | Q(lease_until__lt=now)
    return Delivery.objects.filter(free, state=QUEUED, next_at__lte=now)


def due(now: datetime) -> list[str]:
    """The channels for which something is due, those left out that are switched off or paused."""
    found = []
    for key in (*CHANNELS, LADDER):
        row = configured.rows().get(key)
        open_ = key == LADDER or (row is not None and row.enabled and not (row.paused_until and row.paused_until > now))
        if open_ and _waiting(now).filter(channel=key).exists():
            found.append(key)
    return found


@transaction.atomic
def claim(key: str, now: datetime) -> tuple[str, list[Delivery]]:
    """The next of a channel in the order in which they were due, and the name of their lease.

    A channel that is down is tried with one alone. What is told in one digest goes together.
    """
    row = configured.rows().get(key)
    most = 1 if row is not None and row.failing_since is not None else BATCH
    free = _waiting(now).filter(channel=key)
    if connection.features.has_select_for_update_skip_locked:
        free = free.select_for_update(skip_locked=True, of=("self",))
    held = list(free.order_by("next_at", "id").values_list("pk", "bundle")[:most])
    bundles = {bundle for _pk, bundle in held if bundle}
    ids = {pk for pk, _bundle in held}
    if bundles:
        ids |= set(free.filter(bundle__in=bundles).values_list("pk", flat=True))
    lease = new_lease()
    Delivery.objects.filter(pk__in=ids).update(lease=lease, lease_until=now + LEASE)
    found = (
        Delivery.objects.filter(pk__in=ids)
        .select_related(*(f"notice__{name}" for name in OF))
        .order_by("next_at", "id")
    )
    rows = list(found)
    _seal(rows)
    return lease, rows


def _seal(rows: Sequence[Delivery]) -> None:
    """What goes together for the first time does so from now on, under one name, whatever becomes of single lines; a
    line that comes later goes with another message.
    """
    new = [row for row in rows if row.bundle and SEAL not in row.bundle]
    first: dict[str, int] = {}
    for row in new:
        row.bundle = f"{row.bundle}{SEAL}{first.setdefault(row.bundle, row.pk)}"
    if new:
        bulk.update_objects(new, ["bundle"])


def renew(leases: Sequence[str], now: datetime) -> None:
    """They are still in hand."""
    _set(Delivery.objects.filter(lease__in=leases, state=QUEUED), lease_until=now + LEASE)


def let_go(lease: str) -> None:
    """What was not sent is free for others."""
    _set(Delivery.objects.filter(lease=lease, state=QUEUED), lease="", lease_until=None)


@transaction.atomic
def _set(rows: QuerySet[Delivery], **values: Any) -> int:
    """Change what nobody else has in hand at this moment: two who wait for rows of each other would wait for ever."""
    if connection.features.has_select_for_update_skip_locked:
        ids = list(rows.select_for_update(skip_locked=True, of=("self",)).order_by("pk").values_list("pk", flat=True))
        rows = Delivery.objects.filter(pk__in=ids)
    return int(rows.update(**values))


@transaction.atomic
def set_in_order(rows: QuerySet[Delivery], **values: Any) -> int:
    """Change them all, one after the other by their ids, as everybody does who waits for rows that others have."""
    if connection.features.has_select_for_update:
        ids = list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        rows = Delivery.objects.filter(pk__in=ids)
    return int(rows.update(**values))


def take_back() -> int:
    """Free what processes of this machine had in hand that are gone."""
    here = f"{machine()}:"
    held = Delivery.objects.filter(state=QUEUED, lease__startswith=here, next_at__isnull=False)
    freed = 0
    for lease in set(held.values_list("lease", flat=True)):
        number = lease.removeprefix(here).partition(":")[0]
        if number.isdigit() and _gone(int(number)):
            freed += _set(Delivery.objects.filter(lease=lease, state=QUEUED), lease="", lease_until=None)
    return freed


def _gone(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
