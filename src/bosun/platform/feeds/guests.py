"""Who was invited hears when the time moves, when the record goes or ends, and when it comes back.

A change only has the worker look: it compares what the record then says with what each guest was told. So several
changes are one mail, and what is as it was told is none. A new title, which no calendar has to act on, is none either.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q

from bosun.kernel import records
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.lib import clock
from bosun.platform.feeds import invitations, letters, sending, standing, told
from bosun.platform.feeds.models import WITHDRAWN, Invitation
from bosun.platform.feeds.standing import CANCEL, REQUEST
from bosun.platform.jobs import queue

LOOK = "invitations.look"


def follow(drafts: Sequence[Draft], env: Env) -> None:
    """A projection over all entities that have dates."""
    dates = standing.dates_of(drafts[0].entity.key) if drafts else None
    if dates is None:
        return
    named = standing.fields_of(dates)
    touched = [
        each.id
        for each in drafts
        if each.verb in ("removed", "restored") or (each.verb != "created" and named & set(each.diff))
    ]
    if touched:
        held = Invitation.objects.filter(entity=dates.entity, record_id__in=touched).exclude(state=WITHDRAWN)
        _enqueue(list(held.order_by("pk").values_list("pk", flat=True)), env.actor.id)


def _enqueue(pks: list[int], by: int | None) -> None:
    if pks:
        queue.enqueue(LOOK, {"invitations": pks, "by": by})


def look(pks: Sequence[int], by: int | None) -> None:
    """See for each of these guests whether there is something to hear, and write to those for whom there is."""
    for pk in pks:
        with transaction.atomic():
            row = Invitation.objects.select_for_update().filter(pk=pk).exclude(state=WITHDRAWN).first()
            if row is not None:
                _look(row, by)


def _look(row: Invitation, by: int | None) -> None:
    method = standing.due(row)
    if method == REQUEST and _agrees(row):
        return
    if method == REQUEST and standing.host_of(row, standing.record_of(row)) is None:
        sending.untold(row, by)
    elif method:
        invitations.ask(row, method, by)


def _agrees(row: Invitation) -> bool:
    """Whether there is nothing to say: what was told is what now holds, or all of both is over."""
    record, dates, now = standing.record_of(row), standing.dates_of(row.entity), clock.now()
    if record is None or dates is None:
        return True
    host = standing.host_of(row, record)
    env = records.environment(host) if host is not None else standing.voice(row)
    present = letters.events(row, standing.item_as(record, dates, env), env)
    held = told.events(row.told)
    waits = bool(held) and row.heard != row.sequence
    if not any(told.goes_on(each, now) for each in (*held, *present)):
        return True
    return not waits and told.same(held, present)


# along with records ------------------------------------------------------------------------------------------------


def go_along(entity: str, before: int, after: int) -> None:
    """The guests of one record of a series come to the next one: their calendars have it already."""
    there = list(Invitation.objects.filter(entity=entity, record_id=after).values_list("email", flat=True))
    staying = Q(state=WITHDRAWN) | Q(email__in=there)
    Invitation.objects.filter(~staying, entity=entity, record_id=before).update(record_id=after, came_from=before)


def forget(entity: str, pks: Sequence[int]) -> None:
    """Records end for good: their guests go back to the one before in the series, or hear that it is off."""
    for row in Invitation.objects.select_for_update().filter(entity=entity, record_id__in=pks).order_by("pk"):
        if _went_back(row, pks):
            _enqueue([row.pk], None)
        elif row.state == WITHDRAWN:
            # Its last mail takes it along, where that has not left yet.
            if not row.told or row.heard == row.sequence:
                Invitation.objects.filter(pk=row.pk).delete()
        elif standing.due(row) and any(told.goes_on(each, clock.now()) for each in told.events(row.told)):
            Invitation.objects.filter(pk=row.pk).update(state=WITHDRAWN)
            invitations.ask(row, CANCEL, None)
        else:
            Invitation.objects.filter(pk=row.pk).delete()


def _went_back(row: Invitation, gone: Sequence[int]) -> bool:
    if row.state == WITHDRAWN or row.came_from is None or row.came_from in gone:
        return False
    before = Invitation.objects.filter(entity=row.entity, record_id=row.came_from, email=row.email)
    moved = Invitation(entity=row.entity, record_id=row.came_from)
    if standing.record_of(moved) is None or before.exists():
        return False
    return bool(Invitation.objects.filter(pk=row.pk).update(record_id=row.came_from, came_from=None))
