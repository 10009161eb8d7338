"""The company of the demo: its settings, departments, positions, people with their roles, and rates of exchange."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bosun.kernel import loading, records, registry, stamps
from bosun.kernel.actor import Act, system_actor
from bosun.platform.org.seed import ADMINISTRATOR
from bosun.platform.org.shipped import ROLES

SYSTEM = Act(system_actor(), "system", cause="demo")
SETTINGS = {"name": "Meridian Pumps", "currency": "EUR", "zone": "Europe/Madrid", "country": "ES", "language": "en"}
DEPARTMENTS = (
    ("management", "Management", ""),
    ("sales", "Sales", "management"),
    ("europe", "Sales Europe", "sales"),
    ("uk", "UK and Ireland", "europe"),
    ("iberia", "Iberia", "europe"),
    ("china", "Sales China", "sales"),
    ("marketing", "Marketing", "management"),
    ("service", "Service", "management"),
    ("finance", "Finance", "management"),
)
MADRID, LONDON, SHANGHAI = "Europe/Madrid", "Europe/London", "Asia/Shanghai"


@dataclass(frozen=True)
class Hire:
    """One person."""

    username: str
    name: str
    department: str
    position: str
    role: str
    language: str = "en"
    zone: str = MADRID
    heads: str = ""
    active: bool = True


PEOPLE = (
    Hire("admin", "Alba Serra", "management", "Operations", ADMINISTRATOR, heads="management"),
    Hire("ann", "Ann Berg", "uk", "Sales representative", ROLES["rep"], zone=LONDON),
    Hire("ben", "Ben Ortega", "europe", "Sales manager", ROLES["manager"], heads="europe"),
    Hire("cyd", "Cyd Lin", "china", "Sales representative", ROLES["rep"], "zh-hans", SHANGHAI),
    Hire("olivia", "Olivia Hart", "uk", "Sales representative", ROLES["rep"], zone=LONDON),
    Hire("tom", "Tom Ashworth", "uk", "Sales representative", ROLES["rep"], zone=LONDON),
    Hire("lucia", "Lucía Romero", "iberia", "Sales representative", ROLES["rep"], "es"),
    Hire("diego", "Diego Marín", "iberia", "Sales representative", ROLES["rep"], "es"),
    Hire("chenwei", "陈伟", "china", "Sales manager", ROLES["manager"], "zh-hans", SHANGHAI, heads="china"),
    Hire("zhoumei", "周梅", "china", "Sales representative", ROLES["rep"], "zh-hans", SHANGHAI),
    Hire("wangjun", "王军", "china", "Sales representative", ROLES["rep"], "zh-hans", SHANGHAI),
    Hire("priya", "Priya Nair", "marketing", "Marketing lead", ROLES["marketing"], heads="marketing"),
    Hire("elena", "Elena Costa", "service", "Service lead", ROLES["service"], "es", heads="service"),
    Hire("hugo", "Hugo Blanco", "finance", "Controller", ROLES["finance"], "es", heads="finance"),
    Hire("nora", "Nora Finch", "finance", "Auditor", ROLES["reader"]),
    Hire("pablo", "Pablo Gil", "iberia", "Sales representative", ROLES["rep"], "es", active=False),
)
HOURS: dict[str, dict[str, Any]] = {
    "": {"starts": "09:00", "ends": "18:00", "country": "ES", "subdivision": "MD"},
    "uk": {"starts": "09:00", "ends": "17:30", "country": "GB", "subdivision": "ENG"},
    "china": {"starts": "08:30", "ends": "17:30", "break_from": "12:00", "break_to": "13:00", "country": "CN"},
}
RATES = {"CNY": "0.1255", "USD": "0.8640", "GBP": "1.1420"}


@dataclass
class Staff:
    """Ids of what was made, by key and by username."""

    departments: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    hired: dict[str, Hire] = field(default_factory=dict)


def build(rng: random.Random, today: date) -> Staff:
    """Everything but customers."""
    staff = Staff()
    (company,) = records.query("company", SYSTEM.actor).page(limit=1).items
    records.change("company", company.pk, SETTINGS, SYSTEM)
    stamps.refresh()
    for key, name, above in DEPARTMENTS:
        raw: dict[str, Any] = {"name": name, "parent": staff.departments.get(above)}
        staff.departments[key] = records.create("departments", raw, SYSTEM).pk
    for position in dict.fromkeys(hire.position for hire in PEOPLE):
        records.create("positions", {"name": position}, SYSTEM)
    for hire in PEOPLE:
        raw = {
            "username": hire.username, "name": hire.name, "email": f"{hire.username}@meridian.example.com",
            "department": staff.departments[hire.department], "position": hire.position, "roles": [hire.role],
            "language": hire.language, "zone": hire.zone, "active": hire.active,
        }  # fmt: skip
        staff.people[hire.username] = records.create("users", raw, SYSTEM).pk
        staff.hired[hire.username] = hire
        if hire.heads:
            raw = {"head": staff.people[hire.username]}
            records.change("departments", staff.departments[hire.heads], raw, SYSTEM)
    for department, hours in HOURS.items():
        records.create("working_hours", {"department": staff.departments.get(department), **hours}, SYSTEM)
    _rates(rng, today)
    stamps.refresh()
    return staff


def _rates(rng: random.Random, today: date) -> None:
    """One rate a month for fourteen months, never far from the first."""
    rows = []
    for currency, text in RATES.items():
        value = Decimal(text)
        for month in range(14, -1, -1):
            day = (today.replace(day=1) - timedelta(days=30 * month)).replace(day=1)
            rows.append({"currency": currency, "day": day, "rate": value})
            value = (value * (1 + Decimal(rng.randrange(-9, 10)) / 1000)).quantize(Decimal("0.0001"))
    loading.load(registry.get("rates"), rows)
