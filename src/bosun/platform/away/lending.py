"""The rights of whoever stands in: to read and to do what falls due meanwhile, as long as the absence runs.

Nothing is stored for it: the condition on rows is made anew each time, by the clock, and ends with the absence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.lib import clock
from bosun.platform.away import periods
from bosun.platform.org.models import Person
from bosun.platform.reminders.models import Occurrence

REMINDERS = "reminders"
DOING = {REMINDERS: ("done", "snooze")}
"""What whoever stands in does with a record, besides reading it; elsewhere the verb `done`."""


def due_field(entity: Entity) -> str:
    """The field that says when records of this kind fall due, where they go along to whoever stands in."""
    if entity.key == REMINDERS:
        return "due_at"
    return str(entity.extras["in_absence"][0]) if "in_absence" in entity.extras and "done" in entity.verbs else ""


def kind_of(entity: Entity) -> str:
    """By which switch of an absence they go along."""
    return "reminders" if entity.key == REMINDERS else "work"


def lend(entity: Entity, actor: Actor, action: str) -> Q:
    """The rows that are open to somebody because he stands in for their owner, at this moment."""
    if actor.id is None:
        return Q()
    if entity.key == "delegations":
        return Q(delegate_id=actor.id) if action == "read" else Q()
    field = due_field(entity)
    if not field or action not in ("read", *DOING.get(entity.key, ("done",))):
        return Q()
    found = Q()
    for held in periods.stood_in_for(actor.id, clock.now()):
        if kind_of(entity) in held.along:
            found |= Q(_due(entity, field, held.begins, held.ends, actor.id), owner_id=held.person)
    return found


def _due(entity: Entity, field: str, begins: datetime, ends: datetime, me: int) -> Q:
    due = Q(**{f"{field}__gte": begins, f"{field}__lt": ends})
    if entity.key == REMINDERS:
        # One that nags or was put off into the absence, and what was done of those.
        nagging = Occurrence.objects.filter(state="open", next_nag_at__gte=begins, next_nag_at__lt=ends)
        due |= Q(next_at__gte=begins, next_at__lt=ends) | Q(snoozed_until__gte=begins, snoozed_until__lt=ends)
        due |= Q(pk__in=nagging.values("reminder_id"))
        due |= Q(done_at__gte=begins, done_at__lt=ends, updated_by_id=me)
    return due


def name_both(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """A guard that stands against nothing: in the history it says “Cyd for Ann” where Cyd stands in for the owner."""
    if not drafts or act.actor.id is None or act.depth or not due_field(drafts[0].entity):
        return
    verbs = drafts[0].entity.verbs
    doing = {verbs[key].past for key in DOING.get(drafts[0].entity.key, ("done",)) if key in verbs}
    if drafts[0].verb not in doing:
        return
    kind = kind_of(drafts[0].entity)
    away = {held.person for held in periods.stood_in_for(act.actor.id, env.now) if kind in held.along}
    concerned = [draft for draft in drafts if draft.record is not None and draft.record.owner_id in away]
    if not concerned:
        return
    names = dict(Person.objects.filter(pk__in=away).values_list("pk", "name"))
    with translation.override(env.company.language):
        for draft in concerned:
            said = _("%(delegate)s for %(person)s")
            names_both = {"delegate": act.actor.name, "person": names.get(draft.record.owner_id, "")}
            draft.author = (act.actor.id, said % names_both)
