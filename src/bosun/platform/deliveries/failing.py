"""What follows from what never arrives, or is not read: the next channel, a word to the sender, the ladder."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.actor import Actor
from bosun.platform.deliveries import addresses, plans
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
    following = Delivery.objects.filter(notice=row.notice_id, state=QUEUED, step__gt=row.step, lease="")
    first = following.exclude(channel=LADDER).order_by("step").first()
    if first is not None and first.next_at is not None and first.next_at > now:
        Delivery.objects.filter(pk=first.pk, state=QUEUED).update(next_at=now)
    if outcome.dead and row.address:
        addresses.mark_dead(row.person_id, row.channel, row.address, outcome.said)
    _tell_sender(row, outcome, now)


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
    """Nobody has read it in the time that the company allows: the manager is told, and so on up."""
    person = Person.objects.filter(pk=row.person_id).first()
    above = managers(person) if person is not None else []
    told = []
    for pk in above:
        actor = actors.load(pk)
        if actor is None:
            continue
        with translation.override(actor.language):
            text = _unread(row.notice, str(person.name) if person else "", actor)
        services.tell(pk, f"{plans.UNREAD}:{row.notice_id}", text, row.notice.entity, row.notice.record_id or 0, now)
        told.append(actor.name)
    ended = {"state": DELIVERED, "sent_at": now, "delivered_at": now} if told else {"state": CANCELLED}
    free = {"lease": "", "lease_until": None, "next_at": None, "said": ", ".join(told)}
    Delivery.objects.filter(pk=row.pk, state=QUEUED, lease=row.lease).update(**ended, **free)


def _unread(notice: Notice, who: str, actor: Actor) -> str:
    """With its words only where they speak of a record that the manager may read: reminders are one's own."""
    entity = registry.find(notice.entity) if notice.entity else None
    told = {"person": who, "text": notice.text}
    if notice.reminder_id and entity is not None and access.may_row(entity, actor, "read", notice.record_id or 0):
        return _("%(person)s has not read: %(text)s") % told
    return _("%(person)s has not read a notice.") % told
