"""Reminders of the contact cycle: some days before the next contact, and on the day, where the grade asks for it.

What nobody could be told at its time, as no worker ran or somebody else looked after the customer, is told later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bosun.kernel import ports
from bosun.modules.customers import cards, rules, services
from bosun.modules.customers.models import Customer, Told
from bosun.platform.org import actors
from bosun.platform.reminders import notices
from bosun.platform.reminders import services as reminders
from bosun.platform.reminders.models import Notice

FROM = 8
"""The hour, on the clock of whoever looks after the customer, from which it is told."""
BACK = timedelta(days=30)
"""So long after its day a contact is still told."""
EACH = 5
"""So many customers are told one by one; more of them in one notice."""
MOST = 5000
"""So many customers are told at once; the others a quarter of an hour later."""


def remind(now: datetime) -> int:
    """Tell what is due by the settings, each customer, day and person once; how many notices."""
    ahead = furthest()
    if ahead is None:
        return 0
    today = now.astimezone(ZoneInfo(ports.company().zone)).date()
    near = _near(today).filter(next_contact__lte=today + timedelta(days=ahead))
    near = near.order_by("owner", "next_contact", "pk")
    awake = [row.pk for row in _wanted(near, today) if _hour(row.owner_id, now) >= FROM]
    return _tell(near.filter(pk__in=awake[:MOST]), today, now) if awake else 0


def furthest() -> int | None:
    """How many days ahead somebody is told at most; None where nobody is told."""
    return max((before for _days, before in services.cycles().values() if before is not None), default=None)


def days(rows: Sequence[Any], today: date) -> dict[int, list[date]]:
    """On which days, from today on, whoever looks after each of these customers is told of it."""
    pending = {row.pk for row in _wanted(_near(today).filter(pk__in=[row.pk for row in rows]), today)}
    found: dict[int, list[date]] = {}
    for row in rows:
        told = {today} if row.pk in pending else set()
        if is_told(row):
            told |= {day for day in (_ahead(row), row.next_contact) if day is not None and day > today}
        found[row.pk] = sorted(told)
    return found


def is_told(row: Any) -> bool:
    """Whether the settings ask for telling of a customer."""
    return services.cycle_of(row.grade, row.maturity)[1] is not None


def _near(today: date) -> QuerySet[Customer]:
    return Customer.objects.filter(deleted_at__isnull=True, owner__isnull=False, next_contact__gte=today - BACK)


def _ahead(row: Any) -> date | None:
    """The day on which one is told ahead; None where somebody was in touch since, or we did not know them then."""
    before = services.cycle_of(row.grade, row.maturity)[1]
    since = row.last_contact or row.created_at.astimezone(ZoneInfo(ports.company().zone)).date()
    ahead: date = row.next_contact - timedelta(days=before or 0)
    return ahead if since <= ahead else None


def _wanted(near: QuerySet[Customer], today: date) -> list[Any]:
    """Customers to speak of. Ahead, only those that we knew and were not in touch with since that was due."""
    found = []
    fields = ("name", "owner_id", "grade", "maturity", "created_at", "last_contact", "next_contact")
    for row in cards.untold(near, today).only(*fields):
        if not is_told(row):
            continue
        ahead = _ahead(row)
        if row.next_contact <= today or (ahead is not None and ahead <= today):
            found.append(row)
    return found


def _reader(owner: int) -> tuple[str, str]:
    """The zone and language of whoever looks after a customer; of somebody who left, whose notices go to another, the
    company's.
    """
    reader = actors.load(owner) or ports.company()
    return reader.zone, reader.language


def _hour(owner: int, now: datetime) -> int:
    return now.astimezone(ZoneInfo(_reader(owner)[0])).hour


@transaction.atomic
def _tell(wanted: QuerySet[Customer], today: date, now: datetime) -> int:
    """Tell of these customers, as they are now; how many notices."""
    # Another worker that tells of them, or somebody who hands them over, is waited for, and what he did is seen.
    list(wanted.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    rows = _wanted(wanted, today)
    cards.close([row.pk for row in rows])  # what was told ahead is over on the day
    made, told = [], []
    token = token_hex(8)
    for owner, theirs in _by_owner(rows).items():
        with translation.override(_reader(owner)[1]):
            several = len(theirs) > EACH
            each = [_of_several(owner, theirs, token, now)] if several else _one_by_one(theirs, today, token, now)
        made += each
        keys = [notice.key for notice in each] * (len(theirs) if several else 1)
        told += [_told(row, today, key) for row, key in zip(theirs, keys, strict=True)]
    Told.objects.bulk_create(told)
    notices.enter(made)
    return len(made)


def _by_owner(rows: Sequence[Any]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.owner_id].append(row)
    return found


def _told(row: Any, today: date, key: str) -> Told:
    ahead = row.next_contact > today
    return Told(customer_id=row.pk, day=row.next_contact, ahead=ahead, person_id=row.owner_id, notice=key)


def _one_by_one(rows: Sequence[Any], today: date, token: str, now: datetime) -> list[Notice]:
    return [
        Notice(
            key=f"{cards.KIND}:{row.pk}:{token}", kind=cards.KIND, person_id=row.owner_id, text=_text(row, today),
            entity=cards.ENTITY, record_id=row.pk, due_at=now, made_at=now,
        )
        for row in rows
    ]  # fmt: skip


def _text(row: Any, today: date) -> str:
    when = rules.words_until(row.next_contact, today)
    text = _("Contact %(customer)s: %(when)s") % {"customer": row.name, "when": when[:1].lower() + when[1:]}
    return text[: reminders.TEXT]


def _of_several(owner: int, rows: Sequence[Any], token: str, now: datetime) -> Notice:
    text = ngettext("%(n)s customer wants contact.", "%(n)s customers want contact.", len(rows)) % {"n": len(rows)}
    key = f"{cards.KIND}:all:{owner}:{token}"
    return Notice(key=key, kind=cards.KIND, person_id=owner, text=text, due_at=now, made_at=now)
