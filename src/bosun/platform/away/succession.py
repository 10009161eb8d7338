"""Whoever stands in has left: the manager takes over, or the absence ends, and everybody concerned hears of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from bosun.kernel import records
from bosun.kernel.actor import Act
from bosun.kernel.errors import DoorError
from bosun.lib import clock
from bosun.platform.away import handing, periods, routing
from bosun.platform.away.models import Delegation
from bosun.platform.org import actors, managers
from bosun.platform.reminders import services as reminders

ENTITY = "delegations"


def pass_on(gone: int, act: Act) -> None:
    """Absences that are not over, and cards that are still open, of those for whom somebody who left stood in."""
    now = clock.now()
    rows = Delegation.objects.filter(delegate_id=gone, deleted_at__isnull=True, ends_at__gt=now).order_by("pk")
    for row in rows:
        heir = _succeed(row, gone, now, act.by_system("left"))
        _tell(row, gone, heir, now)
    routing.pass_on(gone, now)


def _succeed(row: Delegation, gone: int, now: datetime, act: Act) -> int | None:
    """Who stands in now; None where nobody can, and the absence has ended."""
    for heir in _heirs(row, gone, now):
        try:
            with transaction.atomic():
                records.change(ENTITY, row.pk, {"delegate": heir}, act)
        except DoorError:
            continue
        return heir
    records.remove_one(ENTITY, row.pk, act)
    return None


def _heirs(row: Delegation, gone: int, now: datetime) -> Iterator[int]:
    """Whoever stood in for the one who left, else the manager of the one who is away, else an administrator."""
    found = (periods.end_of_chain(gone, "work", now), managers.deputy_of(row.person_id))
    yield from (pk for pk in found if pk is not None and pk not in (row.person_id, gone))


def _tell(row: Delegation, gone: int, heir: int | None, now: datetime) -> None:
    """The one who is away hears of it; whoever stands in now hears it as every delegate does."""
    away = actors.load(row.person_id)
    if away is None:
        return
    with translation.override(away.language):
        said = (
            _("%(gone)s has left. %(heir)s stands in for you.")
            if heir
            else _("%(gone)s has left, and nobody stands in for you any more. Name somebody else.")
        )
        text = said % {"gone": handing.name_of(gone), "heir": handing.name_of(heir) if heir else ""}
    reminders.tell(row.person_id, f"away:{row.pk}:left:{gone}", text, ENTITY, row.pk, now)
