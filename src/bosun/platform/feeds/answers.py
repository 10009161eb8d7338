"""How whoever hosts hears of answers: of each that says something new, and of no more than a person can follow.

A link may be pressed, and mails be sent, by turns and for ever. So an answer that soon follows another waits until a
while has passed; what it is by then is told, where it is not what was told before, and its card takes the place of the
earlier one. What is answered to single times of a series is told up to a number.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _lazy

from bosun.kernel import records
from bosun.kernel.actor import Actor
from bosun.lib import clock
from bosun.platform.feeds import letters, standing, told
from bosun.platform.feeds.models import ACCEPTED, DECLINED, TENTATIVE, Invitation
from bosun.platform.jobs import queue
from bosun.platform.reminders import notices
from bosun.platform.reminders import services as reminders
from bosun.platform.reminders.models import Notice

KIND = "invitation"
JOB = "invitations.tell"
PAUSE = timedelta(minutes=10)
MOST_AN_HOUR = 12
"""Of answers to single times that one guest gives to one invitation."""
WHOLE = {
    ACCEPTED: _lazy("%(who)s accepts: %(what)s"),
    DECLINED: _lazy("%(who)s declines: %(what)s"),
    TENTATIVE: _lazy("%(who)s may come: %(what)s"),
}
ONE_TIME = {
    ACCEPTED: _lazy("%(who)s accepts one time: %(what)s, %(when)s"),
    DECLINED: _lazy("%(who)s declines one time: %(what)s, %(when)s"),
    TENTATIVE: _lazy("%(who)s may come to one time: %(what)s, %(when)s"),
}


def tell(row: Invitation, *, waits: bool = True) -> None:
    """The host hears the answer to the whole, as the locked row has it; later where another was told just now."""
    person = standing.hearer(row)
    if person is None:
        return
    said, now = _said(row, person, WHOLE[row.state], row.words), clock.now()
    earlier = _cards(row, "all:")
    last = earlier.filter(person_id=person.id or 0).order_by("pk").last()
    if last is not None and last.text == said:
        return
    if waits and last is not None and now < last.made_at + PAUSE:
        # One job for each notice: one that is at work may have read the answer before this one already.
        queue.enqueue(JOB, {"invitation": row.pk}, unique=f"{JOB}:{last.pk}", at=last.made_at + PAUSE)
        return
    notices.put_away(earlier)
    _enter(row, person, f"all:{int(now.timestamp() * 1000)}", said, now)


@transaction.atomic
def tell_what_waited(pk: int) -> None:
    """The host hears how the answer is by now."""
    row = Invitation.objects.select_for_update().filter(pk=pk, state__in=WHOLE).first()
    if row is not None:
        tell(row, waits=False)


@transaction.atomic
def one_time(row: Invitation, state: str, at: date | datetime, words: str, stamp: datetime | None) -> bool:
    """An answer to one time of a series: the host hears of it, and what was said to the whole stays.

    False where it is not told, as its guest has said too much of late.
    """
    row = Invitation.objects.select_for_update().get(pk=row.pk)
    person, now = standing.hearer(row), clock.now()
    if person is None:
        return True
    said = _said(row, person, ONE_TIME[state], words, letters.when_at(at, records.environment(person)))
    time = f"one:{int(told.moment(at).timestamp())}."
    key = f"{time}{state}.{int((stamp or now).timestamp() * 1000)}"
    earlier = _cards(row, time)
    last = earlier.filter(person_id=person.id or 0).order_by("pk").last()
    if (last is not None and last.text == said) or _cards(row, f"{key}:").exists():
        return True
    lately = _cards(row, "one:").filter(person_id=person.id or 0, made_at__gt=now - timedelta(hours=1))
    if lately.count() >= MOST_AN_HOUR:
        return False
    notices.put_away(earlier)
    _enter(row, person, key, said, now)
    return True


def _cards(row: Invitation, about: str) -> QuerySet[Notice]:
    """What was told of the answers to what was asked last; keys are compared byte by byte."""
    begin = f"{KIND}:{row.pk}.{row.sequence}:{about}"
    return Notice.objects.filter(key__gt=begin, key__lt=f"{begin}~")


def _said(row: Invitation, person: Actor, text: Any, words: str, when: str = "") -> str:
    found = letters.item_of(row)
    what = found[0].text if found else next((str(each["summary"]) for each in told.events(row.told)), "")
    with translation.override(person.language):
        said = str(text) % {"who": row.email, "what": what, "when": when}
    return (f"{said} – {words}" if words else said)[: reminders.TEXT]


def _enter(row: Invitation, person: Actor, key: str, said: str, now: datetime) -> None:
    key = f"{KIND}:{row.pk}.{row.sequence}:{key}"
    reminders.tell(person.id or 0, key, said, row.entity, row.record_id, now)
