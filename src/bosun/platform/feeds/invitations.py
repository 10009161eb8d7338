"""Invitations (iTIP, RFC 5546): somebody outside is asked to come to what a record is about, and answers yes or no.

He is told its title and its time, nothing else. He answers by a signed link that wants a press, or by his calendar,
which sends a REPLY; whoever invited him is told.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, FieldError, Invalid, NotFound
from bosun.kernel.kinds import Email
from bosun.lib import clock
from bosun.platform.deliveries import configured, plans
from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.deliveries.channels.port import Message, Outcome
from bosun.platform.feeds import agenda, letters
from bosun.platform.feeds.letters import ANSWER, CANCEL, REQUEST
from bosun.platform.feeds.models import ACCEPTED, ASKED, DECLINED, TENTATIVE, WITHDRAWN, Invitation
from bosun.platform.jobs import queue
from bosun.platform.org import actors
from bosun.platform.reminders import services as reminders

JOB = "invitations.send"
MOST = 20
STATES = {"ACCEPTED": ACCEPTED, "DECLINED": DECLINED, "TENTATIVE": TENTATIVE}


def of(entity: Entity, pk: int) -> list[Invitation]:
    """Who was invited to a record, for those who may read it."""
    return list(Invitation.objects.filter(entity=entity.key, record_id=pk).exclude(state=WITHDRAWN).order_by("pk"))


def offered(entity: Entity, record: Any, env: Env) -> bool:
    """Whether one may invite people to this record: it is one's to change, and has a time."""
    dates = agenda.offered.get(entity.key)
    if dates is None or env.actor.id is None or getattr(record, dates.at, None) is None:
        return False
    return access.may_row(entity, env.actor, "change", record.pk)


def invite(entity: Entity, pk: int, emails: Sequence[str], env: Env, base: str) -> list[Invitation]:
    """Ask people, or ask them again after a change; the mails leave in the background."""
    record = records.get(entity, pk, env.actor)
    if not offered(entity, record, env):
        raise Denied()
    kind = Email()
    if configured.mail() is None:
        raise Invalid(
            [FieldError("emails", _("Mails do not leave this Bosun yet. Ask an administrator to set that up."))]
        )
    addresses = list(dict.fromkeys(kind.parse(each, env) for each in emails if each.strip()))
    if not addresses:
        raise Invalid([FieldError("emails", _("Say whom to invite."))])
    with transaction.atomic():
        held = {row.email: row for row in of(entity, pk)}
        if len({*held, *addresses}) > MOST:
            raise Invalid([FieldError("emails", _("Invite at most %(max)s people.") % {"max": MOST})])
        return [_ask(entity, pk, each, env, base) for each in addresses]


def _ask(entity: Entity, pk: int, email: str, env: Env, base: str) -> Invitation:
    named = {"entity": entity.key, "record_id": pk, "email": email}
    fresh = {"uid": secrets.token_hex(20), "sender_id": env.actor.id or 0, "made_at": clock.now()}
    row, made = Invitation.objects.get_or_create(**named, defaults=fresh)
    if not made:
        again = {"sequence": row.sequence + 1, "state": ASKED, "sender_id": env.actor.id or 0, "answered_at": None}
        again |= {"answer_stamp": None, "words": "", "made_at": clock.now()}
        Invitation.objects.filter(pk=row.pk).update(**again)
        row.refresh_from_db()
    _enqueue(row, REQUEST, base)
    return row


def withdraw(pk: int, env: Env, base: str) -> Invitation:
    """Take an invitation back; whoever was invited is told."""
    row = Invitation.objects.filter(pk=pk).exclude(state=WITHDRAWN).first()
    entity = registry.find(row.entity) if row else None
    if row is None or entity is None or not access.may_row(entity, env.actor, "change", row.record_id):
        raise NotFound()
    with transaction.atomic():
        Invitation.objects.filter(pk=pk).update(state=WITHDRAWN, sequence=row.sequence + 1, made_at=clock.now())
        row.refresh_from_db()
        _enqueue(row, CANCEL, base)
    return row


def _enqueue(row: Invitation, method: str, base: str) -> None:
    args = {"invitation": row.pk, "method": method, "sequence": row.sequence, "base": base}
    queue.enqueue(JOB, args, unique=f"invitation:{row.pk}:{row.sequence}")


# what is sent ------------------------------------------------------------------------------------------------------


class NotTaken(Exception):
    """The mail server does not take it now."""


def send(pk: int, sequence: int, method: str, base: str, last: bool = False) -> None:
    """Send one mail; what was asked since has one of its own. NotTaken where it may pass another time."""
    row = Invitation.objects.filter(pk=pk, sequence=sequence).first()
    letter = letters.letter(row, base, method) if row else None
    values = configured.mail()
    if row is None or letter is None or values is None:
        return
    message = Message(letter.key, letter.to, letter.language, letter.subject, letter.text, letter=letter)
    outcome = next((each for _message, each in CHANNELS["email"].send([message], values)), Outcome("again"))
    if outcome.state == "again" and not last:
        raise NotTaken(outcome.said)
    if outcome.state in ("again", "failed"):
        lost(row, outcome.said)


def lost(row: Invitation, said: str) -> None:
    """It did not arrive: whoever invited hears of it."""
    sender = actors.load(row.sender_id)
    if sender is None or row.state == WITHDRAWN:
        return
    with translation.override(sender.language):
        text = _("The invitation did not reach %(email)s: %(said)s") % {"email": row.email, "said": said[:80]}
    key = f"{plans.UNDELIVERED}:i{row.pk}.{row.sequence}"
    reminders.tell(row.sender_id, key, text, row.entity, row.record_id, clock.now())


# what comes back ---------------------------------------------------------------------------------------------------


def by_token(text: str) -> Invitation:
    """The invitation of a link; NotFound for a forged one and one that was taken back."""
    held = ANSWER.read(text)
    row = Invitation.objects.filter(uid=held[0]).exclude(state=WITHDRAWN).first() if held else None
    if row is None:
        raise NotFound()
    return row


@transaction.atomic
def answer(row: Invitation, state: str, words: str = "", stamp: datetime | None = None) -> bool:
    """Yes or no; the last answer counts. `stamp` is when it was given, now where None.

    False where it was the answer already, or where a later one is known.
    """
    if state not in STATES.values():
        raise Invalid(_("Accept or decline."))
    held = Invitation.objects.select_for_update().get(pk=row.pk)
    now = clock.now()
    # A clock that runs ahead would shut out every later answer.
    given = min(stamp or now, now)
    if held.state == WITHDRAWN or (held.answer_stamp is not None and given < held.answer_stamp):
        return False
    if held.state == state:
        Invitation.objects.filter(pk=row.pk).update(answer_stamp=given)
        return False
    words = " ".join(words.replace("\0", "").split())[:500]
    said = {"state": state, "words": words, "answered_at": now, "answer_stamp": given}
    Invitation.objects.filter(pk=row.pk).update(**said)
    _tell(held, state, words, now)
    return True


def _tell(row: Invitation, state: str, words: str, now: datetime) -> None:
    found = letters.item_of(row)
    if found is None:
        return
    item, env = found
    with translation.override(env.language):
        texts = {
            ACCEPTED: _("%(who)s accepts: %(what)s"),
            DECLINED: _("%(who)s declines: %(what)s"),
            TENTATIVE: _("%(who)s may come: %(what)s"),
        }
        text = texts[state] % {"who": row.email, "what": item.text}
    text = f"{text} – {words}" if words else text
    key = f"invitation:{row.pk}:{int(now.timestamp() * 1000)}"
    reminders.tell(row.sender_id, key, text, row.entity, row.record_id, now)
