"""“This reminder is wrong”: whoever can put it right is told, in the words of whoever noticed."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from bosun.kernel import registry
from bosun.kernel.actor import Actor
from bosun.kernel.errors import FieldError, Invalid
from bosun.lib import clock
from bosun.platform.org import actors
from bosun.platform.reminders import notices, services
from bosun.platform.reminders.models import Notice, Reminder

LONGEST = 120


def who_mends(row: Notice, reader: Actor) -> list[int]:
    """The owner of the record; where that is the reader himself whoever made the reminder; else the administrators."""
    for person in (_owner(row), _maker(row)):
        if person is not None and person != reader.id and actors.load(person) is not None:
            return [person]
    return [person for person in actors.administrators() if person != reader.id]


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
    people = who_mends(row, reader)
    if not people:
        raise Invalid([FieldError("words", _("Nobody else can put this right: change it yourself."))])
    now = clock.now()
    for person in people:
        mender = actors.load(person)
        with translation.override(mender.language if mender else reader.language):
            text = _("%(who)s says this is wrong: %(words)s (%(what)s)")
            text = text % {"who": reader.name, "words": said, "what": row.text}
        entity, record = (row.entity, row.record_id) if row.record_id else ("reminders", row.reminder_id or 0)
        services.tell(person, f"wrong:{row.pk}:{int(now.timestamp())}", text, entity, record, now)
    return people
