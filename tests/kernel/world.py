"""A small company to test the door with: Ann sells, Ben leads her team, Cyd sells in another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bosun.kernel import records, stamps
from bosun.kernel.actor import Act, Actor, system_actor
from bosun.platform.org import actors

REP = {
    "customers": {
        "read": "own", "create": "own", "change": "own", "remove": "own", "export": "own", "import": "own",
    },
    "contacts": {"read": "own", "create": "own", "change": "own", "remove": "own"},
    "follow_ups": {"read": "own", "create": "own", "change": "own", "remove": "own"},
}  # fmt: skip
MANAGER = {
    "customers": {"read": "below", "create": "own", "change": "below", "remove": "below", "transfer": "below"},
    "contacts": {"read": "below", "create": "own", "change": "below"},
    "follow_ups": {"read": "below", "create": "own", "change": "below"},
}
HIDDEN = {"customers": {"credit_limit": "none"}, "contacts": {"id_no": "none"}}
SYSTEM = Act(system_actor(), "system")


def create(entity: str, **values: Any) -> Any:
    """A record made by the software itself."""
    return records.create(entity, values, SYSTEM)


def actor_of(pk: int) -> Actor:
    """The rights of a person as they are now."""
    stamps.refresh()
    found = actors.load(pk)
    assert found is not None
    return found


@dataclass
class World:
    """People by name, and departments."""

    departments: dict[str, int] = field(default_factory=dict)
    roles: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)

    def person(self, name: str, role: str, department: str, **more: Any) -> int:
        """Hire somebody."""
        held = {"name": name, "username": name.lower(), "department": self.departments[department]}
        made = create("users", **held, roles=[self.roles[role]], **more)
        self.people[name.lower()] = made.pk
        return int(made.pk)

    def actor(self, name: str) -> Actor:
        """Somebody's rights as they are now."""
        return actor_of(self.people[name])

    def act(self, name: str, **how: Any) -> Act:
        """Somebody doing something through the API."""
        return Act(self.actor(name), how.pop("door", "api"), **how)

    def customer(self, who: str, **values: Any) -> Any:
        """A customer that somebody enters, and means to, should there be one of that name."""
        meant = self.act(who, confirm=frozenset({"duplicate"}))
        return records.create("customers", {"name": "Tidewater", **values}, meant)

    def grant(self, role: str, grants: Mapping[str, Any]) -> None:
        """Change the rights of a role."""
        records.change("roles", self.roles[role], {"grants": grants}, SYSTEM)


def build() -> World:
    """Sales with two teams; Ann and Ben in the first, Cyd in the second; Ada runs the machine."""
    world = World()
    world.departments["sales"] = create("departments", name="Sales").pk
    world.departments["team a"] = create("departments", name="Team A", parent=world.departments["sales"]).pk
    world.departments["team b"] = create("departments", name="Team B", parent=world.departments["sales"]).pk
    world.roles["rep"] = create("roles", name="Test rep", grants=REP, field_rights=HIDDEN).pk
    world.roles["manager"] = create("roles", name="Test manager", grants=MANAGER).pk
    world.roles["admin"] = create("roles", name="Test administrator", administrator=True).pk
    world.person("Ada", "admin", "sales")
    world.person("Ann", "rep", "team a", zone="Europe/Madrid")
    world.person("Ben", "manager", "team a")
    world.person("Cyd", "rep", "team b")
    return world
