"""Doing again what failed, and taking back what was done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from bosun.kernel import access, history, records, registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.platform.automation import matching, past, rulebook, running, scoping
from bosun.platform.automation.models import DONE, FAILED, HELD, REPLAYED, UNDONE, Run
from bosun.platform.automation.subject import Seen, Subject


def _of(pk: int, actor: Actor) -> Run:
    """A run, locked; NotFound where there is none, Denied for whoever may not change its rule."""
    if not access.may(actor, registry.get("rules"), "change"):
        raise Denied()
    row = Run.objects.select_for_update().filter(pk=pk).first()
    if row is None:
        raise NotFound()
    scoping.insist(row.rule_id, actor)
    return row


@transaction.atomic
def replay(pk: int, actor: Actor) -> Run:
    """Do a failed run again, with the rule and the record as they are now; the run that came of it.

    Invalid where it cannot be: the rule is gone, the record is gone, or the condition does not hold any more.
    """
    row = _of(pk, actor)
    if row.state not in (FAILED, HELD):
        raise Invalid(_("Only a run that failed can be done again."))
    rule = rulebook.compile_rule(row.rule)
    if row.step:
        if row.rule.version != row.rule_version:
            raise Invalid(_("The rule was changed since: what stood after the wait cannot be done again."))
        rule = replace(rule, actions=rule.actions[row.step :], first=row.step)
    if rule.broken or row.rule.deleted_at is not None:
        raise Invalid(_("The rule cannot be used any more: what it speaks of is gone."))
    record = rule.entity.model._default_manager.filter(pk=row.record_id, deleted_at__isnull=True).first()
    change = next((each for each in history.of_one(rule.entity, row.record_id, 500) if each.pk == row.change_id), None)
    if record is None or change is None:
        raise Invalid(_("The record is not there any more."))
    then = past.subject_of(rule.entity, record, change, {}, Seen())
    subject = Subject(then.draft, record, then.act, Seen())
    if not matching.among(rule.condition, [subject], rule.env):
        raise Invalid(_("The condition does not hold any more."))
    running.run(rule, [subject])
    made = Run.objects.filter(rule_id=row.rule_id, record_id=row.record_id).order_by("-id")[0]
    Run.objects.filter(pk=pk).update(state=REPLAYED)
    return made


def replay_all(rule_id: int, actor: Actor, most: int = 500) -> dict[str, int]:
    """Do all failed runs of a rule again, the first one first; how many went through, and how many did not."""
    ids = list(Run.objects.filter(rule_id=rule_id, state=FAILED).order_by("id").values_list("pk", flat=True)[:most])
    done = 0
    for pk in ids:
        try:
            done += replay(pk, actor).state == DONE
        except (Invalid, Denied, NotFound):
            continue
    return {"done": done, "failed": len(ids) - done}


def undoable(ids: Collection[int]) -> set[int]:
    """Those among runs that can be taken back: done, and with a batch that no other run began."""
    batches = dict(Run.objects.filter(pk__in=ids, state=DONE).exclude(batch="").values_list("pk", "batch"))
    beginning = Counter(
        batch
        for batch, chain in Run.objects.filter(batch__in=set(batches.values())).values_list("batch", "chain")
        if not chain
    )
    return {pk for pk, batch in batches.items() if beginning[batch] <= 1}


@transaction.atomic
def undo(pk: int, actor: Actor, confirm: frozenset[str] = frozenset()) -> Any:
    """Take back what a run wrote, except what somebody changed since; what was left alone is listed.

    `confirm` answers the guards that ask.
    """
    row = _of(pk, actor)
    entity = registry.find(str(row.entity))
    if entity is None or not scoping.may(entity, row.record_id, actor, "change"):
        raise Denied()
    if not undoable([pk]):
        raise Invalid(_("This run cannot be taken back by itself."))
    undone = records.undo(row.batch, Act(actor, "undo", confirm=confirm))
    Run.objects.filter(batch=row.batch).update(state=UNDONE)
    return undone
