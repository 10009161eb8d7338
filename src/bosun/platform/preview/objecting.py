"""“This reminder is wrong”: whoever can put it right is told, in the words of whoever noticed."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from bosun.kernel import registry
from bosun.kernel.actor import Actor
from bosun.kernel.errors import FieldError, Invalid
from bosun.lib import clock
from bosun.platform.away import periods, routing
from bosun.platform.org import actors
from bosun.platform.reminders import notices, services
from bosun.platform.reminders.models import Notice, Reminder

LONGEST = 120


def who_mends(row: Notice, reader: Actor) -> list[int]:
    """The owner of the record; where that is the reader, or comes to him as he stands in, whoever made the reminder;
    else the administrators.
    """
    for person in (_owner(row), _maker(row)):
        if person is not None and actors.load(person) is not None and not _comes_to(reader, person):
            return [person]
    return [person for person in actors.administrators() if not _comes_to(reader, person)]


def _comes_to(reader: Actor, person: int) -> bool:
    """Whether what this person is told reaches the reader, and nobody else."""
    return reader.id in (person, periods.end_of_chain(person, "notices", clock.now()))


def _away(row: Notice, reader: Actor) -> list[int]:
    """The owner in whose place the reader is told: she finds it when she is back."""
    owner = _owner(row) or Reminder.objects.filter(pk=row.reminder_id).values_list("owner_id", flat=True).first()
    return [owner] if owner not in (None, reader.id) and _comes_to(reader, owner) and actors.load(owner) else []


def _owner(row: Notice) -> int | None:
    entity = registry.find(row.entity) if row.entity else None
    if entity is None or row.record_id is None:
        return None
    rows = entity.model._default_manager.filter(pk=row.record_id, deleted_at__isnull=True)
    found: int | None = rows.values_list("owner_id", flat=True).first()
    return found


def _maker(row: Notice) -> int | None:
    found: int | None = Reminder.objects.filter(pk=row.reminder_id).values_list("created_by_id", flat=True).first()
    return found


def object_to(pk: int, words: str, reader: Actor) -> list[int]:
    """Tell whoever can put it right; answers whom. NotFound for what is not the reader's own card."""
    row = notices.get(pk, reader)
    said = " ".join(words.replace("\0", "").split())
    if not said:
        raise Invalid([FieldError("words", _("Say what is wrong."))])
    if len(said) > LONGEST:
        raise Invalid([FieldError("words", _("Say it in at most %(max)s characters.") % {"max": LONGEST})])
    people, back = who_mends(row, reader), _away(row, reader)
    if not people and not back:
        raise Invalid([FieldError("words", _("Nobody else can put this right: change it yourself."))])
    for person in people:
        _tell("wrong", person, row, said, reader)
    for person in back:
        _tell(routing.LEFT, person, row, said, reader)
    return people or back


def _tell(kind: str, person: int, row: Notice, said: str, reader: Actor) -> None:
    mender, now = actors.load(person), clock.now()
    with translation.override(mender.language if mender else reader.language):
        text = _("%(who)s says this is wrong: %(words)s (%(what)s)")
        text = text % {"who": reader.name, "words": said, "what": row.text}
    entity, record = (row.entity, row.record_id) if row.record_id else ("reminders", row.reminder_id or 0)
    services.tell(person, f"{kind}:{row.pk}:{int(now.timestamp())}", text, entity, record, now)
