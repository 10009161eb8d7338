"""Reminders of the contact cycle: some days before the next contact, and on the day, where the grade asks for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import ports
from bosun.modules.customers import rules, services
from bosun.modules.customers.models import Customer
from bosun.platform.org import actors
from bosun.platform.reminders import notices
from bosun.platform.reminders import services as reminders
from bosun.platform.reminders.models import Notice

KIND = "cycle"
FROM = 8
"""The hour, on the clock of whoever looks after the customer, from which it is told."""
EACH = 5
"""So many customers are told one by one; more of them in one notice."""
MOST = 10_000


def remind(now: datetime) -> int:
    """Tell what is due by the settings, each customer and day once; how many notices."""
    furthest = max((before for _days, before in services.cycles().values() if before is not None), default=None)
    if furthest is None:
        return 0
    today = now.astimezone(ZoneInfo(ports.company().zone)).date()
    made: list[Notice] = []
    for owner, rows in _wanted(today, furthest).items():
        reader = actors.load(owner)
        if reader is not None and now.astimezone(ZoneInfo(reader.zone)).hour >= FROM:
            with translation.override(reader.language):
                made += _notices(owner, rows, today, now)
    fresh = _new(made)
    if fresh:
        with transaction.atomic():
            notices.enter(fresh)
    return len(fresh)


def _wanted(today: date, furthest: int) -> dict[int, list[Any]]:
    """Customers to speak of today, by who looks after them."""
    live = Customer.objects.filter(deleted_at__isnull=True, owner__isnull=False)
    near = live.filter(next_contact__gte=today, next_contact__lte=today + timedelta(days=furthest))
    found: dict[int, list[Any]] = defaultdict(list)
    for row in near.order_by("next_contact", "pk")[:MOST]:
        before = services.cycle_of(row.grade, row.maturity)[1]
        if before is not None and row.next_contact in (today, today + timedelta(days=before)):
            found[row.owner_id].append(row)
    return found


def _notices(owner: int, rows: Sequence[Any], today: date, now: datetime) -> list[Notice]:
    common = {"kind": KIND, "person_id": owner, "due_at": now, "made_at": now}
    if len(rows) > EACH:
        said = ngettext("%(n)s customer wants contact.", "%(n)s customers want contact.", len(rows)) % {"n": len(rows)}
        return [Notice(key=f"{KIND}:all:{today}:{owner}", text=said, **common)]
    return [
        Notice(
            key=f"{KIND}:{row.pk}:{row.next_contact}:{(row.next_contact - today).days}:{owner}",
            text=_text(row, today)[: reminders.TEXT], entity="customers", record_id=row.pk, **common,
        )
        for row in rows
    ]  # fmt: skip


def _text(row: Any, today: date) -> str:
    when = rules.words_until(row.next_contact, today)
    return _("Contact %(customer)s: %(when)s") % {"customer": row.name, "when": when[:1].lower() + when[1:]}


def _new(made: Sequence[Notice]) -> list[Notice]:
    known: set[str] = set()
    for start in range(0, len(made), 500):
        keys = [row.key for row in made[start : start + 500]]
        known |= set(Notice.objects.filter(key__in=keys).values_list("key", flat=True))
    return [row for row in made if row.key not in known]
