"""What waits is looked at when its time has come, and goes on or ends: that and its going are one transaction.

A worker that is killed has done both or neither. The record is held while its rule goes on; what another worker or a
person holds is looked at a moment later.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bosun.kernel import access, registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.errors import Denied, DoorError, NotFound
from bosun.lib import clock
from bosun.platform.automation import chain, matching, rulebook, running, scoping
from bosun.platform.automation.actions.wait import END, NO_DATE, Wait
from bosun.platform.automation.clauses import EVERYTHING, Node
from bosun.platform.automation.models import ENDED, FAILED, Rule, Waiting
from bosun.platform.automation.rulebook import Compiled
from bosun.platform.automation.running import Outcome
from bosun.platform.automation.subject import Seen, Subject
from bosun.platform.reminders.engine import present

log = logging.getLogger(__name__)
PART = 100
AGAIN = timedelta(minutes=15)
"""So often a condition is looked at that waits for something else than the record itself."""
PUT_OFF = timedelta(minutes=1)
OFF, DELETED, CANCELLED = "off", "deleted", "cancelled"
GONE, RIGHTS, IDENTITY, NOT_TRUE, PASSED = "record", "rights", "identity", "not_true", "passed"
WHEN, WHAT = ("event", "when", "do"), "identity"


# when something happens meanwhile --------------------------------------------------------------------------------


def look_soon(entity: Entity, ids: Sequence[int]) -> None:
    """Records have changed: what waits for a date or a condition of theirs is looked at by the next worker."""
    for_a_time = Q(spec__has_key="for", until__isnull=True)
    Waiting.objects.filter(~for_a_time, entity=entity.key, record_id__in=ids).update(next_at=clock.now())


def end_soon(rule: int, why: str) -> None:
    """A rule was switched off or removed: what waits ends, and does not go on when it is switched on again."""
    Waiting.objects.filter(rule_id=rule).update(ending=why, next_at=clock.now())


def cancel(pk: int, actor: Actor) -> Waiting:
    """End a wait by hand; NotFound where there is none, Denied for whoever may not change its rule."""
    if not access.may(actor, registry.get("rules"), "change"):
        raise Denied()
    with transaction.atomic():
        row: Waiting | None = Waiting.objects.select_for_update().filter(pk=pk).first()
        if row is None:
            raise NotFound()
        scoping.insist(row.rule_id, actor)
        Waiting.objects.filter(pk=pk).delete()
        rule = rulebook.going_on(Rule.objects.get(pk=row.rule_id), row.held, row.rule_version, row.step)
        subject = _subject(row, row.title, registry.get(row.entity), Seen())
        subject.notes = [{**_note(row, clock.now()), "by": actor.name[:200]}]
        running.keep(rule, [Outcome(subject, {}, [], ENDED, CANCELLED)], 0, "")
    return row


# the clock -------------------------------------------------------------------------------------------------------


def tick(now: datetime | None = None) -> bool:
    """Look at what is due; True when there may be more to do at once."""
    moment = now or present()
    # A look costs nothing; a transaction on SQLite costs the one lock there is.
    if not Waiting.objects.filter(next_at__lte=moment).exists():
        return False
    with transaction.atomic():
        rows = _take(moment)
        groups: dict[str, list[Waiting]] = {}
        for row in rows:
            alike = [row.rule_id, row.rule_version, row.step, row.entity, row.ending, row.told, row.chain, row.depth]
            groups.setdefault(json.dumps(alike), []).append(row)
        for group in groups.values():
            _guarded(group, moment)
    return len(rows) == PART


def _take(now: datetime) -> list[Waiting]:
    """What is due and whose record nobody else holds, both locked.

    The record comes first: whoever has it may look for what waits on it, and must not meet a worker who waits for it.
    """
    due: QuerySet[Waiting] = Waiting.objects.filter(next_at__lte=now).order_by("next_at", "pk")
    if not connection.features.has_select_for_update_skip_locked:
        return list(due[:PART])
    free: list[int] = []
    rows = list(due[:PART])
    for key in {row.entity for row in rows}:
        mine = [row for row in rows if row.entity == key]
        entity = registry.find(key)
        if entity is None:
            free += [row.pk for row in mine]
            continue
        held: Any = entity.model._default_manager.filter(pk__in=[row.record_id for row in mine])
        known = set(held.values_list("pk", flat=True))
        open_ = set(held.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
        free += [row.pk for row in mine if row.record_id in open_ or row.record_id not in known]
    return list(due.filter(pk__in=free).select_for_update(skip_locked=True, of=("self",)))


def _guarded(group: list[Waiting], now: datetime) -> None:
    """Rows that go wrong in a way that nobody foresaw end with a run that says so, and stand in nobody's way."""
    try:
        with transaction.atomic():
            _Look(group, now).settle()
    except OperationalError:
        log.warning("rule %s is gone on with in a moment", group[0].rule_id)
        Waiting.objects.filter(pk__in=[row.pk for row in group]).update(next_at=now + PUT_OFF)
    except Exception as error:
        log.exception("rule %s stumbled when it had waited", group[0].rule_id)
        _Look(group, now).give_up(f"{type(error).__name__}: {error}"[:500])


@dataclass(eq=False)
class _Due:
    """One row with its record."""

    row: Waiting
    subject: Subject


class _Look:
    """Rows of one rule, version and place, looked at together."""

    def __init__(self, rows: list[Waiting], now: datetime) -> None:
        self.rows, self.now = rows, now
        first = rows[0]
        self.current: Rule = Rule.objects.get(pk=first.rule_id)
        self.rule = rulebook.going_on(self.current, first.held, first.rule_version, first.step)

    def give_up(self, why: str) -> None:
        """End all of them with what went wrong; each can be done again by hand."""
        entity = registry.get(self.rows[0].entity)
        self._end([_Due(row, _subject(row, row.title, entity, Seen())) for row in self.rows], why)

    def settle(self) -> None:
        """Let each row go on, wait further, or end."""
        first = self.rows[0]
        entity = registry.find(first.entity)
        if entity is None:
            Waiting.objects.filter(pk__in=[row.pk for row in self.rows]).delete()
            return
        held: dict[int, Any] = entity.model._default_manager.in_bulk([row.record_id for row in self.rows])
        seen = Seen()
        due = [_Due(row, _subject(row, held.get(row.record_id, row.title), entity, seen)) for row in self.rows]
        why = first.ending or (DELETED if self.current.deleted_at else "" if self.current.enabled else OFF)
        if why or self.rule.broken:
            self._end(due, why or (IDENTITY if self.rule.broken == "identity" else self.rule.broken))
            return
        self._live(due, {pk for pk, record in held.items() if record.deleted_at is None})

    def _live(self, due: list[_Due], alive: set[int]) -> None:
        """Those whose rule and identity are as they should be."""
        try:
            wait = self._wait(due[0])
        except DoorError as error:
            self._end(due, error.title)
            return
        gone = [each for each in due if each.row.record_id not in alive]
        in_bin = [each for each in gone if not isinstance(each.subject.record, str) and self._sleeps(wait, each)]
        self._sleep(wait, in_bin)
        self._end([each for each in gone if each not in in_bin], GONE)
        there = [each for each in due if each.row.record_id in alive]
        open_ = self._among(None, there)
        self._end([each for each in there if each not in open_], RIGHTS)
        over = self._over(wait, open_)
        again, after = [], matching.since_then(self.rule.condition, over[0].row.told) if over and wait.check else True
        if after is not True:
            again = [] if after is False else self._among(after, over)
            self._end([each for each in over if each not in again], NOT_TRUE)
            over = again
        self._go(over, after)

    def _wait(self, one: _Due) -> Wait:
        """The wait itself, as its identity reads it now."""
        return Wait.read({k: v for k, v in one.row.spec.items() if k != "action"}, one.subject.entity, self.rule.env)

    def _sleeps(self, wait: Wait, each: _Due) -> bool:
        """Whether its time has not come, whatever the condition says."""
        if wait.until is not None:
            return each.row.until is not None and each.row.until > self.now
        at = wait.ends_at(each.subject.record, each.row.since)
        return at is None or at > self.now

    def _over(self, wait: Wait, due: list[_Due]) -> list[_Due]:
        """Those whose wait is over; the others wait further, or end because their time has passed."""
        if wait.until is None:
            over = [each for each in due if not self._sleeps(wait, each)]
        else:
            holding = self._among(wait.until, due)
            passed = [each for each in due if each not in holding and not self._sleeps(wait, each)]
            for each in passed:
                each.subject.notes = [{**each.subject.notes[0], "passed": True}]
            if wait.then == END:
                self._end(passed, PASSED)
                over = holding
            else:
                over = [*holding, *passed]
            due = [each for each in due if each not in passed]
        self._sleep(wait, [each for each in due if each not in over])
        return over

    def _among(self, node: Node | None, due: list[_Due]) -> list[_Due]:
        """Those that the identity reads, and of which a condition holds."""
        subjects = [each.subject for each in due]
        found = matching.readable(subjects, self.rule.env) if node is None else []
        if node is not None and subjects:
            found = matching.among(node, subjects, self.rule.env)
        ids = {subject.draft.id for subject in found}
        return [each for each in due if each.row.record_id in ids]

    def _sleep(self, wait: Wait, due: list[_Due]) -> None:
        for each in due:
            at = wait.ends_at(each.subject.record, each.row.since) if wait.until is None else None
            if wait.until is not None:
                at = min(each.row.until or self.now + AGAIN, self.now + AGAIN)
            Waiting.objects.filter(pk=each.row.pk).update(next_at=at or self.now + NO_DATE)

    def _end(self, due: list[_Due], why: str) -> None:
        """It does not go on; its run says why."""
        if not due:
            return
        Waiting.objects.filter(pk__in=[each.row.pk for each in due]).delete()
        known = why in _SAID
        outcomes = [
            Outcome(each.subject, self._asked(each) if why == NOT_TRUE else {}, [], ENDED if known else FAILED, why)
            for each in due
        ]
        running.keep(self.rule, outcomes, 0, "")
        if why in (RIGHTS, IDENTITY) or not known:
            message = _("Your rule “%(rule)s” could not go on after it had waited.") % {"rule": self.current.name}
            running.tell_owner(self.rule, due[0].subject, message, "waited")

    def _asked(self, each: _Due) -> dict[str, Any]:
        rest = matching.since_then(self.rule.condition, each.row.told)
        return {} if isinstance(rest, bool) else matching.explain(rest, each.subject, self.rule.env)

    def _go(self, due: list[_Due], rest: Node | bool) -> None:
        """Do what stands after the wait; a circle that closes through it is kept and told."""
        if not due:
            return
        Waiting.objects.filter(pk__in=[each.row.pk for each in due]).delete()
        changed = _differs(self.current, due[0].row)
        for each in due:
            late = max(0, int((self.now - _was_due(each.row, self._wait(each), each.subject)).total_seconds() // 60))
            each.subject.notes = [{**each.subject.notes[0], "late": late, "changed": changed}]
        # What it saw is what it asked again, not what it had seen when it began.
        rule = replace(self.rule, condition=EVERYTHING if isinstance(rest, bool) else rest)
        subjects = [each.subject for each in due]
        with chain.resumed(due[0].row.chain) as links:
            again = running.run(rule, subjects, self.rule.condition)
            _stop_circles(rulebook.compile_rule(self.current), again)
            for link in links:
                _stop_circles(rulebook.compile_rule(Rule.objects.get(pk=link.rule)), link.again)


_SAID = frozenset((OFF, DELETED, CANCELLED, GONE, RIGHTS, IDENTITY, NOT_TRUE, PASSED))


def _stop_circles(rule: Compiled, ids: Iterable[int]) -> None:
    """Keep that a rule was called for by what it had caused itself, where it would have written something else."""
    if rule.broken:
        return
    rest = matching.supposing(rule.condition)
    asked = replace(rule, condition=EVERYTHING if isinstance(rest, bool) else rest)
    for each in _fresh(rule.entity, ids):
        if running.would_go_on(asked, asked.actions, each):
            running.stop(asked, [each], running.LOOP)


def _fresh(entity: Entity, ids: Iterable[int]) -> list[Subject]:
    act, seen = Act(Actor(id=None, name=""), "rule"), Seen()
    rows = entity.model._default_manager.filter(pk__in=list(ids), deleted_at__isnull=True)
    return [Subject(Draft(entity, {}, record=row, pk=row.pk, verb="changed"), row, act, seen) for row in rows]


def _subject(row: Waiting, record: Any, entity: Entity, seen: Seen) -> Subject:
    draft = Draft(entity, {}, record=record, pk=row.record_id, verb="waited", change_id=row.change_id)
    act = Act(Actor(row.actor_id, row.actor_name), row.door or "rule", depth=row.depth)
    occasion = "" if row.change_id else f"w{row.since:%Y%m%d%H%M%S}"
    note = _note(row, clock.now())
    return Subject(draft, record, act, seen, told=row.told, notes=[note], occasion=occasion)


def _note(row: Waiting, now: datetime) -> dict[str, Any]:
    """What a run says of the wait that it ended."""
    said = {"action": "waited", "since": row.since.isoformat(), "until": now.isoformat(), "version": row.rule_version}
    return {**said, "wait": row.spec}


def _was_due(row: Waiting, wait: Wait, subject: Subject) -> datetime:
    if wait.until is not None:
        return row.next_at
    return wait.ends_at(subject.record, row.since) or row.next_at


def _differs(rule: Rule, row: Waiting) -> bool:
    """Whether a rule was changed since it began to wait."""
    held = row.held
    return any(getattr(rule, name) != held[name] for name in WHEN) or (
        (rule.identity_id or rule.owner_id) != held[WHAT]
    )
