"""Which channels a notice takes: the reminder's own, else what the person chose for the kind, else the company's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from bosun.kernel import stamps
from bosun.platform.deliveries import addresses, configured, quiet
from bosun.platform.deliveries.models import CompanyPlan, Preference
from bosun.platform.org import actors
from bosun.platform.org.models import Person
from bosun.platform.reminders.models import Notice, Reminder

STAMP = "company_plans"
NOW, THEN, NEVER = "now", "then", "never"
REMINDER, SUBSCRIPTION, UNREAD, UNDELIVERED = "reminder", "subscription", "unread", "undelivered"
KINDS = {
    REMINDER: _("Reminders"),
    SUBSCRIPTION: _("Subscriptions"),
    "rule": _("Notices of rules"),
    "webhook": _("Webhooks that fail"),
    UNREAD: _("What others have not read"),
}
"""What people choose by; a kind that is not among them is told as reminders are."""
IN_APP_ALONE = frozenset((UNDELIVERED,))
"""What is never told outside: that a message did not arrive would not arrive either."""
GENTLE = {"email": THEN}
"""As it begins, once a channel is set up."""
AT_ONCE: Mapping[str, Mapping[str, str]] = {SUBSCRIPTION: {"email": NOW}}
"""The same for kinds that begin otherwise: what comes at a time of its own waits for no digest either."""


def company() -> Mapping[str, CompanyPlan]:
    """What the company has set, by kind; kept in memory."""
    found: Mapping[str, CompanyPlan] = stamps.cached(
        STAMP, "", lambda: {row.kind: row for row in CompanyPlan.objects.all()}
    )
    return found


def of_kind(kind: str) -> CompanyPlan:
    """The company's plan for a kind of notice."""
    held = company()
    if kind in AT_ONCE and kind not in held:
        return CompanyPlan(kind=kind, channels=dict(AT_ONCE[kind]))
    return held.get(kind) or held.get(REMINDER) or CompanyPlan(kind=kind, channels=GENTLE)


def chosen(kind: str, held: Preference | None) -> dict[str, str]:
    """When each channel in use is taken for a kind: what the person chose, where the company leaves a choice."""
    plan = of_kind(kind)
    own = (held.kinds if held else {}).get(kind if kind in KINDS else REMINDER) or {}
    taken = {}
    for channel in configured.enabled():
        mine = own.get(channel) if channel not in plan.fixed else None
        taken[channel] = mine or plan.channels.get(channel) or NEVER
    return taken


@dataclass(frozen=True)
class Leg:
    """One channel of one notice: when, where to, and why not where that is known already."""

    channel: str
    step: int
    at: datetime
    address: str = ""
    refused: bool = False
    bundle: str = ""


def _reminders(rows: Sequence[Notice]) -> dict[int, Any]:
    """Those that are in hand, and the others by one query."""
    field = Notice._meta.get_field("reminder")
    held: dict[int, Any] = {row.reminder_id: row.reminder for row in rows if row.reminder_id and field.is_cached(row)}
    missing = {row.reminder_id for row in rows if row.reminder_id} - set(held)
    return {**held, **Reminder.objects.in_bulk(missing)} if missing else held


class Planner:
    """Plans for many notices at once, with as many queries as for one."""

    def __init__(self, rows: Sequence[Notice], now: datetime) -> None:
        people = {row.person_id for row in rows}
        self.now = now
        self.channels = configured.enabled()
        self.people = list(Person.objects.filter(pk__in=people))
        self.preferences = Preference.objects.in_bulk(people)
        self.dead = addresses.dead(sorted(people))
        self.addresses = {channel: addresses.of(channel, self.people) for channel in self.channels}
        self.reminders = _reminders(rows)

    def legs(self, row: Notice) -> list[Leg]:
        """What is to be done for a notice besides the app."""
        if row.kind in IN_APP_ALONE:
            return []
        plan = of_kind(row.kind)
        named = self._named(row)
        taken = chosen(row.kind, self.preferences.get(row.person_id))
        first = [each for each in self.channels if each in named or (taken[each] == NOW and not named)]
        then = [each for each in self.channels if each not in first and taken[each] == THEN]
        first += [each for each in plan.fixed if each in self.channels and each not in first and taken[each] == NOW]
        found = [leg for each in first if (leg := self._leg(row, each, 0, each in named)) is not None]
        lost = bool(found) and all(leg.refused for leg in found)
        step = 0
        for each in then:
            wait = timedelta(minutes=plan.minutes * (step if lost else step + 1))
            leg = self._leg(row, each, step + 1, wait=wait)
            if leg is not None and not leg.refused:
                step += 1
                found.append(leg)
        if plan.ladder:
            found.append(Leg("ladder", step + 1, self._up(row, plan.minutes, step + 1)))
        return found

    def _up(self, row: Notice, minutes: int, step: int) -> datetime:
        """When the manager is told; who has quiet hours then is given as long once they are over."""
        at, held = self.now + timedelta(minutes=minutes * step), self.preferences.get(row.person_id)
        reader = actors.load(row.person_id)
        over = quiet.ends(held, reader.zone, at) if reader is not None else None
        return at if over is None else over + timedelta(minutes=minutes)

    def _named(self, row: Notice) -> list[str]:
        """The channels that the reminder itself names."""
        held = getattr(self.reminders.get(row.reminder_id or 0), "channels", None) or []
        return [each for each in held if each in self.channels]

    def _leg(
        self, row: Notice, channel: str, step: int, named: bool = False, wait: timedelta = timedelta()
    ) -> Leg | None:
        """None where the person has no such address and nobody asked for this channel by name."""
        address = self.addresses[channel].get(row.person_id)
        if address is None:
            return Leg(channel, step, self.now, "", refused=True) if named else None
        if self.dead.get((row.person_id, channel)) == address:
            return Leg(channel, step, self.now, address, refused=True)
        held = self.preferences.get(row.person_id)
        reader = actors.load(row.person_id)
        at, bundle = self.now + wait if step else min(row.due_at, self.now), ""
        if held is not None and reader is not None:
            if held.digest_at is not None and channel == "email" and row.kind not in AT_ONCE:
                at = quiet.next_at(held.digest_at, reader.zone, self.now + wait)
                bundle = f"digest:{row.person_id}:{at:%Y%m%d%H%M}"
            at = quiet.ends(held, reader.zone, max(at, self.now)) or at
        return Leg(channel, step, at, address, bundle=bundle)
