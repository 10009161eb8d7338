"""A check of the data: last contact, next contact and next step of customers are as their follow-ups say."""

from __future__ import annotations

from collections.abc import Iterator

from bosun.kernel import records
from bosun.kernel.actor import system_actor
from bosun.modules.activities.services import facts_of
from bosun.modules.customers.models import Customer
from bosun.modules.customers.services import planned
from bosun.platform.integrity import checks

CHUNK = 500


def contacts_as_told() -> Iterator[str]:
    """One line for each customer whose facts differ from its follow-ups."""
    env = records.environment(system_actor())
    ids = list(Customer.objects.filter(deleted_at__isnull=True).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        facts = facts_of(part, env)
        for row in Customer.objects.filter(pk__in=part).order_by("pk"):
            for name, value in facts[row.pk].items():
                if getattr(row, name) != value:
                    yield f"customers {row.pk}: {name} is {getattr(row, name)}, but follow-ups say {value}"
            if row.last_contact and row.next_contact != planned(row, row.last_contact):
                yield f"customers {row.pk}: next_contact is {row.next_contact}, not {planned(row, row.last_contact)}"


checks.offer("contacts", contacts_as_told)
