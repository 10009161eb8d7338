"""Actors: a person's rights of this moment, united from roles, extra and withdrawn rights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q

from bosun.kernel import ports, sharing, stamps
from bosun.kernel.actor import Actor, Scope
from bosun.platform.org.models import Company, Department, Person, Rate, Role
from bosun.platform.org.rights import adjust, unite

STAMP = stamps.ACCESS
everybody: dict[tuple[str, str], Scope] = {}
"""What everybody may do, whatever the roles: entity and action to the rows that it reaches at least."""


def load(person_id: int) -> Actor | None:
    """The actor of a person; None when there is none, or not any more."""
    found: Actor | None = stamps.cached(STAMP, str(person_id), lambda: _load(person_id))
    return found


def _load(person_id: int) -> Actor | None:
    person = Person.objects.filter(pk=person_id, deleted_at__isnull=True, active=True).first()
    if person is None:
        return None
    roles = list(Role.objects.filter(pk__in=person.roles or [], deleted_at__isnull=True))
    scopes, rights = unite({"grants": role.grants, "field_rights": role.field_rights} for role in roles)
    adjust(scopes, person.extra_grants, person.withdrawn_grants)
    for right, scope in everybody.items():
        scopes[right] = max(scopes.get(right, scope), scope)
    own, below = departments_of(person)
    company = ports.company()
    return Actor(
        id=person.pk,
        name=person.name,
        username=person.username or "",
        grants=scopes,
        field_rights=rights,
        departments=own,
        below=below,
        department=person.department_id,
        shared=sharing.shared_entities(person.pk),
        is_admin=any(role.administrator for role in roles),
        language=person.language or company.language,
        zone=person.zone or company.zone,
        roles=frozenset(role.pk for role in roles),
    )


def administrators() -> list[int]:
    """Those who may sign in and administer."""
    roles = set(Role.objects.filter(administrator=True, deleted_at__isnull=True).values_list("pk", flat=True))
    people = Person.objects.filter(deleted_at__isnull=True, active=True).order_by("pk").values_list("pk", "roles")
    return [pk for pk, held in people if roles & set(held or [])]


def departments_of(person: Person) -> tuple[frozenset[int], frozenset[int]]:
    """The departments a person works in or heads, and those with all below them."""
    live = Department.objects.filter(deleted_at__isnull=True)
    own = dict(live.filter(Q(pk=person.department_id) | Q(head_id=person.pk)).values_list("pk", "path"))
    under = Q(pk__in=list(own))
    for path in own.values():
        under |= Q(path__startswith=path)
    below = live.filter(under).values_list("pk", flat=True) if own else []
    return frozenset(own), frozenset(below)


def company() -> ports.Company:
    """The company's settings, kept in memory."""
    found: ports.Company = stamps.cached("company", "", _load_company)
    return found


def _load_company() -> ports.Company:
    row = Company.objects.filter(deleted_at__isnull=True).order_by("pk").first()
    if row is None:
        return ports.Company()
    return ports.Company(row.name, row.currency, row.zone, row.country or "", row.language, row.accent or "")


def rate(currency: str, day: date) -> int | None:
    """The rate of a currency on a day: the last one that began on or before it."""
    rates: Mapping[str, list[tuple[date, int]]] = stamps.cached("rates", "", _load_rates)
    earlier = [value for since, value in rates.get(currency, ()) if since <= day]
    return earlier[-1] if earlier else None


def _load_rates() -> Mapping[str, list[tuple[date, int]]]:
    found: dict[str, list[tuple[date, int]]] = {}
    for row in Rate.objects.filter(deleted_at__isnull=True).order_by("day"):
        found.setdefault(row.currency, []).append((row.day, row.rate))
    return found


def roles(ids: Iterable[int]) -> list[Role]:
    """The live roles of these ids, by name."""
    return list(Role.objects.filter(pk__in=list(ids), deleted_at__isnull=True).order_by("name_sort", "pk"))


def department_names(ids: Iterable[int]) -> list[str]:
    """The names of departments, for an explanation of rights."""
    found = Department.objects.filter(pk__in=list(ids), deleted_at__isnull=True).order_by("name_sort", "pk")
    return list(found.values_list("name", flat=True))
