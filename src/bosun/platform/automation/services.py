"""What people ask of automation: what it did to a record, why, why not, and what a rule would do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import Denied, NotFound
from bosun.lib import clock
from bosun.platform.automation import happenings, matching, past, rulebook, telling
from bosun.platform.automation.models import FAILED, Rule, Run
from bosun.platform.automation.rulebook import Compiled
from bosun.platform.automation.subject import Seen, Subject

Json = dict[str, Any]
DAYS, MOST_ACTS, SAMPLES, MOST, CHUNK = 90, 20_000, 10, 10_000, 1000


def runs_of(entity: Entity, pk: int, env: Env, limit: int = 50, before: int = 0) -> list[Json]:
    """What rules did to a record that the reader may read, the latest first."""
    records.get(entity, pk, env.actor)
    rows = Run.objects.filter(entity=entity.key, record_id=pk).select_related("rule").order_by("-id")
    return [telling.run(row, env) for row in (rows.filter(pk__lt=before) if before else rows)[:limit]]


def after(entity: Entity, change_id: int | None, env: Env) -> list[Json]:
    """What rules did because of one act."""
    if change_id is None or not rulebook.any_for(entity):
        return []
    rows = Run.objects.filter(change_id=change_id).select_related("rule").order_by("id")
    return [telling.run(row, env) for row in rows]


def of_new(entity: Entity, pk: int, env: Env) -> list[Json]:
    """What rules did because a record was made just now."""
    if not rulebook.any_for(entity):
        return []
    rows = Run.objects.filter(entity=entity.key, record_id=pk).select_related("rule").order_by("id")
    return [telling.run(row, env) for row in rows]


def why(entity: Entity, pk: int, rule_id: int, env: Env) -> Json:
    """Why a rule ran on a record, or why it did not: the last time that it might have."""
    record = records.get(entity, pk, env.actor)
    row = Rule.objects.filter(pk=rule_id, deleted_at__isnull=True).first()
    if row is None or str(row.event).rpartition(".")[0] != entity.key:
        raise NotFound()
    rule = rulebook.compile_rule(row)
    ran = Run.objects.filter(rule_id=rule_id, entity=entity.key, record_id=pk).select_related("rule").order_by("-id")
    latest = ran.first()
    found: Json = {
        "rule": {"id": row.pk, "name": str(row.name)},
        "ran": latest is not None,
        "run": telling.run(latest, env) if latest else None,
        "reasons": [],
        "clauses": None,
    }
    if rule.broken:
        found["reasons"] = [_("The rule cannot be used any more: what it speaks of is gone.")]
        return found
    subject = _last_chance(rule, entity, record)
    found["reasons"] = list(_reasons(rule, subject, record))
    if subject is not None:
        shown = matching.explain(rule.condition, subject, rule.env)
        found["clauses"] = telling.tree(shown, entity, env)
    return found


def _last_chance(rule: Compiled, entity: Entity, record: Any) -> Subject | None:
    word = str(rule.row.event).rpartition(".")[2]
    verbs = [verb for verb in ("created", "changed", "removed", "restored") if word in happenings.words_of(verb)]
    verbs += [each.past for each in entity.verbs.values() if word in happenings.words_of(each.past)]
    return past.last(entity, record, verbs, rule.id)


def _reasons(rule: Compiled, subject: Subject | None, record: Any) -> list[str]:
    found = []
    if not rule.row.enabled:
        found.append(_("The rule is off."))
    if subject is None:
        return [*found, _("What the rule waits for has not happened to this record.")]
    now = Subject(subject.draft, record, subject.act, Seen())
    if not matching.readable([now], rule.env):
        found.append(
            _("%(person)s, with whose rights it acts, may not read this record.") % {"person": rule.env.actor.name}
        )
    if not matching.holds(rule.condition, subject, rule.env):
        found.append(_("Its condition did not hold, as marked."))
    elif rule.row.enabled and subject.draft.change_id and not _ran_on(rule, subject):
        found.append(_("It was made, changed or switched on after this had happened, or was stopped by one before it."))
    return found


def _ran_on(rule: Compiled, subject: Subject) -> bool:
    return Run.objects.filter(rule_id=rule.id, change_id=subject.draft.change_id).exists()


def rehearse(row: Rule, actor: Actor, days: int = DAYS) -> Json:
    """What a rule would do, changing nothing: how often it would have run, and on how many records it holds now."""
    if not access.may(actor, registry.get("rules"), "read"):
        raise Denied()
    rule = rulebook.compile_rule(row)
    if rule.broken:
        return {"broken": _("The rule cannot be used any more: what it speaks of is gone.")}
    env = records.environment(actor)
    since = clock.now() - timedelta(days=days)
    word = str(row.event).rpartition(".")[2]
    times, looked = 0, 0
    samples: list[Json] = []
    for subject in past.acts(rule.entity, since, MOST_ACTS):
        looked += 1
        if word in happenings.words_of(subject.draft.verb) and matching.holds(rule.condition, subject, rule.env):
            times += 1
            if len(samples) < SAMPLES:
                samples.append(_sample(rule, subject, env))
    matching_now, exact = now_matching(rule)
    return {
        "sentence": telling.sentence(rule),
        "days": days,
        "times": times,
        "looked_at": looked,
        "complete": looked < MOST_ACTS,
        "samples": samples,
        "matching_now": matching_now,
        "matching_now_exact": exact,
    }


def _sample(rule: Compiled, subject: Subject, env: Env) -> Json:
    open_ = access.visible(rule.entity, env.actor).filter(pk=subject.draft.id).exists()
    return {
        "id": subject.draft.id if open_ else None,
        "title": str(subject.record) if open_ else _("Not open to you"),
        "clauses": telling.tree(matching.explain(rule.condition, subject, rule.env), rule.entity, env),
        "would": [action.words(rule.env) for action in rule.actions],
    }


def now_matching(rule: Compiled) -> tuple[int, bool]:
    """On how many records the condition holds now, as if what it waits for had just happened; exact up to a bound."""
    found, last = 0, 0
    while True:
        rows = list(access.visible(rule.entity, rule.env.actor).filter(pk__gt=last).order_by("pk")[:CHUNK])
        if not rows:
            return found, True
        found += len(_matching(rule, rows))
        if found >= MOST:
            return MOST, False
        last = rows[-1].pk


def _matching(rule: Compiled, rows: Sequence[Any]) -> list[Subject]:
    rest = matching.supposing(rule.condition)
    seen, act = Seen(), Act(rule.env.actor, "rule")
    subjects = [Subject(Draft(rule.entity, {}, record=row, pk=row.pk, verb="changed"), row, act, seen) for row in rows]
    if isinstance(rest, bool):
        return subjects if rest else []
    return matching.among(rest, subjects, rule.env)


def failed(limit: int = 200) -> list[Any]:
    """Runs that failed, the latest first."""
    return list(Run.objects.filter(state=FAILED).select_related("rule").order_by("-id")[:limit])
