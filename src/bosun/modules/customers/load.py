"""Who is behind with contacts, and what the coming week holds for each: figures for whoever leads a team."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from bosun.kernel import access, records, registry
from bosun.kernel.env import Env

DAYS = 7
MOST = 10_000
"""Customers looked at for each figure; beyond, the figures are of so many."""


@dataclass
class Row:
    """One person: customers that wait too long, the longest wait in days, and contacts due on each day to come."""

    person: int
    behind: int = 0
    longest: int = 0
    week: list[int] = field(default_factory=lambda: [0] * DAYS)


def may_see(env: Env) -> bool:
    """Whether this person sees how customers stand, and whose they are."""
    entity = registry.get("customers")
    return {"owner", "next_contact"} <= set(access.specs(entity, env.actor)) and access.may(env.actor, entity, "read")


def of_people(env: Env) -> tuple[list[Row], bool]:
    """Everybody who looks after customers that the reader sees and that are due, the longest wait first; two queries.

    And whether all of them were looked at.
    """
    query = records.query("customers", env.actor, env).where(owner__isnull=False)
    late = query.where(next_contact__lt=env.today).rows().order_by("next_contact", "pk")
    near = query.where(next_contact__gte=env.today, next_contact__lt=env.today + timedelta(days=DAYS)).rows()
    found: dict[int, Row] = {}
    behind: list[tuple[int, date]] = list(late.values_list("owner_id", "next_contact")[: MOST + 1])
    near = near.order_by("next_contact", "pk")
    coming: list[tuple[int, date]] = list(near.values_list("owner_id", "next_contact")[: MOST + 1])
    for owner, day in behind[:MOST]:
        row = found.setdefault(owner, Row(owner))
        row.behind += 1
        row.longest = max(row.longest, (env.today - day).days)
    for owner, day in coming[:MOST]:
        found.setdefault(owner, Row(owner)).week[(day - env.today).days] += 1
    rows = sorted(found.values(), key=lambda row: (-row.longest, -row.behind, row.person))
    return rows, len(behind) <= MOST and len(coming) <= MOST
