"""Followers: who may follow, who hears, and who hears no more."""

from __future__ import annotations

from typing import Any

import pytest

from bosun.kernel import records, sharing, stamps
from bosun.kernel.errors import Denied, Invalid, NotFound
from bosun.platform.automation.models import Run
from bosun.platform.followers import services
from bosun.platform.followers.models import Follower
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World

CUSTOMERS = records.entity_of("customers")


def rule(world: World, do: list[dict[str, Any]]) -> Any:
    raw = {"name": "Tell", "event": "customers.changed", "do": do, "enabled": True}
    made = records.create("rules", raw, world.act("ada"))
    stamps.refresh()
    return made


def told(world: World) -> list[int]:
    return list(Notice.objects.order_by("pk").values_list("person_id", flat=True))


def test_followers_hear_while_they_may_read_it(world: World) -> None:
    ann, ben, cyd = (world.people[name] for name in ("ann", "ben", "cyd"))
    customer = world.customer("ann", name="Halden")
    rule(world, [{"action": "notify", "to": ["followers"], "text": "{{name}} changed"}])
    sharing.share(CUSTOMERS, customer.pk, cyd, "read", SYSTEM)
    for name in ("ann", "ben", "cyd"):
        assert services.follow(CUSTOMERS, customer.pk, world.people[name], world.actor(name))
    assert not services.follow(CUSTOMERS, customer.pk, ann, world.actor("ann")), "once is enough"
    records.change("customers", customer.pk, {"grade": "A"}, SYSTEM)
    assert told(world) == [ann, ben, cyd]
    sharing.unshare(CUSTOMERS, customer.pk, cyd, SYSTEM)
    stamps.refresh()
    services.unfollow(CUSTOMERS, customer.pk, ben, world.actor("ben"))
    records.change("customers", customer.pk, {"grade": "B"}, SYSTEM)
    assert told(world) == [ann, ben, cyd, ann]
    assert services.of(CUSTOMERS, customer.pk) == [ann]


def test_nobody_follows_what_he_may_not_read(world: World) -> None:
    customer = world.customer("ann", name="Halden")
    ann, cyd = world.people["ann"], world.people["cyd"]
    with pytest.raises(NotFound):
        services.follow(CUSTOMERS, customer.pk, cyd, world.actor("cyd"))
    with pytest.raises(Invalid):
        services.follow(CUSTOMERS, customer.pk, cyd, world.actor("ann"))
    sharing.share(CUSTOMERS, customer.pk, cyd, "read", SYSTEM)
    with pytest.raises(Denied):
        services.follow(CUSTOMERS, customer.pk, ann, world.actor("cyd"))
    assert Follower.objects.count() == 0


def test_rules_add_and_take_off_followers(world: World) -> None:
    ann, ben = world.people["ann"], world.people["ben"]
    customer = world.customer("ann", name="Halden")
    services.add(CUSTOMERS, customer.pk, [ann])
    made = rule(world, [{"action": "follow", "add": ["ben", "cyd"], "remove": ["owner"]}])
    records.change("customers", customer.pk, {"grade": "A"}, SYSTEM)
    assert services.of(CUSTOMERS, customer.pk) == [ben]
    assert Run.objects.get().results == [{"action": "follow", "added": [ben], "removed": [ann]}]
    broken: list[dict[str, Any]] = [{}, {"add": []}, {"add": ["nobody"]}, {"add": {"a": 1}}]
    for wrong in broken:
        with pytest.raises(Invalid):
            records.change("rules", made.pk, {"do": [{"action": "follow", **wrong}]}, world.act("ada"))
