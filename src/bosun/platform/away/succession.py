"""Whoever stands in has left: the manager takes over, or the absence ends, and everybody concerned hears of it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from bosun.kernel import records
from bosun.kernel.actor import Act
from bosun.kernel.errors import DoorError
from bosun.lib import clock
from bosun.platform.away import handing, routing, telling
from bosun.platform.away.models import Delegation
from bosun.platform.org import actors, managers
from bosun.platform.org.models import Person

ENTITY = "delegations"


def pass_on(gone: int, act: Act) -> None:
    """Absences that are not over, and cards that are still open, of those for whom somebody who left stood in."""
    now = clock.now()
    rows = Delegation.objects.filter(delegate_id=gone, deleted_at__isnull=True, ends_at__gt=now).order_by("pk")
    for row in rows:
        heir = _succeed(row, gone, act.by_system(telling.LEFT))
        _tell(row, gone, heir, now)
    routing.settle(now)


def _succeed(row: Delegation, gone: int, act: Act) -> int | None:
    """The manager of the one who is away stands in now; None where there is none who can, and the absence has ended."""
    for heir in managers.managers(Person.objects.get(pk=row.person_id)):
        try:
            with transaction.atomic():
                records.change(ENTITY, row.pk, {"delegate": heir}, act)
        except DoorError:
            continue
        return heir
    records.remove_one(ENTITY, row.pk, act)
    return None


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
    telling.say(row.person_id, f"{routing.ABSENCE}:{row.pk}:left:{gone}", text, row.pk if heir else 0, now)
