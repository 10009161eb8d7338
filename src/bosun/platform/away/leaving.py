"""Somebody leaves: what runs in his name ends at once, and what would have reminded him reminds whoever answers now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from django.db.models import Q

from bosun.kernel import access, records, registry
from bosun.kernel.actor import Act, Actor
from bosun.kernel.drafts import Draft
from bosun.kernel.entity import Entity
from bosun.kernel.env import Env
from bosun.lib import clock
from bosun.platform.accounts import services as accounts
from bosun.platform.accounts import sessions
from bosun.platform.away import periods, succession
from bosun.platform.feeds import keys
from bosun.platform.jobs import queue
from bosun.platform.jobs.declared import job
from bosun.platform.jobs.running import Running
from bosun.platform.org import managers
from bosun.platform.org.models import Person

CHUNK = 500
HAND_OVER = "people.hand_over"


def end_what_runs(drafts: Sequence[Draft], act: Act, env: Env) -> None:
    """A reaction to people: one who was switched off, or removed, owns no session, no job and no reminder any more,
    and no key to what he saw, also when he comes back.
    """
    if not drafts or drafts[0].entity.model is not Person:
        return
    for draft in drafts:
        left = draft.verb == "removed" or draft.diff.get("active", (None, None))[1] is False
        if left and draft.verb != "created":
            sessions.end_all(draft.id)
            accounts.revoke_tokens(draft.id)
            keys.end_of(draft.id)
            queue.end_of(draft.id)
            hand_on_reminders(draft.id, act)
            succession.pass_on(draft.id, act)


def deputy_for(person: int) -> int | None:
    """Who takes the reminders of somebody who left: whoever stands in, else the manager, else an administrator."""
    now = clock.now()
    wanted = {period.delegate for period in periods.running(now)}
    there = Person.objects.filter(pk__in=wanted, deleted_at__isnull=True, active=True).values_list("pk", flat=True)
    return periods.end_of_chain(person, "reminders", now, list(there)) or managers.deputy_of(person)


def hand_on_reminders(person: int, act: Act) -> int:
    """Give the open reminders of somebody to his deputy; how many."""
    model = registry.get("reminders").model
    rows = model._default_manager.filter(owner_id=person, state="open", deleted_at__isnull=True).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    target = deputy_for(person) if ids else None
    if target is None:
        return 0
    drafts = records.bulk_change("reminders", ids, {"owner": target}, act.by_system("left"))
    return sum(1 for draft in drafts if draft.failure is None)


# handing over ----------------------------------------------------------------------------------------------------


def kinds(actor: Actor) -> Iterator[tuple[Entity, str]]:
    """What somebody may hand over for another: entity, and the right that it takes."""
    for entity in registry.all_entities():
        right = "transfer" if "transfer" in entity.verbs else "change"
        given = "transfer" in entity.verbs or entity.menu == "settings"
        if entity.owned and given and access.may(actor, entity, right):
            yield entity, right


def held(person: int, actor: Actor) -> dict[Entity, int]:
    """What somebody looks after, by kind, as far as it may be handed over; rules that act with his rights too."""
    found = {}
    for entity, right in kinds(actor):
        count = _rows(entity, right, person, actor).count()[0]
        if count:
            found[entity] = count
    return found


def _rows(entity: Entity, right: str, person: int, actor: Actor) -> records.Query:
    query = records.query(entity, actor, action=right)
    if "identity" in entity.native_specs():
        return replace(query, extra=Q(owner_id=person) | Q(identity_id=person))
    return query.where(owner_id=person)


def hand_over(person: int, heirs: Mapping[str, int], act: Act, told: Callable[[int], None] = lambda _n: None) -> int:
    """Give what somebody looks after to others, by kind; how many records. Doing it again gives what is left."""
    count = 0
    for entity, right in list(kinds(act.actor)):
        heir = heirs.get(entity.key)
        if heir is None:
            continue
        ids = list(_rows(entity, right, person, act.actor).rows().order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(ids), CHUNK):
            drafts = _give(entity, ids[start : start + CHUNK], person, heir, act)
            count += sum(1 for draft in drafts if draft.failure is None)
            told(count)
    return count


def _give(entity: Entity, ids: Sequence[int], person: int, heir: int, act: Act) -> list[Draft]:
    if "transfer" in entity.verbs:
        return records.run_verb(entity, ids, "transfer", {"owner": {"id": heir}}, act)
    rows = entity.model._default_manager.filter(pk__in=ids)
    drafts = []
    for row in rows:
        raw = {name: {"id": heir} for name in ("owner", "identity") if getattr(row, f"{name}_id", None) == person}
        drafts.append(Draft(entity, raw, pk=row.pk, verb="changed"))
    records.save(drafts, act)
    return drafts


@job(HAND_OVER)
def hand_over_later(running: Running) -> None:
    """Hand over in the queue, with progress; taken back with the batch."""
    args = running.args
    act = Act(running.actor(), "bulk", batch=str(args["batch"]))
    hand_over(int(args["person"]), args["heirs"], act, lambda done: running.progress(done, int(args["total"])))
