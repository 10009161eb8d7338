"""The rights of whoever stands in: to read and to do what falls due meanwhile, as long as the absence runs.

Nothing is stored for it: the condition on rows is made anew each time, by the clock, and ends with the absence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from bosun.kernel import registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.kinds import Moment
from bosun.lib import clock
from bosun.platform.away import along, periods, routing
from bosun.platform.away.along import Along
from bosun.platform.org.models import Person
from bosun.platform.reminders.models import Notice, Occurrence, Reminder

REMINDERS, OCCURRENCES = "reminders", "occurrences"
A_SECOND = timedelta(seconds=1)
REMINDER = Along("due_at", {"field": "state", "op": "is", "value": "open"}, verb="done", moved="snoozed_until")


def lendable(entity: Entity) -> Along | None:
    """How records of this kind go along to whoever stands in; None where they do not, as nothing can be done there."""
    found = REMINDER if entity.key == REMINDERS else along.of(entity)
    return found if found is not None and found.verb else None


def doing(entity: Entity) -> tuple[str, ...]:
    """What whoever stands in does with a record, besides reading it."""
    if entity.key in (REMINDERS, OCCURRENCES):
        return ("done", "snooze")
    found = lendable(entity)
    return (found.verb,) if found else ()


def kind_of(entity: Entity) -> str:
    """By which switch of an absence they go along."""
    return "reminders" if entity.key in (REMINDERS, OCCURRENCES) else "work"


def lend(entity: Entity, actor: Actor, action: str) -> Q:
    """The rows that are open to somebody because he stands in for their owner, at this moment."""
    if actor.id is None:
        return Q()
    if entity.key == "delegations":
        return Q(delegate_id=actor.id) if action == "read" else Q()
    if entity.key == OCCURRENCES:
        return _times(actor.id, action)
    of = lendable(entity)
    if of is None or action not in ("read", *doing(entity)):
        return Q()
    standing = _standing(entity, actor.id)
    found = Q()
    for held in standing:
        found |= Q(_due(entity, of.due, held, actor.id), **{f"{of.who}_id": held.person})
    if standing and entity.key == REMINDERS:
        found |= _on_cards(actor.id, standing, "reminder_id")
    return found


def _standing(entity: Entity, me: int) -> list[periods.Standing]:
    """For whom somebody stands in at this moment with records of this kind."""
    return [held for held in periods.stood_in_for(me, clock.now()) if kind_of(entity) in held.along]


def _times(me: int, action: str) -> Q:
    """A card speaks of one time of a reminder; of what somebody else reminds him, of that time alone."""
    if action not in ("read", *doing(registry.get(OCCURRENCES))):
        return Q()
    reminders = registry.get(REMINDERS)
    standing = _standing(reminders, me)
    found, of = _on_cards(me, standing, "occurrence_id"), Q()
    for held in standing:
        of |= Q(_due(reminders, "due_at", held, me), owner_id=held.person)
        due = Q(due_at__gte=held.begins, due_at__lt=held.ends)
        due |= Q(done_at__gte=held.begins, done_at__lt=held.ends, updated_by_id=me)
        found |= Q(due | Q(next_nag_at__gte=held.begins, next_nag_at__lt=held.ends), owner_id=held.person)
    if standing:
        people = [held.person for held in standing]
        found |= Q(reminder__in=Reminder.objects.filter(of).values("pk"), owner_id__in=people)
    return found


def _on_cards(me: int, standing: Sequence[periods.Standing], of: str) -> Q:
    """What stands open on his cards, whenever it was due: of those for whom he stands in, and of times of those who
    left. Ids, as there are few: the condition is part of every list.
    """
    cards = Notice.objects.filter(
        person_id=me, closed_at__isnull=True, key__contains=routing.MARK, occurrence__state="open"
    )
    people = [held.person for held in standing]
    if of == "reminder_id":
        cards = cards.filter(reminder__owner__in=people)
    else:
        gone = Q(occurrence__owner__active=False) | Q(occurrence__owner__deleted_at__isnull=False)
        cards = cards.filter(gone | Q(occurrence__owner__in=people))
    ids = sorted(set(cards.values_list(of, flat=True)))
    return Q(pk__in=ids) if ids else Q()


def _due(entity: Entity, field: str, held: periods.Standing, me: int) -> Q:
    begins, ends = held.begins, held.ends
    if isinstance(entity.specs()[field].kind, Moment):
        due = Q(**{f"{field}__gte": begins, f"{field}__lt": ends})
    else:
        zone = ZoneInfo(periods.zone_of(held.person))
        first, last = (at.astimezone(zone).date() for at in (begins, ends - A_SECOND))
        due = Q(**{f"{field}__gte": first, f"{field}__lte": last})
    if entity.key == REMINDERS:
        # One that nags or was put off into the absence, and what was done of those.
        nagging = Occurrence.objects.filter(state="open", next_nag_at__gte=begins, next_nag_at__lt=ends)
        due |= Q(next_at__gte=begins, next_at__lt=ends) | Q(snoozed_until__gte=begins, snoozed_until__lt=ends)
        due |= Q(pk__in=nagging.values("reminder_id"))
        due |= Q(done_at__gte=begins, done_at__lt=ends, updated_by_id=me)
    return due


def name_both(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """A guard that stands against nothing: in the history it says “Cyd for Ann” where Cyd stands in for the owner."""
    if not drafts or act.actor.id is None or act.depth:
        return
    entity = drafts[0].entity
    if drafts[0].verb not in {entity.verbs[key].past for key in doing(entity) if key in entity.verbs}:
        return
    kind, of = kind_of(entity), lendable(entity) or REMINDER
    away = {held.person for held in periods.stood_in_for(act.actor.id, env.now) if kind in held.along}
    of_whom = [(draft, getattr(draft.record, f"{of.who}_id", None)) for draft in drafts]
    concerned = [(draft, person) for draft, person in of_whom if person in away]
    if not concerned:
        return
    names = dict(Person.objects.filter(pk__in=away).values_list("pk", "name"))
    with translation.override(env.company.language):
        for draft, person in concerned:
            said = _("%(delegate)s for %(person)s")
            names_both = {"delegate": act.actor.name, "person": names.get(person, "")}
            draft.author = (act.actor.id, said % names_both)
