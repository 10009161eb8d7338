"""Rehearsals: what a rule would have done in the past, and where its condition holds now. Nothing is changed.

A short past is looked at as soon as somebody asks. Of a long one the latest acts are, and a job goes through all of it,
a part of the records at a time; what it found is kept with the job.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, NotFound
from bosun.kernel.kinds import Moment
from bosun.lib import clock
from bosun.platform.automation import clauses, happenings, matching, past, rulebook, telling, ticking
from bosun.platform.automation.models import Rule
from bosun.platform.automation.rulebook import Compiled
from bosun.platform.automation.subject import Seen, Subject
from bosun.platform.jobs import queue
from bosun.platform.jobs.models import Job

Json = dict[str, Any]
JOB = "automation.rehearse"
DAYS, SAMPLES, MOST, CHUNK = 90, 10, 10_000, 500
AT_ONCE, FIRST_LOOK = 20_000, 2000
"""A past of up to so many acts is looked at as a whole; of a longer one only so many, until the job is done."""
PARTS = ("event", "trigger", "when", "do", "guard", "identity_id", "owner_id")
"""What a rehearsed rule is made of, stored or not."""


@dataclass
class Tally:
    """What has been counted so far: runs by week, on how many records and of how many owners, the latest as samples."""

    rule: Compiled
    scope: Q
    """Which records count: those that both the rule's identity and whoever asks may read."""
    since: datetime
    until: datetime
    by_week: list[int]
    looked: int = 0
    times: int = 0
    records: int = 0
    owners: set[int] = field(default_factory=set)
    held: list[tuple[int, int, Subject]] = field(default_factory=list)
    _ids: set[int] = field(default_factory=set)

    def look(self, subjects: Iterable[Subject]) -> None:
        """Count the acts on which the rule would have run; the records of one call are in no other."""
        word = str(self.rule.row.event).rpartition(".")[2]
        for subject in subjects:
            self.looked += 1
            if word not in happenings.words_of(subject.draft.verb):
                continue
            if matching.holds(self.rule.condition, subject, self.rule.env):
                self._count(subject, subject.act.at or self.until)
        self.records, self._ids = self.records + len(self._ids), set()

    def due(self, subjects: Iterable[Subject]) -> None:
        """Count records that were due, of a rule that acts by time."""
        for subject in subjects:
            self.looked += 1
            self._count(subject, subject.due_at or self.until)
        self.records, self._ids = self.records + len(self._ids), set()

    def _count(self, subject: Subject, at: datetime) -> None:
        week = (at - self.since).days // 7
        self.by_week[min(len(self.by_week) - 1, max(0, week))] += 1
        self.times += 1
        self._ids.add(subject.draft.id)
        if owner := getattr(subject.record, "owner_id", None):
            self.owners.add(owner)
        subject.act = Act(subject.act.actor, subject.act.door, at=at)
        entry = (subject.draft.change_id or int(at.timestamp()), self.times, subject)
        (heapq.heappush if len(self.held) < SAMPLES else heapq.heappushpop)(self.held, entry)

    def found(self, env: Env) -> Json:
        """The figures, cut to what whoever asked may see."""
        zone = ZoneInfo(env.actor.zone)
        first = self.since.astimezone(zone).date()
        samples = [each for _order, _turn, each in sorted(self.held, key=lambda entry: entry[:2], reverse=True)]
        return {
            "times": self.times,
            "looked_at": self.looked,
            "records": self.records,
            "owners": len(self.owners),
            "weeks": [
                {"from": (first + timedelta(weeks=week)).isoformat(), "times": times}
                for week, times in enumerate(self.by_week)
            ],
            "samples": [_sample(self.rule, subject, env) for subject in samples],
        }


def rehearse(row: Rule, actor: Actor, days: int = DAYS) -> Json:
    """What a rule would do, changing nothing. `job` is there where more is looked at in the background."""
    if not access.may(actor, registry.get("rules"), "read"):
        raise Denied()
    rule = rulebook.compile_rule(row)
    if rule.broken:
        return {"broken": _("The rule cannot be used any more: what it speaks of is gone.")}
    tally = _tally(rule, days, actor)
    long = _is_long(tally)
    if rule.by_time is not None:
        _by_time(tally, FIRST_LOOK if long else None)
    else:
        tally.look(past.acts(rule.entity, tally.since, FIRST_LOOK if long else AT_ONCE, tally.scope))
    job = _enqueue(row, actor, days) if long else None
    return _told(tally, records.environment(actor), days, now_matching(tally, not long), job)


def carry_on(args: Json, actor: Actor, progress: Callable[[int, int], None]) -> Json:
    """The same over everything, for a worker; `progress` is told how far it is, and may end it."""
    rule = rulebook.compile_rule(Rule(pk=args["rule"], **{part: args[part] for part in PARTS}))
    if rule.broken or not access.may(actor, registry.get("rules"), "read"):
        raise Denied()
    tally = _tally(rule, args["days"], actor)
    if rule.by_time is not None:
        total = _live(tally).count()
        _by_time(tally, None, lambda done: progress(done, total))
    else:
        acts = past.within(rule.entity, tally.since, tally.scope)
        total, latest = acts.count(), acts.values_list("pk", flat=True).first() or 0
        for part in past.by_record(rule.entity, tally.since, latest, tally.scope):
            tally.look(part)
            progress(tally.looked, total)
    return _told(tally, records.environment(actor), args["days"], now_matching(tally), None)


def of_job(pk: int, actor: Actor) -> Job:
    """A rehearsal in the background with its progress; NotFound unless it is the actor's own."""
    row = queue.get(pk, actor)
    if row.kind != JOB or not access.may(actor, registry.get("rules"), "read"):
        raise NotFound()
    return row


def state(row: Job) -> Json:
    """How far a rehearsal in the background is."""
    return {"id": row.pk, "state": row.state, "done": row.done, "total": row.total, "percent": row.percent}


def latest(row: Rule, actor: Actor, days: int = DAYS) -> Job | None:
    """The actor's last rehearsal in the background of a rule that says what it said then."""
    found: Job | None = (
        Job.objects.filter(owner_id=actor.id, kind=JOB, unique_key=_key(_args(row, days), actor))
        .order_by("-id")
        .first()
    )
    return found


def _tally(rule: Compiled, days: int, actor: Actor) -> Tally:
    now = clock.now()
    scope = access.rows(rule.entity, rule.env.actor) & access.rows(rule.entity, actor)
    return Tally(rule, scope, now - timedelta(days=days), now, [0] * -(-days // 7))


def _live(tally: Tally) -> QuerySet[Any]:
    """The live records that count."""
    return tally.rule.entity.model._default_manager.filter(tally.scope, deleted_at__isnull=True)


def _is_long(tally: Tally) -> bool:
    rule = tally.rule
    all_records = rule.by_time is not None or _counts(rule.condition)
    if all_records and _more_than(_live(tally), AT_ONCE):
        return True
    return rule.by_time is None and _more_than(past.within(rule.entity, tally.since, tally.scope), AT_ONCE)


def _more_than(rows: QuerySet[Any], most: int) -> bool:
    return len(rows.order_by().values_list("pk", flat=True)[: most + 1]) > most


def _args(row: Rule, days: int) -> Json:
    return {"rule": row.pk, "days": days, **{part: getattr(row, part) or None for part in PARTS}}


def _key(args: Json, actor: Actor) -> str:
    return f"rehearse:{actor.id}:{sha256(json.dumps(args, sort_keys=True).encode()).hexdigest()[:40]}"


def _enqueue(row: Rule, actor: Actor, days: int) -> Job:
    args = _args(row, days)
    return queue.enqueue(JOB, args, owner=actor.id, unique=_key(args, actor))


def _told(tally: Tally, env: Env, days: int, now: tuple[int, bool], job: Job | None) -> Json:
    return {
        "sentence": telling.sentence(tally.rule),
        "days": days,
        **tally.found(env),
        "complete": job is None,
        "conditional": tally.rule.condition != clauses.EVERYTHING,
        "matching_now": now[0],
        "matching_now_exact": now[1],
        "job": state(job) if job else None,
    }


def _by_time(tally: Tally, most: int | None, progress: Callable[[int], None] = lambda _done: None) -> None:
    """Count the records that were due in this time as their dates stand now, and for which the condition holds."""
    last, looked, rule = 0, 0, tally.rule
    while most is None or looked < most:
        rows = ticking.due_between(rule, tally.since, tally.until, last, CHUNK, tally.scope)
        if not rows:
            return
        looked, last = looked + len(rows), rows[-1][0].pk
        act, seen = Act(rule.env.actor, "rule"), Seen()
        subjects = [
            Subject(Draft(rule.entity, {}, record=row, pk=row.pk, verb=happenings.TIME), row, act, seen, due_at=at)
            for row, moments in rows
            for at in moments
        ]
        tally.due(matching.among(rule.condition, subjects, rule.env))
        progress(looked)


def _sample(rule: Compiled, subject: Subject, env: Env) -> Json:
    open_ = access.visible(rule.entity, env.actor).filter(pk=subject.draft.id).exists()
    return {
        "id": subject.draft.id if open_ else None,
        "title": str(subject.record) if open_ else _("Not open to you"),
        "at": Moment().dump(subject.act.at),
        "clauses": telling.tree(matching.explain(rule.condition, subject, rule.env), rule.entity, env),
        "would": [action.words(rule.env) for action in rule.actions],
    }


def now_matching(tally: Tally, everything: bool = True) -> tuple[int, bool]:
    """On how many records the condition holds now, as if what it waits for had just happened; exact up to a bound.

    Where related records are counted, one look reaches as far as its first part, unless `everything` is asked for.
    """
    rule, rows = tally.rule, _live(tally)
    rest = matching.supposing(rule.condition)
    if isinstance(rest, bool) or not _counts(rest):
        if rest is False:
            return 0, True
        found = rows if rest is True else rows.filter(matching.to_q(rest, (), rule.env))
        count = len(found.order_by().values_list("pk", flat=True)[:MOST])
        return count, count < MOST
    matched, last = 0, 0
    while part := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        matched += len(matching.among(rest, _subjects(rule, part), rule.env))
        if matched >= MOST:
            return MOST, False
        if not everything and last:
            return matched, False
        last = part[-1].pk
    return matched, True


def _counts(node: clauses.Node) -> bool:
    """Whether a condition counts or sums related records, which SQL is asked for a part of the records at a time."""
    if isinstance(node, clauses.Group):
        return any(_counts(item) for item in node.items)
    return isinstance(node, clauses.RelatedClause)


def _subjects(rule: Compiled, rows: Sequence[Any]) -> list[Subject]:
    seen, act = Seen(), Act(rule.env.actor, "rule")
    return [Subject(Draft(rule.entity, {}, record=row, pk=row.pk, verb="changed"), row, act, seen) for row in rows]
