"""The cards of the contact cycle: one for what was told of each customer, for as long as the customer stands so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.lib import clock
from bosun.modules.customers.models import Customer, Told
from bosun.platform.away.routing import MARK
from bosun.platform.reminders.models import Notice

KIND = "cycle"
ENTITY = "customers"
AT_ONCE = 500
MOVING = {"owner", "next_contact"}


def untold(rows: QuerySet[Customer], today: date) -> QuerySet[Customer]:
    """Those of whom the one who looks after them was not told; what was told ahead is told again on the day."""
    told = Told.objects.filter(
        Q(ahead=False) | Q(day__gt=today),
        customer_id=OuterRef("pk"), day=OuterRef("next_contact"), person_id=OuterRef("owner_id"),
    )  # fmt: skip
    return rows.filter(~Exists(told))


def close(ids: Sequence[int]) -> None:
    """What was told of these customers holds no more: their cards go, and one for several with its last customer."""
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        keys = set(Told.objects.filter(customer_id__in=part).values_list("notice", flat=True))
        if not keys:
            continue
        Told.objects.filter(customer_id__in=part).delete()
        # Of two who take the last customers of one card each, the second waits here, and sees that none is left.
        list(Notice.objects.select_for_update().filter(key__in=keys).order_by("pk").values_list("pk"))
        keys -= set(Told.objects.filter(notice__in=keys).values_list("notice", flat=True))
        _close(sorted(keys))


def _close(keys: Sequence[str]) -> None:
    now = clock.now()
    for start in range(0, len(keys), 100):
        wanted = _with_copies(keys[start : start + 100])
        Notice.objects.filter(wanted, closed_at__isnull=True).update(closed_at=now)


def _with_copies(keys: Iterable[str]) -> Q:
    """Notices with these keys, and what whoever stands in got instead: a range, which the index of the keys finds."""
    after = chr(ord(MARK) + 1)
    return reduce(or_, (Q(key=key) | Q(key__gt=f"{key}{MARK}", key__lt=f"{key}{after}") for key in keys))


def follow(drafts: Sequence[Draft], env: Env) -> None:
    """A projection: a customer has gone or come back, is somebody else's, or wants contact on another day."""
    if drafts and drafts[0].entity.key == ENTITY:
        old = [each for each in drafts if each.verb != "created"]
        close([each.id for each in old if each.verb in ("removed", "restored") or MOVING & each.diff.keys()])


def forget(entity: str, pks: Sequence[int]) -> None:
    """A purger: customers that are gone for good, as when an import is undone, have no cards."""
    if entity == ENTITY:
        close(pks)
