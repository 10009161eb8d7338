"""What absences have workers do: hand back what is over."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from bosun.lib import clock
from bosun.platform.away import routing, telling
from bosun.platform.away.models import Delegation
from bosun.platform.jobs import declared


@declared.every(1, "away.back")
def hand_back() -> None:
    """End what has run out, each absence once."""
    now = clock.now()
    over = Q(ends_at__lte=now) | Q(deleted_at__isnull=False)
    due = Delegation.objects.filter(over, begins_at__lte=now, handed_back_at__isnull=True)
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            if due.filter(pk=pk).update(handed_back_at=now):
                telling.hand_back(Delegation.objects.get(pk=pk), now)
    with transaction.atomic():
        routing.settle(now)
