"""To the bin and back, with what went with it."""

import pytest

from bosun.kernel import events, records, registry
from bosun.kernel.errors import Denied, Invalid, NotFound, Objected
from bosun.kernel.models import Change, Member, Outbox, Removal, Share
from bosun.platform.integrity import checks, hashing
from tests.kernel.world import SYSTEM, World, create


def test_a_record_goes_with_all_that_belongs_to_it_and_comes_back_whole(world: World) -> None:
    made = world.customer("ann", tags=["fair"], phones=["+4969555014"])
    boss = records.create("contacts", {"name": "Boss", "customer": made.pk}, world.act("ann"))
    records.create("contacts", {"name": "Aide", "customer": made.pk, "reports_to": boss.pk}, world.act("ann"))
    records.create("follow_ups", {"about": f"customers:{made.pk}", "type": "call"}, world.act("ann"))
    records.create("follow_ups", {"about": f"contacts:{boss.pk}", "type": "visit"}, world.act("ann"))
    other = world.customer("ann", name="Stays")
    before = hashing.content_hash()
    going, held_back = records.what_goes(registry.get("customers"), [made.pk])
    assert ({key: len(pks) for key, pks in going.items()}, held_back) == (
        {"customers": 1, "contacts": 2, "follow_ups": 2},
        {},
    )
    removal = records.remove_one("customers", made.pk, world.act("ann"))
    assert removal.counts == {"customers": 1, "contacts": 2, "follow_ups": 2}
    assert (removal.title, removal.actor_id) == ("Tidewater", world.people["ann"])
    assert [row.pk for row in records.query("customers", world.actor("ann")).page().items] == [other.pk]
    assert records.query("contacts", world.actor("ann")).count() == (0, True)
    with pytest.raises(NotFound):
        records.get("customers", made.pk, world.actor("ann"))
    assert list(checks.breaches()) == []
    records.restore(removal.pk, world.act("ann"))
    assert hashing.content_hash() == before
    assert list(checks.breaches()) == []


def test_the_ledger_and_the_outbox_tell_of_both_ways(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    listened = {key: [print] for key in ("customers.created", "customers.removed", "customers.restored")}
    monkeypatch.setattr(events, "_handlers", listened)
    made = world.customer("ann")
    removal = records.remove_one("customers", made.pk, world.act("ann", door="form"))
    records.restore(removal.pk, world.act("ann"))
    told = Change.objects.filter(entity="customers", record_id=made.pk).order_by("id")
    assert [(row.verb, row.version) for row in told] == [("created", 1), ("removed", 2), ("restored", 3)]
    names = Outbox.objects.filter(change__in=told).order_by("id").values_list("name", flat=True)
    assert list(names) == ["customers.created", "customers.removed", "customers.restored"]


def test_what_is_in_use_is_held_back_and_says_by_what(world: World) -> None:
    parent = world.customer("ann", name="Parent")
    world.customer("ann", name="Child", parent=parent.pk)
    with pytest.raises(Objected) as caught:
        records.remove_one("customers", parent.pk, world.act("ann"))
    (objection,) = caught.value.objections
    assert (objection.rule, objection.confirm, objection.details) == ("in_use", "", {"customers": 1})
    assert objection.reason == "Still in use by 1 Customers. Change those first."
    assert records.get("customers", parent.pk, world.actor("ann")).deleted_at is None


def test_parent_and_child_may_go_together(world: World) -> None:
    parent = world.customer("ann", name="Parent")
    child = world.customer("ann", name="Child", parent=parent.pk)
    removal = records.remove(registry.get("customers"), [parent.pk, child.pk], world.act("ann"))
    assert removal.counts == {"customers": 2}


@pytest.mark.parametrize(("entity", "who"), [("departments", "team a"), ("roles", "rep")])
def test_departments_and_roles_in_use_stay(world: World, entity: str, who: str) -> None:
    pk = world.departments[who] if entity == "departments" else world.roles[who]
    with pytest.raises(Objected) as caught:
        records.remove_one(entity, pk, SYSTEM)
    assert caught.value.objections[0].rule == "in_use"
    free = create(entity, name="Free")
    assert records.remove_one(entity, free.pk, SYSTEM).counts == {entity: 1}


def test_people_with_customers_stay(world: World) -> None:
    world.customer("cyd")
    with pytest.raises(Objected) as caught:
        records.remove_one("users", world.people["cyd"], SYSTEM)
    assert caught.value.objections[0].details["customers"] == 1


def test_a_stranger_cannot_remove_nor_bring_back(world: World) -> None:
    made = world.customer("ann")
    with pytest.raises(NotFound):
        records.remove_one("customers", made.pk, world.act("cyd"))
    removal = records.remove_one("customers", made.pk, world.act("ann"))
    for pk in (removal.pk, 10**12):
        with pytest.raises(NotFound):
            records.restore(pk, world.act("cyd"))
    assert list(records.restorable(registry.get("customers"), world.actor("cyd"))) == []
    assert [row.pk for row in records.restorable(registry.get("customers"), world.actor("ben"))] == [made.pk]


def test_who_may_read_but_not_remove_is_told_so(world: World) -> None:
    made = world.customer("ann")
    world.grant("rep", {"customers": {"read": "own", "change": "own"}})
    with pytest.raises(Denied):
        records.remove_one("customers", made.pk, world.act("ann"))


def test_one_foreign_record_among_many_stops_them_all(world: World) -> None:
    ours, theirs = world.customer("ann"), world.customer("cyd")
    with pytest.raises(NotFound):
        records.remove(registry.get("customers"), [ours.pk, theirs.pk], world.act("ann"))
    assert Removal.objects.count() == 0


def test_a_value_taken_meanwhile_stops_the_return(world: World) -> None:
    made = world.customer("ann", external_id="X1")
    removal = records.remove_one("customers", made.pk, world.act("ann"))
    world.customer("ann", name="New", external_id="X1")
    with pytest.raises(Invalid) as caught:
        records.restore(removal.pk, world.act("ann"))
    assert caught.value.title == "Another record now has the same “External ID”. Change that one first."


def test_what_went_before_by_itself_does_not_come_back_with_the_rest(world: World) -> None:
    made = world.customer("ann")
    first = records.create("contacts", {"name": "First", "customer": made.pk}, world.act("ann"))
    records.create("contacts", {"name": "Second", "customer": made.pk}, world.act("ann"))
    records.remove_one("contacts", first.pk, world.act("ann"))
    removal = records.remove_one("customers", made.pk, world.act("ann"))
    assert removal.counts == {"customers": 1, "contacts": 1}
    records.restore(removal.pk, world.act("ann"))
    names = [row.name for row in records.query("contacts", world.actor("ann")).page().items]
    assert names == ["Second"]


def test_restoring_twice_does_nothing_the_second_time(world: World) -> None:
    made = world.customer("ann")
    removal = records.remove_one("customers", made.pk, world.act("ann"))
    records.restore(removal.pk, world.act("ann"))
    with pytest.raises(NotFound):
        records.restore(removal.pk, world.act("ann"))
    assert records.get("customers", made.pk, world.actor("ann")).version == 3


def test_bringing_back_a_part_whose_whole_is_in_the_bin_is_refused(world: World) -> None:
    made = world.customer("ann")
    part = records.create("contacts", {"name": "Part", "customer": made.pk}, world.act("ann"))
    removal = records.remove_one("contacts", part.pk, world.act("ann"))
    records.remove_one("customers", made.pk, world.act("ann"))
    with pytest.raises((Invalid, NotFound)):
        records.restore(removal.pk, SYSTEM)
    assert list(checks.breaches()) == []


def test_a_purge_ends_index_and_shares_too(world: World) -> None:
    made = world.customer("ann", tags=["fair"])
    Share.objects.create(entity="customers", record_id=made.pk, person_id=world.people["cyd"])
    records.remove_one("customers", made.pk, world.act("ann"))
    records.purge(registry.get("customers"), [made.pk], SYSTEM)
    assert not registry.get("customers").model._default_manager.filter(pk=made.pk).exists()
    assert not Member.objects.filter(record_id=made.pk, field__startswith="customers.").exists()
    assert not Share.objects.exists()
    assert list(checks.breaches()) == []
