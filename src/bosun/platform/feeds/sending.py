"""How the mails of invitations leave: one after the other, later again while the mail server takes none."""

from __future__ import annotations

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from bosun.lib import clock
from bosun.platform.deliveries import configured, plans
from bosun.platform.deliveries.channels import CHANNELS
from bosun.platform.deliveries.channels.port import Message, Outcome
from bosun.platform.deliveries.composing import Letter
from bosun.platform.feeds import invitations, letters, standing
from bosun.platform.feeds.models import WITHDRAWN, Invitation
from bosun.platform.feeds.standing import CANCEL, REQUEST
from bosun.platform.reminders import services as reminders


class NotTaken(Exception):
    """The mail server does not take it now."""


def send(pk: int, sequence: int, by: int | None = None, last: bool = False) -> None:
    """Send what its guest is to know now; what was asked since has a mail of its own.

    NotTaken where it may pass another time. Where no request ever left, there is nothing to take back.
    """
    row = Invitation.objects.filter(pk=pk, sequence=sequence).exclude(heard=sequence).first()
    if row is None:
        return
    method = standing.due(row)
    mails = letters.request(row) if method == REQUEST else letters.cancellation(row) if method == CANCEL else []
    if mails is None:
        untold(row, by)
        return
    for number, (letter, known) in enumerate(mails, 1):
        outcome = _carry(letter)
        if outcome.state == "again" and not last:
            raise NotTaken(outcome.said)
        if outcome.state in ("again", "failed"):
            lost(row, outcome.said, by)
            if method == REQUEST:
                return
        heard = {"heard": sequence} if number == len(mails) else {}
        later = Q(heard__isnull=True) | Q(heard__lt=sequence)
        Invitation.objects.filter(later, pk=pk).update(told=known, **heard)
    row.refresh_from_db()
    if method == REQUEST and standing.due(row) == CANCEL:
        # Taken back while it left.
        invitations.ask(row, CANCEL, by)
    if standing.record_of(row) is None:
        Invitation.objects.filter(pk=pk, sequence=sequence).delete()


def _carry(letter: Letter) -> Outcome:
    values = configured.mail()
    if values is None:
        return Outcome("again", _("Mails do not leave this Bosun yet. Ask an administrator to set that up."))
    message = Message(letter.key, letter.to, letter.language, letter.subject, letter.text, letter=letter)
    return next((each for _message, each in CHANNELS["email"].send([message], values)), Outcome("again"))


def lost(row: Invitation, said: str, by: int | None = None) -> None:
    """It did not arrive: whoever hosts hears of it."""
    person = standing.hearer(row, by)
    if person is None:
        return
    with translation.override(person.language):
        over = row.state == WITHDRAWN or standing.timed(row) is None
        text = _("The cancellation did not reach %(email)s: %(said)s") if over else _(
            "The invitation did not reach %(email)s: %(said)s"
        )  # fmt: skip
        text %= {"email": row.email, "said": said[:80]}
    _tell(row, person.id or 0, f"i{row.pk}.{row.sequence}", text)


def untold(row: Invitation, by: int | None) -> None:
    """Nobody who hosts may read the record any more, and so nothing of it is written: whoever moved it hears that."""
    person, record = standing.hearer(row, by), standing.record_of(row)
    if person is None or record is None:
        return
    with translation.override(person.language):
        text = _("%(email)s was not told of the new time: nobody who invites may see it.") % {"email": row.email}
    _tell(row, person.id or 0, f"u{row.pk}.{record.version}", text)


def _tell(row: Invitation, person: int, key: str, text: str) -> None:
    reminders.tell(person, f"{plans.UNDELIVERED}:{key}", text, row.entity, row.record_id, clock.now())
