"""What the console reads: the rules in their order, how often each ran, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bosun.kernel import access, records, registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.entity import Entity
from bosun.lib import clock
from bosun.platform.automation import rulebook
from bosun.platform.automation.models import DONE, FAILED, Rule, Run

RECENT = 30
STEP = 10
CAUSE = "rule:"


def rules(actor: Actor) -> QuerySet[Any]:
    """The rules that somebody may read, in the order in which they act, each with `ran` and `failed` in the last 30
    days and `last`, the moment of its latest run: one query, which counts along an index."""
    runs = Run.objects.filter(rule=OuterRef("pk")).order_by()
    recent = runs.filter(at__gte=clock.now() - timedelta(days=RECENT)).values("rule").annotate(n=Count("pk"))
    wrong = runs.filter(state=FAILED, at__gte=clock.now() - timedelta(days=RECENT)).values("rule")
    found: QuerySet[Any] = (
        access.visible(registry.get("rules"), actor)
        .order_by("position", "pk")
        .annotate(
            ran=Coalesce(Subquery(recent.values("n")), 0, output_field=IntegerField()),
            failed=Coalesce(Subquery(wrong.annotate(n=Count("pk")).values("n")), 0, output_field=IntegerField()),
            last=Subquery(runs.order_by("-at").values("at")[:1]),
        )
    )
    return found


def about(entity: Entity) -> list[tuple[int, str, bool]]:
    """The rules about an entity as id, name and whether they are on, by name: whoever reads a record may ask why."""
    return list(_of(entity).order_by("name", "pk").values_list("pk", "name", "enabled"))


def names(causes: Iterable[str]) -> dict[str, str]:
    """The names of the rules behind causes as the ledger keeps them ("rule:7"), removed rules included."""
    ids = {int(cause.removeprefix(CAUSE)) for cause in causes if cause.startswith(CAUSE)}
    found = dict(Rule.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    return {f"{CAUSE}{pk}": name for pk, name in found.items()}


def acted(entity: Entity, changes: Sequence[int]) -> list[tuple[str, int, int]]:
    """How often each rule did what it does because of these acts, and how often it failed, by name."""
    if not changes or not rulebook.any_for(entity):
        return []
    rows = Run.objects.filter(change_id__in=changes).order_by().values("rule__name")
    rows = rows.annotate(done=Count("pk", filter=Q(state=DONE)), failed=Count("pk", filter=Q(state=FAILED)))
    return sorted(rows.values_list("rule__name", "done", "failed"))


def last_place(entity: Entity) -> int:
    """The position of a new rule: behind all others of its entity."""
    return int(_of(entity).aggregate(last=Max("position"))["last"] or 0) + STEP


def reorder(entity: Entity, wanted: Sequence[int], act: Act) -> None:
    """Put some rules of an entity into another order among themselves; the others keep their places."""
    rows = list(_of(entity).order_by("position", "pk"))
    known = {row.pk: row for row in rows}
    moved = [pk for pk in dict.fromkeys(wanted) if pk in known]
    turn = iter(moved)
    order = [known[next(turn)] if row.pk in moved else row for row in rows]
    with transaction.atomic():
        for place, row in enumerate(order, 1):
            if row.position != place * STEP:
                records.change("rules", row.pk, {"position": place * STEP}, act)


def _of(entity: Entity) -> QuerySet[Any]:
    return Rule.objects.filter(deleted_at__isnull=True, event__startswith=f"{entity.key}.")
