"""What opportunities put into pages: their next step, and their list on the page of a customer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry, slots
from bosun.kernel.entity import Entity, Related
from bosun.modules.opportunities import rules
from bosun.modules.opportunities.verbs import is_open
from bosun.web.recordpage import Panel, composer_of, related
from bosun.web.visit import Visit

SOLD_HERE = Related("opportunities", "customer")


def next_step(visit: Visit, entity: Entity, record: Any) -> dict[str, Any] | None:
    """What falls due first."""
    if entity.key != rules.ENTITY or "next_step" not in access.specs(entity, visit.actor):
        return None
    if not is_open(record):
        return None  # what is won or lost has no next step
    if not record.next_step:
        return {"text": "", "plan": "note"} if composer_of(visit, entity, record) else None
    ring = rules.STEP_KIND.mark(None, record, visit.env) or {}
    word = _("No date") if record.next_step_on is None else ring.get("word", "")
    return {"text": record.next_step, "ring": {**ring, "word": word}, "more": max(0, _open_steps(visit, record) - 1)}


def _open_steps(visit: Visit, record: Any) -> int:
    """How many promises and tasks are open on an opportunity, as far as the reader may see them."""
    about = {"about_entity": rules.ENTITY, "about_id": record.pk}
    wanted: dict[str, dict[str, Any]] = {
        "tasks": {"done_at__isnull": True}, "follow_ups": {"step_done_at__isnull": True, "next_step__isnull": False},
    }  # fmt: skip
    readable = [key for key in wanted if access.may(visit.actor, registry.get(key), "read")]
    return sum(records.query(key, visit.actor, visit.env).where(**about, **wanted[key]).count()[0] for key in readable)


def panels(visit: Visit, entity: Entity, record: Any) -> list[Panel]:
    """The opportunities of a customer, beside it."""
    if entity.key != "customers":
        return []
    side = related(visit, entity, record, SOLD_HERE)
    return [Panel("opportunities", registry.get("opportunities").plural, side)] if side else []


slots.offer("record.next_step", next_step)
slots.offer("record.panels", panels)
