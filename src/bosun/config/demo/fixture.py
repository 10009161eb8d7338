"""The small world of the tests: people with their scopes, a few records each, and canaries where nobody may look.

The same every time, but for passwords, tokens and canaries, which are random.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bosun.config.demo import invented
from bosun.config.people import give_password, log_in_of
from bosun.kernel import records, registry, sharing, stamps
from bosun.kernel.actor import Act, system_actor
from bosun.lib import clock
from bosun.platform.accounts.services import make_token
from bosun.platform.org.models import Person
from bosun.platform.org.shipped import scopes

SYSTEM = Act(system_actor(), "system", cause="fixture")
EVERYTHING = "read create change remove export import"
ENTITIES = ("customers", "contacts", "follow_ups", "tasks", "opportunities", invented.VEHICLES, invented.SAMPLES)
HIDDEN = invented.HIDDEN | {
    "customers": {"credit_limit": "none", **invented.HIDDEN["customers"]}, "contacts": {"id_no": "none"},
    "opportunities": {"cost_price": "none"},
}  # fmt: skip
ROLES: dict[str, dict[str, Any]] = {
    "rep": {"grants": {key: scopes("own", EVERYTHING) for key in ENTITIES}, "field_rights": HIDDEN},
    "manager": {"grants": {key: scopes("below", f"{EVERYTHING} transfer") for key in ENTITIES}},
    "fin": {"grants": {key: scopes("all", "read export") for key in ENTITIES}},
    "svc": {"grants": {key: scopes("all", "read change") for key in ENTITIES}, "field_rights": HIDDEN},
    "ro": {"grants": {key: scopes("all", "read") for key in ENTITIES}, "field_rights": HIDDEN},
}
for _rights in ROLES.values():
    _rights["grants"] |= {
        key: scopes("own", f"{EVERYTHING} transfer") for key in ("reminders", "notepad_notes", "memos")
    }
    _rights["grants"]["subscriptions"] = scopes("own", "read create change remove")
    _rights["grants"]["occurrences"] = scopes("own", "read change export")
ROLES["rep"]["grants"]["tasks"] = scopes("own", f"{EVERYTHING} transfer")
PEOPLE = (
    ("admin", "admin", "Ada Admin", "", "company"),
    ("mgrA", "ben", "Ben Berg", "manager", "team A"),
    ("repA1", "ann", "Ann Berg", "rep", "team A"),
    ("repA2", "repa2", "Abe Repa", "rep", "team A"),
    ("repB1", "cyd", "Cyd Lin", "rep", "team B"),
    ("fin", "fin", "Fin Ances", "fin", "company"),
    ("svc", "svc", "Svea Desk", "svc", "company"),
    ("ro", "ro", "Ron Looker", "ro", "company"),
    ("exA", "exa", "Exa Gone", "rep", "team A"),
)
ALL = frozenset(("admin", "mgrA", "fin"))
"""Who reads everything of team A: fields that are hidden from reps included."""


@dataclass(frozen=True)
class Canary:
    """A string that only `seen_by` may ever be shown."""

    text: str
    entity: str
    id: int
    field: str
    seen_by: frozenset[str]


@dataclass
class World:
    """What was made: people, records by who owns them, tokens, passwords and canaries."""

    people: dict[str, int] = field(default_factory=dict)
    usernames: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    records: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    canaries: list[Canary] = field(default_factory=list)

    def keep(self, who: str, entity: str, pk: int) -> None:
        """Note a record under its owner."""
        self.records.setdefault(who, {}).setdefault(entity, []).append(pk)

    def as_json(self) -> dict[str, Any]:
        """What `bosun fixture --json` prints."""
        people = {
            key: {"id": pk, "username": self.usernames[key], "password": self.passwords.get(key)}
            for key, pk in self.people.items()
        }
        canaries = [
            {"text": one.text, "entity": one.entity, "id": one.id, "field": one.field, "seen_by": sorted(one.seen_by)}
            for one in self.canaries
        ]
        return {"people": people, "tokens": self.tokens, "records": self.records, "canaries": canaries}


def build(with_passwords: bool = True) -> World:
    """Make the world in an empty database."""
    world = World()
    invented.declare()
    _people(world)
    for who, count in (("repA1", 3), ("repA2", 2), ("repB1", 3)):
        for number in range(count):
            _customer(world, who, number)
    _between(world)
    for who, delegate in (("repA1", "repA2"), ("repB1", "svc")):
        _personal(world, who, delegate)
    _credentials(world, with_passwords)
    stamps.refresh()
    return world


def _people(world: World) -> None:
    departments: dict[str, int] = {}
    for name, above in (("company", None), ("team A", "company"), ("team B", "company")):
        raw: dict[str, Any] = {"name": name, "parent": departments.get(above or "")}
        departments[name] = records.create("departments", raw, SYSTEM).pk
    roles = {key: records.create("roles", {"name": f"Fixture {key}", **how}, SYSTEM).pk for key, how in ROLES.items()}
    (administrator,) = records.query("roles", SYSTEM.actor).where(administrator=True).page(limit=1).items
    for key, username, name, role, department in PEOPLE:
        raw = {
            "username": username, "name": name, "email": f"{username}@example.com",
            "department": departments[department], "roles": [roles.get(role, administrator.pk)],
        }  # fmt: skip
        world.people[key] = records.create("users", raw, SYSTEM).pk
        world.usernames[key] = username
    records.change("departments", departments["team A"], {"head": world.people["mgrA"]}, SYSTEM)


def _customer(world: World, who: str, number: int) -> None:
    """A customer with one contact and one follow-up; what is closed to others carries a canary."""
    readers = {"repA1": ALL | {"repA1"}, "repA2": ALL | {"repA2"}, "repB1": frozenset(("admin", "fin", "repB1"))}[who]
    closed, wide = readers - {who}, readers | {"svc", "ro"}
    name = f"Halden {number}" if who == "repA1" else _canary()
    limit = f"{secrets.randbelow(9 * 10**8) + 10**8}"
    raw: dict[str, Any] = {
        "name": name, "grade": "ABC"[number % 3], "owner": world.people[who], "staff": 10 + number,
        "phones": [f"+4969555{secrets.randbelow(9000) + 1000}"], "credit_limit": {"amount": limit, "currency": "EUR"},
        "tags": [f"tag-{name}"], "email": f"{name.lower().replace(' ', '.')}@example.com", "address": f"Quay {name}",
        "x_hint": (hint := _canary()), "x_deed": invented.file(deed := _canary()),
    }  # fmt: skip
    customer = records.create("customers", raw, SYSTEM).pk
    person, id_no, note, step = (_canary() for _n in range(4))
    raw = {"name": person, "customer": customer, "id_no": id_no, "title": f"Buyer {person}"}
    contact = records.create("contacts", raw, SYSTEM).pk
    day = (clock.today("UTC") + timedelta(days=number)).isoformat()
    raw = {
        "about": f"contacts:{contact}", "type": "call", "note": note, "contact": contact, "person": world.people[who],
        "next_step": step, "next_step_on": day,
    }  # fmt: skip
    told = records.create("follow_ups", raw, SYSTEM).pk
    for entity, pk in (("customers", customer), ("contacts", contact), ("follow_ups", told)):
        world.keep(who, entity, pk)
    _opportunity(world, who, customer, f"Deal {number}" if who == "repA1" else _canary(), wide, closed)
    _invented(world, who, customer, wide, closed)
    if who != "repA1":
        world.canaries.append(Canary(name, "customers", customer, "name", wide))
    world.canaries += [
        Canary(hint, "customers", customer, "x_hint", closed),
        Canary(deed, "customers", customer, "x_deed", closed),
        Canary(limit, "customers", customer, "credit_limit", closed),
        Canary(person, "contacts", contact, "name", wide),
        Canary(id_no, "contacts", contact, "id_no", closed),
        Canary(note, "follow_ups", told, "note", wide),
        Canary(step, "follow_ups", told, "next_step", wide),
    ]


def _invented(world: World, who: str, customer: int, wide: frozenset[str], closed: frozenset[str]) -> None:
    """A vehicle and a sample; what is hidden from reps in them carries canaries too."""
    for key, make in ((invented.VEHICLES, invented.vehicle), (invented.SAMPLES, invented.sample)):
        pk, said = make(world.people[who], customer)
        world.keep(who, key, pk)
        for name, text in said.items():
            readers = closed if name in invented.HIDDEN[key] else wide
            sealed = name == "x_secret"
            world.canaries.append(Canary(text, key, pk, name, frozenset(("admin",)) if sealed else readers))


def _opportunity(
    world: World, who: str, customer: int, name: str, readers: frozenset[str], closed: frozenset[str]
) -> None:
    """A sale in progress; what it costs us is closed to reps."""
    cost = f"{secrets.randbelow(9 * 10**8) + 10**8}"
    raw: dict[str, Any] = {
        "name": name, "customer": customer, "owner": world.people[who], "amount": {"amount": "1200", "currency": "EUR"},
        "cost_price": {"amount": cost, "currency": "EUR"}, "closes": (clock.today("UTC") + timedelta(days=30)),
    }  # fmt: skip
    pk = records.create("opportunities", raw, SYSTEM).pk
    world.keep(who, "opportunities", pk)
    world.canaries.append(Canary(cost, "opportunities", pk, "cost_price", closed))
    if name.startswith("CNRY"):
        world.canaries.append(Canary(name, "opportunities", pk, "name", readers))


def _between(world: World) -> None:
    """What lies across the borders: a foreign parent, a foreign sale, a shared record, one in the bin."""
    ours, theirs = world.records["repA1"]["customers"], world.records["repB1"]["customers"]
    records.change("customers", ours[2], {"parent": theirs[1]}, SYSTEM)
    _opportunity(world, "repB1", ours[0], _canary(), ALL | {"repA1", "repB1", "svc", "ro"}, ALL)
    name = _canary()
    shared = records.create("customers", {"name": name, "owner": world.people["repB1"]}, SYSTEM).pk
    sharing.share(registry.get("customers"), shared, world.people["repA1"], "read", SYSTEM)
    world.keep("shared", "customers", shared)
    readers = frozenset(("admin", "fin", "svc", "ro", "repB1", "repA1"))
    world.canaries.append(Canary(name, "customers", shared, "name", readers))
    gone = _canary()
    binned = records.create("customers", {"name": gone, "owner": world.people["repB1"]}, SYSTEM).pk
    records.remove_one("customers", binned, SYSTEM)
    world.keep("binned", "customers", binned)
    world.canaries.append(Canary(gone, "customers", binned, "name", frozenset(("admin", "repB1"))))


def _personal(world: World, who: str, delegate: str) -> None:
    """What is one's own: an absence to come, a reminder, a subscription. Nothing of it begins for weeks."""
    person, today = world.people[who], clock.today("UTC")
    days = {"first_day": today + timedelta(days=30), "last_day": today + timedelta(days=34)}
    note, text, name = (_canary() for _n in range(3))
    made: tuple[tuple[str, dict[str, Any], str, frozenset[str]], ...] = (
        (
            "delegations", {"person": person, "delegate": world.people[delegate], "note": note, **days}, "note",
            frozenset((who, delegate, "admin")),
        ),
        (
            "reminders", {"text": text, "due_at": clock.now() + timedelta(days=30), "owner": person}, "text",
            frozenset((who, "admin")),
        ),
        (
            "subscriptions",
            {
                "name": name, "entity": "customers", "rule": "FREQ=WEEKLY", "owner": person,
                "starts": clock.now() + timedelta(days=30),
            },
            "name", frozenset((who, "admin")),
        ),
    )  # fmt: skip
    for entity, raw, of, readers in made:
        pk = records.create(entity, raw, SYSTEM).pk
        world.keep(who, entity, pk)
        world.canaries.append(Canary(raw[of], entity, pk, of, readers))


def _credentials(world: World, with_passwords: bool) -> None:
    for key, pk in world.people.items():
        person = Person.objects.get(pk=pk)
        world.tokens[f"tok{key[0].upper()}{key[1:]}"] = make_token(person, "fixture")
        if with_passwords:
            world.passwords[key] = give_password(log_in_of(world.usernames[key]))
    world.tokens["tokA1"] = world.tokens["tokRepA1"]
    world.tokens["tokRO"] = make_token(Person.objects.get(pk=world.people["ro"]), "fixture", "read")
    records.change("users", world.people["exA"], {"active": False}, SYSTEM)


def _canary() -> str:
    return f"CNRY-{secrets.token_hex(6)}"
