"""Rules that wait or act by time, for whoever they tell; those that tell nobody, for the owners of their records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.platform.automation import coming, happenings, matching, rulebook, ticking
from bosun.platform.automation.actions.notify import Audience, Notify
from bosun.platform.automation.models import Waiting
from bosun.platform.automation.subject import Seen, Subject
from bosun.platform.feeds import agenda
from bosun.platform.preview.window import EACH, MOST, Coming, Window, open_among

LOOKED = 5000
"""Records at which is looked, of one rule; what may stand beyond is said."""


class Told:
    """Whom a rule tells, record by record; what leads to the same people is looked up once."""

    def __init__(self, rule: rulebook.Compiled) -> None:
        self.entity = rule.entity
        self.audiences = [action.to for action in rule.actions if isinstance(action, Notify)]
        self.follows = {name for each in self.audiences for name in each.follows} if self.audiences else {"owner"}
        self._known: dict[Any, set[int]] = {}

    def open_to(self, actor: Actor) -> bool:
        """Whether whom it tells gives away nothing that is hidden from somebody."""
        return not self.follows or "owner" in access.specs(self.entity, actor)

    def scope(self, window: Window) -> Q:
        """The records of which some of these people may be told."""
        named = {pk for each in self.audiences for pk in each.named()}
        anybody = self.follows - {"owner"} or named & set(window.people)
        return Q() if anybody else Q(owner_id__in=list(window.people)) if self.follows else Q(pk__in=[])

    def of(self, subject: Subject) -> set[int]:
        """Those who are told of one record."""
        owner = getattr(subject.record, "owner_id", None)
        if not self.audiences:
            return {owner} if owner else set()
        return {person for each in self.audiences for person in self._of(each, subject, owner)}

    def _of(self, audience: Audience, subject: Subject, owner: int | None) -> set[int]:
        key = (audience, owner, subject.act.actor.id, subject.draft.id if "followers" in audience.follows else None)
        if key not in self._known:
            self._known[key] = set(audience.of(subject))
        return self._known[key]


def _lines(told: Told, subjects: Sequence[Subject], window: Window) -> Iterator[tuple[Subject, int, str, int | None]]:
    """Each subject with those who are told of it; its title and id as far as it is open to whoever asks."""
    found = [(each, person) for each in subjects for person in sorted(told.of(each) & window.people.keys())]
    open_ = open_among(told.entity.key, sorted({each.draft.id for each, _person in found}), window.actor)
    for each, person in found:
        is_open = each.draft.id in open_
        title = agenda.title(told.entity, each.record, window.env) if is_open else _("Not open to you")
        if is_open or told.audiences:
            yield each, person, title, each.draft.id if is_open else None


def _subject(entity: Entity, row: Any, act: Act, seen: Seen, at: Any) -> Subject:
    return Subject(Draft(entity, {}, record=row, pk=row.pk, verb=happenings.TIME), row, act, seen, due_at=at)


def rules(window: Window) -> Iterator[Coming]:
    """Rules that act by time, on the records that will be due and for which their condition holds now."""
    for rule in rulebook.by_time():
        yield from of_rule(rule, window)


def of_rule(rule: rulebook.Compiled, window: Window) -> Iterator[Coming]:
    """What one of them will do, be it on or off."""
    env, told = window.env, Told(rule)
    if not told.open_to(env.actor):
        return
    act, seen, last, scope = Act(rule.env.actor, "rule"), Seen(), 0, told.scope(window)
    reason = _("Rule: %(name)s") % {"name": rule.row.name}
    what = ", ".join(coming.later(rule.row.do, rule.entity, env))
    for _part in range(LOOKED // MOST):
        rows = ticking.due_between(rule, env.now, window.until, last, MOST, scope)
        due = [(row, at) for row, moments in rows for at in window.first(moments, EACH)]
        subjects = [_subject(rule.entity, row, act, seen, at) for row, at in due]
        for each, person, title, pk in _lines(told, matching.among(rule.condition, subjects, rule.env), window):
            at = each.due_at or env.now
            yield Coming(person, at, title, "rule", reason, rule.entity.key, pk, what, "notices")
        if len(rows) < MOST:
            return
        last = rows[-1][0].pk
    window.more = True


def waits(window: Window) -> Iterator[Coming]:
    """Rules that wait on records."""
    rows = Waiting.objects.filter(next_at__lte=window.until, ending="").select_related("rule")
    held: dict[Any, Told] = {}
    for start in range(0, LOOKED, MOST):
        part = list(rows.order_by("next_at", "pk")[start : start + MOST])
        yield from _waiting(part, held, window)
        if len(part) < MOST:
            return
    window.more = True


def _waiting(rows: Sequence[Waiting], held: dict[Any, Told], window: Window) -> Iterator[Coming]:
    seen, records = Seen(), {}
    for key in {row.entity for row in rows}:
        if (entity := registry.find(key)) is not None:
            live = entity.model._default_manager.filter(deleted_at__isnull=True)
            records[key] = live.in_bulk([row.record_id for row in rows if row.entity == key])
    groups: dict[Told, list[tuple[Subject, Waiting]]] = {}
    for row in rows:
        record, key = records.get(row.entity, {}).get(row.record_id), (row.rule_id, row.rule_version, row.step)
        if record is not None:
            if key not in held:
                held[key] = Told(rulebook.going_on(row.rule, row.held, row.rule_version, row.step))
            act = Act(Actor(id=row.actor_id, name=row.actor_name), "rule")
            subject = _subject(held[key].entity, record, act, seen, row.next_at)
            groups.setdefault(held[key], []).append((subject, row))
    for told, group in groups.items():
        if not told.open_to(window.actor):
            continue
        of = {id(subject): row for subject, row in group}
        for each, person, title, pk in _lines(told, [subject for subject, _row in group], window):
            row = of[id(each)]
            reason = _("Rule that waits: %(name)s") % {"name": row.rule.name}
            says = coming.told(row, window.env, pk is not None)["says"]
            yield Coming(person, row.next_at, title, "wait", reason, row.entity, pk, says, "notices")
