"""Three hundred customers for the demo, each with people, a grade, and a place in its contact cycle."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bosun.kernel import loading, registry
from bosun.lib.money import Money
from bosun.modules.customers import demo_names as names
from bosun.modules.customers import rules
from bosun.modules.customers.demo_places import CITIES, CURRENCY, LANGUAGE, City
from bosun.modules.customers.services import intervals

GRADES = "AAABBBBBBCCCCCCDDDDD"
SOURCES = ("referral", "website", "social_media", "fair", "cold_call", "advert", "partner", "other")
STAFF = {"A": (400, 9000), "B": (120, 900), "C": (30, 300), "D": (4, 80)}


@dataclass(frozen=True)
class Seller:
    """Who looks after customers: how many, in which countries, and how many stand where in the contact cycle."""

    person: int | None
    department: int | None
    zone: str
    countries: str
    customers: int
    states: Sequence[int] = ()
    """Days until the next contact of the first customers; the rest is as chance has it."""


@dataclass
class Plan:
    """One customer before it is stored."""

    seller: Seller
    country: str
    row: dict[str, Any]
    since: datetime
    last: date | None
    parent: Plan | None = None
    people: list[dict[str, Any]] = field(default_factory=list)
    reports: list[int | None] = field(default_factory=list)
    pk: int = 0
    contacts: list[int] = field(default_factory=list)

    @property
    def language(self) -> str:
        """The language in which one speaks with this customer."""
        return LANGUAGE[self.country]


def plans(rng: random.Random, sellers: Sequence[Seller], places: Mapping[str, int], today: date) -> list[Plan]:
    """Every customer, not stored yet."""
    taken: set[str] = set()
    return [
        _plan(rng, seller, number, places, today, taken) for seller in sellers for number in range(seller.customers)
    ]


def store(found: Sequence[Plan]) -> None:
    """Store customers, those above before their parts, and their people; fills in the ids."""
    for parts in (False, True):
        part_of = [plan for plan in found if (plan.parent is not None) == parts]
        rows = [{**plan.row, "parent": plan.parent.pk if plan.parent else None} for plan in part_of]
        for plan, made in zip(part_of, loading.load(registry.get("customers"), rows), strict=True):
            plan.pk = made.pk
    owners = [(plan, number) for plan in found for number in range(len(plan.people))]
    for level in (0, 1, 2):
        part = [(plan, number) for plan, number in owners if _depth(plan, number) == level]
        rows = [_person_row(plan, number) for plan, number in part]
        for (plan, number), made in zip(part, loading.load(registry.get("contacts"), rows), strict=True):
            plan.contacts[number] = made.pk


def _depth(plan: Plan, number: int) -> int:
    above = plan.reports[number]
    return 0 if above is None else 1 + _depth(plan, above)


def _person_row(plan: Plan, number: int) -> dict[str, Any]:
    above = plan.reports[number]
    boss = None if above is None else plan.contacts[above]
    return {**plan.people[number], "customer": plan.pk, "reports_to": boss}


def _plan(
    rng: random.Random, seller: Seller, number: int, places: Mapping[str, int], today: date, taken: set[str]
) -> Plan:  # fmt: skip
    country = rng.choice(seller.countries.split())
    city = rng.choice(CITIES[country])
    language = LANGUAGE[country]
    private = rng.random() < 0.03 and number >= len(seller.states)
    grade = "D" if private else rng.choice("AABBC" if number < len(seller.states) else GRADES)
    industry = rng.choice(list(names.TRADES[language]))
    name = _private(rng, language, taken) if private else _company(rng, language, industry, city, taken)
    last, following = _cycle(rng, seller, number, grade, today)
    since = _since(rng, seller, last, today)
    row: dict[str, Any] = {
        "name": name, "kind": "person" if private else "company", "grade": grade, "owner": seller.person,
        "department": seller.department, "created_by": seller.person, "created_at": since, "updated_at": since,
        "region": places.get(city.code), "industry": None if private else industry, "source": rng.choice(SOURCES),
        "maturity": _maturity(rng, grade, last), "phones": (_phone(rng, city),), "last_contact": last,
        "next_contact": following or since.date() + timedelta(days=intervals().get(grade, rules.DEFAULT_INTERVAL)),
        "tags": tuple(rng.sample(names.TAGS[language], rng.choice((0, 0, 0, 1, 1, 2)))) or None,
        "external_id": f"K-{10_000 + len(taken)}",
        "address": f"{rng.choice(names.STREETS[language])} {rng.randrange(1, 180)}, {city.name}",
    }  # fmt: skip
    domain = f"{_ascii(name) or f'client{len(taken)}'}.example.com"
    row["email"] = f"info@{domain}"
    if not private:
        row |= _terms(rng, country, grade, domain)
    plan = Plan(seller, country, row, since, last)
    _people(rng, plan, city, domain, 1 if private else 1 + {"A": 4, "B": 2, "C": 1, "D": 0}[grade] + rng.randrange(2))
    return plan


def _terms(rng: random.Random, country: str, grade: str, domain: str) -> dict[str, Any]:
    low, high = STAFF[grade]
    currency = "USD" if rng.random() < 0.08 else CURRENCY[country]
    capital = rng.randrange(1, 60) * {"A": 1_000_000, "B": 200_000, "C": 50_000, "D": 5_000}[grade]
    limit = {"A": 250, "B": 80, "C": 25, "D": 5}[grade] * rng.randrange(2, 6) * 1000
    digits = "".join(str(rng.randrange(10)) for _n in range(9))
    numbers = {"GB": f"GB{digits}", "DE": f"DE{digits}", "PT": f"PT{digits}", "ES": f"B{digits[:8]}"}
    return {
        "staff": rng.randrange(low, high), "registered_capital": Money(capital * 100, currency),
        "credit_limit": Money(limit * 100, currency) if grade in "AB" or rng.random() < 0.4 else None,
        "tax_number": numbers.get(country, f"91{digits}MA{digits[:5]}"), "website": f"https://www.{domain}/",
    }  # fmt: skip


def _company(rng: random.Random, language: str, industry: str, city: City, taken: set[str]) -> str:
    while True:
        trade, root = rng.choice(names.TRADES[language][industry]), rng.choice(names.ROOTS[language])
        if f"{root}{trade}{city.name if language == 'zh' else ''}" not in taken:
            break
    taken.add(f"{root}{trade}{city.name if language == 'zh' else ''}")
    return names.company(language, trade, root, rng.choice(names.FORMS[language]), city.name)


def _private(rng: random.Random, language: str, taken: set[str]) -> str:
    while (
        name := names.person(language, rng.choice(names.FIRST[language]), rng.choice(names.LAST[language]))
    ) in taken:
        continue
    taken.add(name)
    return name


def _cycle(rng: random.Random, seller: Seller, number: int, grade: str, today: date) -> tuple[date | None, date | None]:
    """The last contact, and the next one; none yet for some who are new."""
    interval = intervals().get(grade, rules.DEFAULT_INTERVAL)
    if number < len(seller.states):
        left = seller.states[number]
    elif rng.random() < (0.9 if seller.person is None else 0.05):
        return None, None
    else:
        chance = rng.random()
        left = (
            -rng.randrange(1, 15) if chance < 0.07 else 0 if chance < 0.1 else rng.randrange(1, 4) if chance < 0.16
            else rng.randrange(4, interval)
        )  # fmt: skip
        if seller.states:
            left = rng.randrange(4, interval)
    last = today + timedelta(days=left - interval)
    while left >= 4 and last.weekday() > 4:
        last -= timedelta(days=1)
        if last + timedelta(days=interval) < today + timedelta(days=4):
            last += timedelta(days=3)
    return last, last + timedelta(days=interval)


def _since(rng: random.Random, seller: Seller, last: date | None, today: date) -> datetime:
    day = today - timedelta(days=rng.randrange(1, 9)) if last is None else last - timedelta(days=rng.randrange(40, 360))
    return datetime.combine(day, time(rng.randrange(9, 17), rng.randrange(60)), ZoneInfo(seller.zone))


def _maturity(rng: random.Random, grade: str, last: date | None) -> str:
    if last is None:
        return "new"
    steps = {
        "A": "buying buying negotiating",
        "B": "buying negotiating interested",
        "C": "interested in_contact buying",
    }
    return rng.choice(steps.get(grade, "in_contact dormant interested").split())


def _phone(rng: random.Random, city: City) -> str:
    return city.dial + "".join(str(rng.randrange(10)) for _n in range(city.digits))


def _mobile(rng: random.Random, country: str) -> str:
    start, digits = {"ES": ("+34600000", 3), "CN": ("+861380000", 4)}.get(country, ("", 0))
    return start + "".join(str(rng.randrange(10)) for _n in range(digits))


def _ascii(name: str) -> str:
    word = "".join(part for part in name.lower().replace("&", "").split(",")[0] if part.isascii() and part.isalnum())
    return word[:24]


def _people(rng: random.Random, plan: Plan, city: City, domain: str, count: int) -> None:
    """The people of a customer: the first decides, the others report to him or to one another."""
    titles = list(names.TITLES[plan.language])
    for number, (title, role) in enumerate(titles[:1] + rng.sample(titles[1:], min(count, len(titles)) - 1)):
        first, last = rng.choice(names.FIRST[plan.language]), rng.choice(names.LAST[plan.language])
        name = names.person(plan.language, first, last) if plan.row["kind"] == "company" else plan.row["name"]
        mobile = _mobile(rng, plan.country)
        plan.people.append(
            {
                "name": name, "title": title if plan.row["kind"] == "company" else None, "role": role,
                "phones": (mobile,) if mobile else (_phone(rng, city),),
                "email": f"{_ascii(first + last) or f'contact{number + 1}'}@{domain}",
                "chat_id": f"wx_{rng.randrange(10**6)}" if plan.language == "zh" else None,
                "birthday": date(rng.randrange(1962, 2000), rng.randrange(1, 13), rng.randrange(1, 28)),
                "created_at": plan.since, "updated_at": plan.since, "created_by": plan.seller.person,
            }
        )  # fmt: skip
        plan.reports.append(None if number == 0 else 0 if number < 3 else 1)
        plan.contacts.append(0)


def group(found: Sequence[Plan], rng: random.Random) -> None:
    """Make some small companies parts of large ones of the same seller."""
    companies = [plan for plan in found if plan.row["kind"] == "company" and plan.seller.person]
    tops = [plan for plan in companies if plan.row["grade"] == "A"]
    small = [plan for plan in companies if plan.row["grade"] in "CD"]
    for child in rng.sample(small, min(24, len(small))):
        above = [top for top in tops if top.seller is child.seller and top.country == child.country]
        child.parent = rng.choice(above) if above else None
