"""The demo: a company of sixteen people, three hundred customers, and a year of work with them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bosun.config.demo import company
from bosun.config.demo.company import SYSTEM, Staff
from bosun.kernel import records, registry, removal, stamps
from bosun.kernel.actor import Act
from bosun.lib import clock
from bosun.modules.activities import demo as activities
from bosun.modules.activities import demo_tasks
from bosun.modules.customers import demo as customers
from bosun.modules.customers.demo import Plan, Seller
from bosun.modules.notepad import demo as notepad
from bosun.modules.opportunities import demo as opportunities
from bosun.platform.org import actors
from bosun.platform.places.models import Place

SEED = 20_260
SHARES = (
    ("ann", "GB GB GB DE", 42, (-9, -3, 0, 0, 0, 1, 3)),
    ("olivia", "GB", 25, ()),
    ("tom", "GB GB DE", 23, ()),
    ("ben", "ES GB", 10, ()),
    ("lucia", "ES", 45, ()),
    ("diego", "ES ES PT", 40, ()),
    ("cyd", "CN", 38, (-5, -1, 0, 0, 2)),
    ("zhoumei", "CN", 30, ()),
    ("wangjun", "CN", 25, ()),
    ("chenwei", "CN", 7, ()),
    ("", "ES GB CN", 15, ()),
)
"""Who looks after how many customers where; what waits for Ann and Cyd today is chosen, not left to chance."""
PROMISES = {"ann": (-1, 0, 0, 1, 3, 5, 7, 9), "cyd": (-2, 0, 1, 4, 6)}


def build() -> None:
    """Fill an empty database."""
    rng = random.Random(SEED)
    today = clock.today(company.MADRID)
    staff = company.build(rng, today)
    found = customers.plans(rng, sellers(staff), places(), today)
    customers.group(found, rng)
    promises: dict[int | None, Sequence[int]] = {staff.people[name]: days for name, days in PROMISES.items()}
    told = activities.plan(found, rng, today, promises)
    customers.store(found)
    activities.store(found, told)
    demo_tasks.store(found, staff.people, {name: hire.zone for name, hire in staff.hired.items()})
    opportunities.build(found, rng, today, [staff.people[name] for name in opportunities.FIRST])
    notepad.build(lambda username, minutes: act_of(staff, username, minutes))
    recent(found, staff)


def sellers(staff: Staff) -> list[Seller]:
    """Those who sell, and the ones nobody looks after yet."""
    made = []
    for username, countries, count, states in SHARES:
        hire = staff.hired.get(username)
        department = staff.departments[hire.department if hire else "marketing"]
        zone = hire.zone if hire else company.MADRID
        made.append(Seller(staff.people.get(username), department, zone, countries, count, states))
    return made


def places() -> dict[str, int]:
    """Ids of places by code."""
    return dict(Place.objects.filter(code__isnull=False, deleted_at__isnull=True).values_list("code", "pk"))


def recent(found: list[Plan], staff: Staff) -> None:
    """What colleagues did yesterday and today, through the door, so that it stands in the history."""
    ours = [plan for plan in found if plan.seller.person == staff.people["ann"]][len(SHARES[0][3]) + 8 :]
    theirs = [plan for plan in found if plan.seller.person == staff.people["olivia"] and plan.last]
    acts: list[tuple[str, int, Plan, dict[str, Any]]] = [
        ("priya", 1700, ours[0], {"source": "fair"}),
        ("hugo", 1580, ours[1], {"credit_limit": {"amount": "60000", "currency": "GBP"}}),
        ("priya", 1210, ours[2], {"industry": "food", "website": "https://www.example.com/"}),
        ("ann", 1150, ours[3], {"maturity": "negotiating"}),
        ("ben", 240, ours[4], {"tags": ["frame contract", "reference"]}),
        ("elena", 160, ours[5], {"phones": ["+442079460112", "+441614960245"]}),
        ("ann", 95, ours[6], {"staff": 240}),
        ("ben", 40, ours[7], {"maturity": "buying"}),
    ]
    for username, minutes, plan, raw in acts:
        records.change("customers", plan.pk, raw, act_of(staff, username, minutes))
    moved = act_of(staff, "ben", 1320)
    records.run_verb("customers", [theirs[0].pk], "transfer", {"owner": staff.people["ann"]}, moved)
    entity = registry.get("customers")
    gone = next(plan.pk for plan in reversed(theirs) if not removal.what_goes(entity, [plan.pk])[1])
    records.remove_one(entity, gone, act_of(staff, "ben", 70))


def act_of(staff: Staff, username: str, minutes: int) -> Act:
    """Somebody who did something so many minutes ago."""
    stamps.refresh()
    actor = actors.load(staff.people[username])
    return Act(actor or SYSTEM.actor, "form", at=clock.now() - timedelta(minutes=minutes))
