"""How late people were told: what was due against what was told, and what was told against what went out, of the last
day; and of one reminder, by channel.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import DurationField, ExpressionWrapper, F, QuerySet
from django.utils.translation import gettext as _

from bosun.lib import clock
from bosun.platform.deliveries import configured
from bosun.platform.deliveries.models import Delivery, Preference
from bosun.platform.reminders import notices
from bosun.platform.reminders.models import Notice
from bosun.platform.subscriptions.models import Issue

DAY = timedelta(days=1)
PLANNED = ("reminder",)
"""Kinds of notices that are due at a time; the others are told as soon as something happens."""
MINUTES_FROM, DAYS_FROM = 120, 2 * 24 * 3600


@dataclass(frozen=True)
class Lateness:
    """How many there were, and how late half of them, all but one in twenty, and the latest was."""

    kind: str
    count: int
    p50: timedelta
    p95: timedelta
    most: timedelta


def of_last_day() -> list[Lateness]:
    """Reminders, issues of subscriptions, then each channel; those of which there were none are left out."""
    since = clock.now() - DAY
    reminded = Notice.objects.filter(made_at__gte=since, kind__in=PLANNED)
    issues = Issue.objects.filter(made_at__gte=since)
    measured: list[tuple[str, QuerySet[Any], F, F]] = [
        ("reminder", reminded, F("made_at"), F("due_at")), ("subscription", issues, F("made_at"), F("due_at")),
    ]  # fmt: skip
    out = _at_once().filter(notice__made_at__gte=since, sent_at__isnull=False)
    measured += [
        (channel, out.filter(channel=channel), F("sent_at"), F("notice__made_at")) for channel in configured.enabled()
    ]
    return [found for kind, rows, told, due in measured if (found := _measure(kind, rows, told, due)) is not None]


def _at_once() -> QuerySet[Delivery]:
    """Deliveries that nobody wanted later: no digests, no later steps, nobody's who keeps quiet hours."""
    quiet = Preference.objects.filter(quiet_from__isnull=False).values("person_id")
    return Delivery.objects.filter(step=0, bundle="").exclude(person_id__in=quiet)


def of_reminder(pk: int) -> dict[str, timedelta]:
    """How long after it was due, or made for a time that was over, each channel told it the last time."""
    rows = _at_once().filter(notice__reminder=pk, sent_at__isnull=False).select_related("notice__reminder")
    found: dict[str, timedelta] = {}
    for row in rows.order_by("-notice_id")[:20]:
        if row.sent_at is not None:
            found.setdefault(row.channel, max(timedelta(), row.sent_at - notices.wanted_at(row.notice)))
    return found


def words(span: timedelta) -> str:
    """A short time in seconds, a longer one in minutes, a long one in days."""
    seconds = span.total_seconds()
    if seconds < MINUTES_FROM:
        return _("%(n)s s") % {"n": f"{seconds:.1f}"}
    if seconds < DAYS_FROM:
        return _("%(n)s min") % {"n": round(seconds / 60)}
    return _("%(n)s d") % {"n": round(seconds / 86_400)}


def _measure(kind: str, rows: QuerySet[Any], told: F, due: F) -> Lateness | None:
    late = ExpressionWrapper(told - due, output_field=DurationField())
    ordered = rows.annotate(_late=late).order_by("_late").values_list("_late", flat=True)
    count = ordered.count()
    if not count:
        return None

    def at(share: float) -> timedelta:
        place = min(count - 1, int(count * share))
        value: timedelta = ordered[place : place + 1][0]
        return max(value, timedelta())

    return Lateness(kind, count, at(0.5), at(0.95), at(1.0))
