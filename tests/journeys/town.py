"""Fills a fresh database for the journeys: people who sign in, their customers, and calls that have become old."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bosun.kernel import records, stamps
from bosun.kernel.actor import Act, system_actor
from bosun.lib import clock
from bosun.platform.accounts import services
from bosun.platform.accounts.models import User
from bosun.platform.org.models import Company, Role
from bosun.platform.workday import days
from tests.journeys.people import ADMINISTRATOR, MANAGER, PASSWORD, QUIET, REPS

SYSTEM = Act(system_actor(), "system")
PAPER = ("Halden Paper", "Castellan Foods", "Kestrel Marine", "Larvik Cement", "Østfold Dairy", "Vestby Sawmill")
DAYS = (40, 3, 14, 12, 1, 60)
GRADES = ("A", "B", "A", "A", "C", "D")


def build() -> None:
    """Everything; called once, in a process of its own."""
    stamps.refresh()
    records.change("company", Company.objects.get().pk, {"name": "Halyard Pumps", "zone": "Europe/Oslo"}, SYSTEM)
    team = records.create("departments", {"name": "Team North"}, SYSTEM).pk
    for username, name in REPS.items():
        person(username, name, "Sales rep", team)
    person(MANAGER, "Ben Okafor", "Sales manager", team)
    head = User.objects.get(username=MANAGER).person_id
    records.change("departments", team, {"head": head}, SYSTEM)
    person(ADMINISTRATOR, "Ada Grant", "Administrator", None)
    for username in REPS:
        customers(username)
    for user in User.objects.all():
        days.keep_wish(user.person_id, days.Wish(0, False))
    person(QUIET, "Eva Holm", "Sales rep", team)


def person(username: str, name: str, role: str, department: int | None) -> None:
    """Somebody who signs in."""
    values: dict[str, Any] = {"username": username, "name": name, "department": department, "zone": "Europe/Oslo"}
    made = records.create("users", {**values, "roles": [Role.objects.get(name=role).pk]}, SYSTEM)
    services.set_password(User.objects.get(person_id=made.pk), PASSWORD)


def customers(username: str) -> None:
    """Six customers of one rep, each with a contact and a call some days ago."""
    owner = User.objects.get(username=username).person_id
    for place, name in enumerate(PAPER):
        values = {"name": f"{name} {username}", "grade": GRADES[place], "owner": owner, "industry": "food"}
        customer = records.create("customers", {**values, "staff": 10 * (place + 1)}, SYSTEM).pk
        contact = records.create("contacts", {"name": f"Ingrid Moe {place}", "customer": customer}, SYSTEM).pk
        at = clock.now() - timedelta(days=DAYS[place])
        call = {"about": {"entity": "customers", "id": customer}, "contact": contact, "type": "call", "person": owner}
        records.create("follow_ups", {**call, "at": at.isoformat(), "note": "They ask for a price."}, SYSTEM)
