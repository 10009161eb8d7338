"""Two people at one record: other fields both stay, the same field asks."""

import pytest

from bosun.kernel import records
from bosun.kernel.errors import Clash, Conflict
from bosun.kernel.models import Change
from tests.kernel.world import World


def test_writers_of_different_fields_both_win(world: World) -> None:
    made = world.customer("ann")
    records.change("customers", made.pk, {"phones": ["+4969555014"]}, world.act("ann"), seen=1)
    records.change("customers", made.pk, {"address": "Quay 4"}, world.act("ben"), seen=1)
    held = records.get("customers", made.pk, world.actor("ann"))
    assert (held.phones, held.address, held.version) == (["+4969555014"], "Quay 4", 3)


def test_writers_of_one_field_are_shown_both_values(world: World) -> None:
    made = world.customer("ann", staff=10)
    records.change("customers", made.pk, {"staff": 11}, world.act("ben"), seen=1)
    with pytest.raises(Conflict) as caught:
        records.change("customers", made.pk, {"staff": 12, "address": "Quay 4"}, world.act("ann"), seen=1)
    assert caught.value.clashes == [Clash("staff", 11, 12)]
    assert (caught.value.by, caught.value.version) == ("Ben", 2)
    held = records.get("customers", made.pk, world.actor("ann"))
    assert (held.staff, held.address, held.version) == (11, None, 2)


def test_the_same_value_twice_is_no_conflict(world: World) -> None:
    made = world.customer("ann", staff=10)
    records.change("customers", made.pk, {"staff": 11}, world.act("ben"), seen=1)
    assert records.change("customers", made.pk, {"staff": 11}, world.act("ann"), seen=1).diff == {}
    assert Change.objects.filter(entity="customers", record_id=made.pk).count() == 2


def test_a_stale_form_that_sends_every_field_keeps_what_others_changed(world: World) -> None:
    made = world.customer("ann", staff=10, address="Quay 4")
    records.change("customers", made.pk, {"staff": 11}, world.act("ben"), seen=1)
    form = {"name": "Tidewater", "staff": 10, "address": "Quay 5"}
    records.change("customers", made.pk, form, world.act("ann", door="form"), seen=1)
    held = records.get("customers", made.pk, world.actor("ann"))
    assert (held.staff, held.address) == (11, "Quay 5")


def test_without_a_version_just_the_fields_are_written(world: World) -> None:
    made = world.customer("ann", staff=10)
    records.change("customers", made.pk, {"staff": 11}, world.act("ben"))
    records.change("customers", made.pk, {"staff": 12}, world.act("ann"))
    assert records.get("customers", made.pk, world.actor("ann")).staff == 12


def test_a_conflict_names_what_was_sent_as_it_was_seen(world: World) -> None:
    made = world.customer("ann", staff=10, address="Quay 4")
    records.change("customers", made.pk, {"staff": 11, "address": "Dock 9"}, world.act("ben"), seen=1)
    with pytest.raises(Conflict) as caught:
        records.change("customers", made.pk, {"staff": 10, "address": "Quay 5"}, world.act("ann"), seen=1)
    assert [clash.field for clash in caught.value.clashes] == ["address"]
    assert caught.value.kept == {"staff"}


def test_after_seeing_the_conflict_one_may_insist(world: World) -> None:
    made = world.customer("ann", staff=10)
    records.change("customers", made.pk, {"staff": 11}, world.act("ben"), seen=1)
    with pytest.raises(Conflict) as caught:
        records.change("customers", made.pk, {"staff": 12}, world.act("ann"), seen=1)
    again = records.change("customers", made.pk, {"staff": 12}, world.act("ann"), seen=caught.value.version)
    assert again.diff == {"staff": (11, 12)}


def test_history_names_every_writer(world: World) -> None:
    made = world.customer("ann", staff=10)
    records.change("customers", made.pk, {"staff": 11}, world.act("ben", door="import"), seen=1)
    records.change("customers", made.pk, {"address": "Quay"}, world.act("ann", door="form"), seen=1)
    told = Change.objects.filter(entity="customers", record_id=made.pk).order_by("id")
    assert [(row.actor_name, row.door, row.version) for row in told] == [
        ("Ann", "api", 1), ("Ben", "import", 2), ("Ann", "form", 3),
    ]  # fmt: skip


def test_a_conflict_on_a_field_that_is_hidden_from_the_writer_cannot_arise(world: World) -> None:
    made = world.customer("ann")
    limit = {"amount": "5.00", "currency": "EUR"}
    records.change("customers", made.pk, {"credit_limit": limit}, world.act("ben"), seen=1)
    draft = records.change("customers", made.pk, {"staff": 4}, world.act("ann"), seen=1)
    assert draft.diff == {"staff": (None, 4)}
