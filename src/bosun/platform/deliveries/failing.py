"""What follows from what never arrives, or is not read: the next channel, a word to the sender, the ladder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.actor import Actor
from bosun.platform.deliveries import addresses, claiming, plans
from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.deliveries.channels.port import Outcome
from bosun.platform.deliveries.models import CANCELLED, DELIVERED, LADDER, QUEUED, Delivery
from bosun.platform.org import actors
from bosun.platform.org.managers import managers
from bosun.platform.org.models import Person
from bosun.platform.reminders import services
from bosun.platform.reminders.models import Notice


def give_up(row: Delivery, outcome: Outcome, now: datetime) -> None:
    """In the transaction of the mark: the next channel is tried now, and whoever wanted it told hears of it."""
    go_on(row, now)
    if outcome.dead and row.address:
        addresses.mark_dead(row.person_id, row.channel, row.address, outcome.said)
    _tell_sender(row, outcome, now)


def go_on(row: Delivery, now: datetime) -> None:
    """The next channel of the same notice does not wait for its time."""
    following = Delivery.objects.filter(notice=row.notice_id, state=QUEUED, step__gt=row.step, lease="")
    first = following.exclude(channel=LADDER).order_by("step").first()
    if first is not None and first.next_at is not None and first.next_at > now:
        Delivery.objects.filter(pk=first.pk, state=QUEUED).update(next_at=now)


def _tell_sender(row: Delivery, outcome: Outcome, now: datetime) -> None:
    """Whoever made the reminder; where that is the reader, or nobody, the reader alone, in the app."""
    reminder: Any = row.notice.reminder
    senders = {reminder.created_by_id or reminder.owner_id, row.person_id} if reminder else {row.person_id}
    reader = Person.objects.filter(pk=row.person_id).values_list("name", flat=True).first() or ""
    # Once for each reminder and address, however often it nags.
    subject = f"r{reminder.pk}" if reminder else f"n{row.notice_id}"
    place = hashlib.sha256(f"{row.channel}:{row.address}:{row.person_id}".encode()).hexdigest()[:12]
    for person in sorted(each for each in senders if each):
        actor = actors.load(person)
        if actor is None:
            continue
        with translation.override(actor.language):
            about = {"channel": str(CHANNELS[row.channel].label), "person": reader, "said": outcome.said[:80]}
            text = _("Not delivered by %(channel)s to %(person)s: %(said)s") % about
        entity, pk = ("reminders", reminder.pk) if reminder else (row.notice.entity, row.notice.record_id or 0)
        services.tell(person, f"{plans.UNDELIVERED}:{subject}:{place}", text, entity, pk, now)


@transaction.atomic
def climb(row: Delivery, now: datetime) -> None:
    """Nobody has read it in the time that the company allows: the manager is told, and so on up.

    Of a reminder the latest card stands for those before it.
    """
    person = Person.objects.filter(pk=row.person_id).first()
    above = [actor for pk in (managers(person) if person is not None else ()) if (actor := actors.load(pk)) is not None]
    ended = {"state": DELIVERED, "sent_at": now, "delivered_at": now} if above else {"state": CANCELLED}
    free = {"lease": "", "lease_until": None, "next_at": None, "said": ", ".join(actor.name for actor in above)}
    marked = Delivery.objects.filter(pk=row.pk, state=QUEUED, lease=row.lease).update(**ended, **free)
    if not marked or not above:
        return
    since = _put_away(_cards(again([row.notice])), now)
    for actor in above:
        with translation.override(actor.language):
            text = _unread(row.notice, str(person.name) if person else "", actor)
        key = f"{plans.UNREAD}:{row.notice_id}"
        services.tell(actor.id or 0, key, text, row.notice.entity, row.notice.record_id or 0, now)
    cards = [card.pk for card in _cards(Q(pk=row.notice_id))]
    for (reader, channel), at in since.items():
        # What comes again more often than the next step would put that off for ever.
        later = {"person_id": reader, "channel": channel, "step__gt": 0, "next_at__gt": at, "state": QUEUED}
        Delivery.objects.filter(notice__in=cards, **later).update(next_at=at)


def _unread(notice: Notice, who: str, actor: Actor) -> str:
    """With its words only where they speak of a record that the manager may read: reminders are one's own."""
    entity = registry.find(notice.entity) if notice.entity else None
    told = {"person": who, "text": notice.text}
    if notice.reminder_id and entity is not None and access.may_row(entity, actor, "read", notice.record_id or 0):
        return _("%(person)s has not read: %(text)s") % told
    return _("%(person)s has not read a notice.") % told


# what is read or done at last ------------------------------------------------------------------------------------


def come_down(which: Q, now: datetime) -> None:
    """Nobody needs to read these notices any more: the cards that say that somebody has not are put away, all the way
    up.
    """
    while cards := _cards(which):
        _put_away(cards, now)
        which = Q(pk__in=[card.pk for card in cards])


def again(rows: Iterable[Notice]) -> Q:
    """These notices, and what their readers were told of the same at other times: the latest stands for all."""
    reminders: dict[int, set[int]] = {}
    ids, below, readers = [], [], set()
    for row in rows:
        ids.append(row.pk)
        if row.reminder_id:
            reminders.setdefault(row.person_id, set()).add(row.reminder_id)
        elif row.kind == plans.UNREAD:
            below.append(_about(row))
            readers.add(row.person_id)
    if below:
        cards = _cards(again(Notice.objects.filter(pk__in=below)))
        ids += [card.pk for card in cards if card.person_id in readers]
    found = Q(pk__in=ids)
    for person, of in reminders.items():
        found |= Q(person_id=person, reminder__in=of)
    return found


def _cards(which: Q) -> list[Notice]:
    """What managers were told of these notices, open or not."""
    steps = Delivery.objects.filter(
        channel=LADDER, sent_at__isnull=False, notice__in=Notice.objects.filter(which).values("pk")
    )
    climbed = dict(steps.values_list("notice_id", "sent_at"))
    if not climbed:
        return []
    # There is an index by the time, which is that of the step.
    rows = Notice.objects.filter(kind=plans.UNREAD, made_at__in=set(climbed.values()))
    return [row for row in rows if _about(row) in climbed]


def _about(card: Notice) -> int:
    """The notice that somebody has not read."""
    return int(card.key.split(":")[1])


def _put_away(cards: Sequence[Notice], now: datetime) -> dict[tuple[int, str], datetime]:
    """Close those that are open and call off what waits; when the later steps of each reader would have come."""
    open_ = [card.pk for card in cards if card.closed_at is None]
    if not open_:
        return {}
    waiting = Delivery.objects.filter(notice__in=open_, state=QUEUED)
    later = waiting.filter(step__gt=0, notice__read_at__isnull=True).order_by("-next_at")
    found = {(row.person_id, row.channel): row.next_at for row in later if row.next_at is not None}
    # Deliveries first and then their notices, as whoever reads them does.
    claiming.set_in_order(waiting.filter(lease=""), state=CANCELLED, next_at=None)
    Notice.objects.filter(pk__in=open_).update(closed_at=now)
    return found
