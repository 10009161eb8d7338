"""Times of a reminder that the engine alone has had in hand: nobody has made use of it yet, and they go with it."""

from __future__ import annotations

from collections.abc import Sequence

from bosun.kernel import registry, removal
from bosun.kernel.actor import Act, system_actor
from bosun.platform.reminders.models import Occurrence

ENTITY = "occurrences"
CHUNK = 500


def of_itself(ids: Sequence[int]) -> set[int]:
    """Those of these times that nobody has done or put off, and that nothing points at: an undo may take them along."""
    found: set[int] = set()
    for start in range(0, len(ids), CHUNK):
        rows = Occurrence.objects.filter(pk__in=ids[start : start + CHUNK], version=1, created_by__isnull=True)
        held = list(rows.values_list("pk", flat=True))
        if held and not any(removal.pointing_at(registry.get(ENTITY), held, live=False)):
            found.update(held)
    return found


def go_along(entity: str, pks: Sequence[int]) -> None:
    """A purger: the times of reminders end with them."""
    if entity != "reminders":
        return
    ids = list(Occurrence.objects.filter(reminder__in=list(pks)).values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        removal.purge(registry.get(ENTITY), ids[start : start + CHUNK], Act(system_actor(), "system"))
