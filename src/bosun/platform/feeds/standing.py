"""How what an invitation is to stands at this moment: whether it is still to come, who hosts it, what guests hear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bosun.kernel import access, conditions, ports, records, registry
from bosun.kernel.actor import Actor, system_actor
from bosun.kernel.env import Env
from bosun.lib import clock
from bosun.platform.feeds import agenda, told
from bosun.platform.feeds.agenda import Dates, Item
from bosun.platform.feeds.models import WITHDRAWN, Invitation
from bosun.platform.org import actors, managers
from bosun.platform.org.models import Person

REQUEST, CANCEL = "REQUEST", "CANCEL"


def dates_of(key: str) -> Dates | None:
    """How the dates of an entity stand, where they are of the feed: one is invited to nothing else."""
    found = agenda.offered.get(key)
    return found if found is not None and found.feed and registry.find(key) is not None else None


def fields_of(dates: Dates) -> set[str]:
    """The fields that say when something is, and whether it is still to come."""
    return {dates.at, dates.rule, dates.start, dates.zone, dates.until, *_named(dates.open)} - {""}


def _named(condition: Any) -> Iterator[str]:
    if "field" in condition:
        yield condition["field"]
    for part in (*condition.get("all", ()), *condition.get("any", ())):
        yield from _named(part)


def is_open(dates: Dates, record: Any) -> bool:
    """Whether it is neither done nor ended."""
    env = records.environment(system_actor())
    return conditions.matches(conditions.parse(dates.open, registry.get(dates.entity), env), record, env)


def record_of(row: Invitation) -> Any:
    """The record, also from the bin; None where it is gone for good."""
    if dates_of(row.entity) is None:
        return None
    return registry.get(row.entity).model._default_manager.filter(pk=row.record_id).first()


def timed(row: Invitation) -> Any:
    """The record while it is there and has a time; else None."""
    record, dates = record_of(row), dates_of(row.entity)
    if record is None or dates is None or record.deleted_at is not None or getattr(record, dates.at, None) is None:
        return None
    return record


def due(row: Invitation) -> str:
    """What its guest is to know: REQUEST, CANCEL, or nothing at all.

    What was told and is over is taken back by hand alone; of what was done, the rest of a series is.
    """
    if row.state == WITHDRAWN:
        return CANCEL if row.told else ""
    record, dates, now = record_of(row), dates_of(row.entity), clock.now()
    at = getattr(record, dates.at, None) if dates is not None else None
    if at is not None and dates is not None and not is_open(dates, record):
        after = max(now, told.moment(at))
        return CANCEL if any(told.rule_of(each) and told.goes_on(each, after) for each in told.events(row.told)) else ""
    if timed(row) is not None:
        return REQUEST
    return CANCEL if any(told.goes_on(each, now) for each in told.events(row.told)) else ""


def item_as(record: Any, dates: Dates, env: Env) -> Item:
    """A record as the date that guests come to, however long its owner has put off being told of it."""
    return agenda.items(replace(dates, moved=""), [record], env)[0]


# people ------------------------------------------------------------------------------------------------------------


def host_of(row: Invitation, record: Any) -> Actor | None:
    """Who sent it; where the record went to somebody else since, whoever has it. None where neither may read it."""
    entity, dates = registry.find(row.entity), dates_of(row.entity)
    for person in (row.sender_id, getattr(record, "owner_id", None)):
        actor = actors.load(person) if person else None
        if actor is None or entity is None or dates is None:
            continue
        if record is None:
            return actor
        readable = entity.model._default_manager.filter(access.rows(entity, actor, "read", few=True))
        if dates.at in access.specs(entity, actor) and readable.filter(pk=record.pk).exists():
            return actor
    return None


def hearer(row: Invitation, by: int | None = None) -> Actor | None:
    """Who hears of its troubles: the host, else whoever acted, else who answers for what its sender left behind."""
    found = host_of(row, record_of(row)) or (actors.load(by) if by else None)
    deputy = managers.deputy_of(row.sender_id) if found is None else None
    return found or (actors.load(deputy) if deputy else None)


def voice(row: Invitation) -> Env:
    """In whose name and words its guest is written to where nobody hosts it: those of its sender, with every right."""
    person, company = Person.objects.filter(pk=row.sender_id).first(), ports.company()
    name, language, zone = (person.name, person.language, person.zone) if person else (company.name, "", "")
    actor = replace(system_actor(name), language=language or company.language, zone=zone or company.zone)
    return records.environment(actor)
