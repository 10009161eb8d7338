"""One record open to one more person."""

from datetime import timedelta

import pytest

from bosun.kernel import records, registry, sharing
from bosun.kernel.errors import Denied, NotFound
from bosun.kernel.models import Change, Share
from bosun.lib import clock
from tests.kernel.world import World

CUSTOMERS = "customers"


def _names(world: World, who: str) -> list[str]:
    return [str(row) for row in records.query(CUSTOMERS, world.actor(who)).page().items]


def test_a_share_to_read_opens_the_record_but_not_for_writing(world: World) -> None:
    made = world.customer("ann", name="Halden")
    assert _names(world, "cyd") == []

    sharing.share(registry.get(CUSTOMERS), made.pk, world.people["cyd"], "read", world.act("ann"))

    assert _names(world, "cyd") == ["Halden"]
    with pytest.raises(Denied):
        records.change(CUSTOMERS, made.pk, {"name": "Mine"}, world.act("cyd"))
    assert str(records.get(CUSTOMERS, made.pk, world.actor("ann"))) == "Halden"
    assert Change.objects.filter(entity=CUSTOMERS, record_id=made.pk, verb="shared").count() == 1


def test_a_share_to_edit_opens_it_for_writing_but_not_for_removal(world: World) -> None:
    made = world.customer("ann", name="Halden")
    sharing.share(registry.get(CUSTOMERS), made.pk, world.people["cyd"], "edit", world.act("ann"))

    records.change(CUSTOMERS, made.pk, {"name": "Halden Paper"}, world.act("cyd"))

    assert _names(world, "ann") == ["Halden Paper"]
    with pytest.raises(Denied):
        records.remove_one(CUSTOMERS, made.pk, world.act("cyd"))


def test_a_share_ends_with_its_day_and_when_it_is_taken_back(world: World) -> None:
    made = world.customer("ann", name="Halden")
    customers, cyd = registry.get(CUSTOMERS), world.people["cyd"]

    sharing.share(customers, made.pk, cyd, "read", world.act("ann"), until=clock.today("UTC") - timedelta(days=2))
    assert _names(world, "cyd") == []
    sharing.share(customers, made.pk, cyd, "read", world.act("ann"))
    assert _names(world, "cyd") == ["Halden"]
    sharing.unshare(customers, made.pk, cyd, world.act("ann"))
    assert _names(world, "cyd") == []
    assert not Share.objects.exists()


def test_a_stranger_cannot_share_what_he_cannot_see(world: World) -> None:
    made = world.customer("ann", name="Halden")
    with pytest.raises(NotFound):
        sharing.share(registry.get(CUSTOMERS), made.pk, world.people["cyd"], "edit", world.act("cyd"))
    assert not Share.objects.exists()
