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
from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, FieldError, Invalid, NotFound
from bosun.kernel.kinds import Email
from bosun.lib import clock
from bosun.platform.deliveries import configured
from bosun.platform.feeds import answers, standing
from bosun.platform.feeds.letters import ANSWER, ahead
from bosun.platform.feeds.models import ACCEPTED, ASKED, DECLINED, TENTATIVE, WITHDRAWN, Invitation
from bosun.platform.feeds.standing import CANCEL, REQUEST
from bosun.platform.jobs import queue

JOB = "invitations.send"
MOST = 20
STATES = {"ACCEPTED": ACCEPTED, "DECLINED": DECLINED, "TENTATIVE": TENTATIVE}


def of(entity: Entity, pk: int) -> list[Invitation]:
    """Who was invited to a record, for those who may read it."""
    return list(Invitation.objects.filter(entity=entity.key, record_id=pk).exclude(state=WITHDRAWN).order_by("pk"))


def unsent(rows: Sequence[Invitation]) -> set[int]:
    """Those of them whose latest mail has not left yet, or could not."""
    return {row.pk for row in rows if row.state == ASKED and row.heard != row.sequence}


def offered(entity: Entity, record: Any, env: Env) -> bool:
    """Whether one may invite people to this record: it is one's to change, has a time, and is not over."""
    dates = standing.dates_of(entity.key)
    if dates is None or env.actor.id is None or getattr(record, dates.at, None) is None:
        return False
    return access.may_row(entity, env.actor, "change", record.pk) and standing.is_open(dates, record)


def invite(entity: Entity, pk: int, emails: Sequence[str], env: Env, base: str) -> list[Invitation]:
    """Ask people, or ask them again after a change; the mails leave in the background."""
    record = records.get(entity, pk, env.actor)
    dates = standing.dates_of(entity.key)
    if dates is None or not offered(entity, record, env):
        raise Denied()
    kind = Email()
    if configured.mail() is None:
        raise Invalid(
            [FieldError("emails", _("Mails do not leave this Bosun yet. Ask an administrator to set that up."))]
        )
    if ahead(standing.item_as(record, dates, env), env) is None:
        raise Invalid([FieldError("emails", _("This time is over. Invite people to one that is still to come."))])
    addresses: dict[str, str] = {}
    for each in emails:
        if each.strip():
            address = kind.parse(each, env)
            addresses.setdefault(address.casefold(), address)
    if not addresses:
        raise Invalid([FieldError("emails", _("Say whom to invite."))])
    with transaction.atomic():
        open_ = of(entity, pk)
        if len({*(row.email.casefold() for row in open_), *addresses}) > MOST:
            raise Invalid([FieldError("emails", _("Invite at most %(max)s people.") % {"max": MOST})])
        # Whoever was asked before keeps the spelling that he was asked under.
        before = Invitation.objects.filter(entity=entity.key, record_id=pk, state=WITHDRAWN)
        known = {row.email.casefold(): row.email for row in (*before, *open_)}
        return [_ask(entity, pk, known.get(folded, email), env, base) for folded, email in addresses.items()]


def _ask(entity: Entity, pk: int, email: str, env: Env, base: str) -> Invitation:
    named = {"entity": entity.key, "record_id": pk, "email": email}
    fresh = {"uid": secrets.token_hex(20), "sender_id": env.actor.id or 0, "base": base, "made_at": clock.now()}
    row, made = Invitation.objects.get_or_create(**named, defaults=fresh)
    if made:
        _enqueue(row, env.actor.id)
    else:
        ask(row, REQUEST, env.actor.id)
    return row


def ask(row: Invitation, method: str, by: int | None) -> None:
    """Have a guest told how it now is, and ask anew; or that it is off. `by` is whoever acted."""
    again: dict[str, Any] = {"sequence": row.sequence + 1, "made_at": clock.now()}
    if method == REQUEST:
        again |= {"state": ASKED, "answered_at": None, "answer_stamp": None, "words": ""}
    Invitation.objects.filter(pk=row.pk).update(**again)
    row.refresh_from_db()
    _enqueue(row, by)


def withdraw(pk: int, env: Env) -> Invitation:
    """Take an invitation back; whoever was told of it is told that."""
    row = Invitation.objects.filter(pk=pk).exclude(state=WITHDRAWN).first()
    entity = registry.find(row.entity) if row else None
    if row is None or entity is None or not access.may_row(entity, env.actor, "change", row.record_id):
        raise NotFound()
    with transaction.atomic():
        Invitation.objects.filter(pk=pk).update(state=WITHDRAWN)
        ask(row, CANCEL, env.actor.id)
    return row


def _enqueue(row: Invitation, by: int | None) -> None:
    args = {"invitation": row.pk, "sequence": row.sequence, "by": by}
    queue.enqueue(JOB, args, unique=f"invitation:{row.pk}:{row.sequence}")


# what comes back ---------------------------------------------------------------------------------------------------


def by_token(text: str) -> Invitation:
    """The invitation of a link; NotFound for a forged one and one that was taken back."""
    held = ANSWER.read(text)
    row = Invitation.objects.filter(uid=held[0]).exclude(state=WITHDRAWN).first() if held else None
    if row is None:
        raise NotFound()
    return row


def plain(words: str) -> str:
    """What a guest writes, on one line."""
    return " ".join(words.replace("\0", "").split())[:500]


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
    words = plain(words)
    if held.state == state and words in ("", held.words):
        Invitation.objects.filter(pk=row.pk).update(answer_stamp=given)
        return False
    said = {"state": state, "words": words, "answered_at": now, "answer_stamp": given}
    Invitation.objects.filter(pk=row.pk).update(**said)
    held.refresh_from_db()
    answers.tell(held)
    return True
