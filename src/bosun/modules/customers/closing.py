"""Customers who want to hear from us today and have not: called, put off, or given to somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat, Left
from django.utils.translation import gettext as _

from bosun.kernel import access, records, registry
from bosun.kernel.actor import Act
from bosun.kernel.env import Env
from bosun.kernel.query import Query
from bosun.lib import dates
from bosun.platform.workday import hours
from bosun.platform.workday.matters import DONE, HAND, LATER, MOST, Matter, Source
from bosun.web.present import name_of, record_url, state_of

NOON = time(12)
LONGEST = 200
"""Letters of what is put off or handed over."""


def may_see(env: Env) -> bool:
    """Whether this person looks after customers, and may see how they stand."""
    entity = registry.get("customers")
    return (
        env.actor.id is not None
        and entity.state in access.specs(entity, env.actor)
        and access.may(env.actor, entity, "read")
    )


def waiting(env: Env, days: int = 0) -> Query:
    """One's own customers that want contact within so many days."""
    query = records.query("customers", env.actor, env).where(owner_id=env.actor.id)
    return query.where(next_contact__lte=env.today + timedelta(days=days))


def asking(env: Env) -> Query:
    """Those that want it today, besides those that one put off to another day or asked somebody else to contact."""
    query, over = waiting(env), dates.localise(env.today + timedelta(days=1), time(0), env.company.zone)
    before, _name, after = words("\0").partition("\0")
    text = Left(Concat(Value(before), OuterRef("name"), Value(after)), LONGEST)
    put_off = {
        "reminders": Q(text=text, owner_id=env.actor.id, state="open", due_at__gte=over),
        "tasks": Q(subject=text, created_by_id=env.actor.id, done_at__isnull=True) & ~Q(owner_id=env.actor.id),
    }
    for key, asked in put_off.items():
        if access.may(env.actor, registry.get(key), "read"):
            rows = records.query(key, env.actor, env).where(about_entity="customers").rows().order_by()
            query = replace(query, extra=query.extra & ~Q(Exists(rows.filter(asked, about_id=OuterRef("pk")))))
    return query


def words(name: str) -> str:
    """What there is to do."""
    return _("Contact %(customer)s") % {"customer": name}


class Contacts(Source):
    """One's own customers due by today; a call is written down in its form, put off means a reminder."""

    key = "customers"

    def __call__(self, env: Env) -> list[Matter]:
        if not may_see(env):
            return []
        entity = registry.get(self.key)
        found = asking(env).sort(["next_contact"]).page(limit=MOST).items
        stepped = "next_step" in access.specs(entity, env.actor)
        needs = {DONE: "follow_ups", LATER: "reminders", HAND: "tasks"}
        may = {what for what, key in needs.items() if access.may(env.actor, registry.get(key), "create")}
        return [
            Matter(
                self.key, item.pk, name_of(entity, item, env), (item.next_step or "") if stepped else "",
                record_url(entity, item.pk), dates.localise(item.next_contact, NOON, env.company.zone),
                state_of(entity, item, env),
                frozenset(may), f"/customers/{item.pk}/composer?kind=call",
            )
            for item in found
        ]  # fmt: skip

    def later(self, pk: int, at: datetime, act: Act, env: Env) -> None:
        raw = {"text": self._text(pk, env), "about": {"entity": self.key, "id": pk}, "due_at": at}
        records.create("reminders", raw, act, env)

    def hand(self, pk: int, person: int, act: Act, env: Env) -> None:
        raw = {"subject": self._text(pk, env), "about": {"entity": self.key, "id": pk}, "owner": person}
        records.create("tasks", {**raw, "due": hours.end_for(person, env.now)}, act, env)

    def _text(self, pk: int, env: Env) -> str:
        entity = registry.get(self.key)
        return words(name_of(entity, records.get(entity, pk, env.actor), env))[:LONGEST]
