"""What people ask of automation: what it did to a record, why, and why not."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.kernel.errors import NotFound
from bosun.platform.automation import happenings, matching, past, rulebook, scoping, telling
from bosun.platform.automation.models import FAILED, HELD, Rule, Run
from bosun.platform.automation.rulebook import Compiled
from bosun.platform.automation.subject import Seen, Subject

Json = dict[str, Any]


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
    latest = ran.exclude(state=HELD).first()
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
    if subject is not None and matching.readable([subject], rule.env):
        shown = matching.explain(rule.condition, subject, rule.env)
        found["clauses"] = telling.tree(shown, entity, env)
    return found


def _last_chance(rule: Compiled, entity: Entity, record: Any) -> Subject | None:
    word = str(rule.row.event).rpartition(".")[2]
    if word == happenings.HOOK:
        return past.last(entity, record, ("created", "changed"), rule.id, door="webhook")
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
    elif not matching.holds(rule.condition, subject, rule.env):
        found.append(_("Its condition did not hold, as marked."))
    elif rule.row.enabled and subject.draft.change_id and _held_on(rule, subject):
        found.append(_("The last time it was held back: it had acted as often as it may."))
    elif rule.row.enabled and subject.draft.change_id and not _ran_on(rule, subject):
        found.append(_("It was made, changed or switched on after this had happened, or was stopped by one before it."))
    return found


def _ran_on(rule: Compiled, subject: Subject) -> bool:
    return Run.objects.filter(rule_id=rule.id, change_id=subject.draft.change_id).exists()


def _held_on(rule: Compiled, subject: Subject) -> bool:
    return Run.objects.filter(rule_id=rule.id, change_id=subject.draft.change_id, state=HELD).exists()


def failed(env: Env, limit: int = 200) -> list[tuple[Run, bool]]:
    """Runs that failed, of rules that the reader may read, the latest first; and whether their records are open."""
    rules = Rule.objects.filter(access.rows(registry.get("rules"), env.actor)).values("pk")
    rows = list(Run.objects.filter(state=FAILED, rule__in=rules).select_related("rule").order_by("-id")[:limit])
    open_ = scoping.open_records([(row.entity, row.record_id) for row in rows], env.actor)
    return [(row, (row.entity, row.record_id) in open_) for row in rows]
