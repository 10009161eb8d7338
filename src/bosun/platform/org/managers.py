"""Who leads whom: who stands above a person, and whose people somebody leads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from bosun.kernel.actor import Actor, Scope
from bosun.platform.org.actors import administrators
from bosun.platform.org.models import Department, Person


def managers(person: Any) -> list[int]:
    """Who stands above a person: the nearest head who is there; where all of them have left, an administrator."""
    deputy = deputy_of(person.pk) if next(_heads(person), None) else None
    return [deputy] if deputy is not None else []


def _heads(person: Any) -> Iterator[int]:
    """Those who lead the departments of a person, from the nearest up."""
    department = Department.objects.filter(pk=person.department_id, deleted_at__isnull=True).first()
    while department is not None:
        if department.head_id and department.head_id != person.pk:
            yield department.head_id
        department = Department.objects.filter(Q(pk=department.parent_id), deleted_at__isnull=True).first()


def headed(person_id: int | None) -> frozenset[int]:
    """The departments that somebody heads, with all below them."""
    live = Department.objects.filter(deleted_at__isnull=True)
    paths = list(live.filter(head_id=person_id).values_list("path", flat=True)) if person_id else []
    under = Q(pk__in=[])
    for path in paths:
        under |= Q(path__startswith=path)
    return frozenset(live.filter(under).values_list("pk", flat=True)) if paths else frozenset()


def reached(actor: Actor, scope: Scope) -> frozenset[int]:
    """The departments that a right of this scope reaches."""
    return {Scope.DEPARTMENT: actor.departments, Scope.BELOW: actor.below}.get(scope, frozenset())


def led(actor: Actor, *scopes: Scope) -> frozenset[int]:
    """The departments whose people somebody leads: those he heads, with all below, and those that rights of his reach.

    To reach everything, as finance and service may, leads nobody.
    """
    return headed(actor.id).union(*(reached(actor, scope) for scope in scopes))


def deputy_of(person_id: int) -> int | None:
    """Who answers for what somebody left behind: the nearest manager who is there, else an administrator."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        return None
    above = [*_heads(person), *administrators()]
    there = set(Person.objects.filter(pk__in=above, deleted_at__isnull=True, active=True).values_list("pk", flat=True))
    return next((pk for pk in above if pk in there and pk != person_id), None)
