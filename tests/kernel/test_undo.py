"""Taking back a batch: what it made goes, what it changed is put back, what people touched since stays."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

from bosun.kernel import records, registry
from bosun.kernel.actor import Act, new_batch
from bosun.kernel.drafts import Draft
from bosun.kernel.models import Change, Member
from bosun.lib import clock
from bosun.platform.integrity import checks, hashing
from tests.kernel.world import REP, SYSTEM, World, create


def batch_of(world: World, who: str = "ada") -> Act:
    return world.act(who, door="import", batch=new_batch())


def bring(act: Act, entity: str, *raws: Mapping[str, object]) -> list[Draft]:
    drafts = [Draft(registry.get(entity), raw, verb="created") for raw in raws]
    records.save(drafts, act)
    assert [draft.failure for draft in drafts] == [None] * len(drafts)
    return drafts


def test_what_a_batch_made_is_gone_for_good_and_the_hash_is_as_before(world: World) -> None:
    old = world.customer("ann", grade="B", tags=["old"])
    before = hashing.content_hash()
    act = batch_of(world)
    bring(act, "departments", {"name": "Imported"})
    bring(act, "users", {"name": "Dora", "department": "Imported"})
    made = bring(act, "customers", {"name": "One", "tags": ["new"], "owner": "Dora"})
    bring(act, "customers", {"name": "Two", "parent": "One"})
    bring(act, "contacts", {"name": "Person", "customer": "One"})
    bring(act, "follow_ups", {"about": f"customers:{made[0].pk}", "type": "call"})
    records.change("customers", old.pk, {"grade": "A", "tags": ["new"]}, act)
    assert hashing.content_hash() != before
    done = records.undo(act.batch, world.act("ada"))
    assert (done.removed, done.put_back, done.left_alone) == (6, 1, [])
    assert hashing.content_hash() == before
    assert not registry.get("customers").model._default_manager.filter(name="One").exists()
    assert list(Member.objects.filter(field="customers.tags").values_list("value", flat=True)) == ["old"]
    assert list(checks.breaches()) == []


def test_one_line_stays_in_the_ledger(world: World) -> None:
    act = batch_of(world)
    bring(act, "customers", {"name": "One"}, {"name": "Two"})
    records.undo(act.batch, world.act("ada"))
    (line,) = Change.objects.filter(batch=act.batch, verb="undone")
    assert (line.actor_name, line.entity) == ("Ada", "customers")
    assert line.diff == {"removed": [None, 2], "put_back": [None, 0]}


def test_twice_is_once(world: World) -> None:
    act = batch_of(world)
    old = world.customer("ann", staff=1)
    bring(act, "customers", {"name": "One"})
    records.change("customers", old.pk, {"staff": 2}, act)
    records.undo(act.batch, world.act("ada"))
    records.change("customers", old.pk, {"staff": 2}, world.act("ann"))
    again = records.undo(act.batch, world.act("ada"))
    assert (again.removed, again.put_back, again.left_alone) == (0, 0, [])
    assert records.get("customers", old.pk, world.actor("ann")).staff == 2


def test_a_field_that_somebody_changed_since_is_left_and_the_others_are_put_back(world: World) -> None:
    old = world.customer("ann", staff=1, address="Quay 1")
    act = batch_of(world)
    records.change("customers", old.pk, {"staff": 2, "address": "Quay 2"}, act)
    records.change("customers", old.pk, {"staff": 3}, world.act("ann"))
    done = records.undo(act.batch, world.act("ada"))
    held = records.get("customers", old.pk, world.actor("ann"))
    assert (held.staff, held.address) == (3, "Quay 1")
    assert done.left_alone == [("customers", old.pk, "Tidewater")]
    assert done.put_back == 1


def test_a_field_changed_by_somebody_and_back_again_is_left(world: World) -> None:
    old = world.customer("ann", staff=1)
    act = batch_of(world)
    records.change("customers", old.pk, {"staff": 2}, act)
    records.change("customers", old.pk, {"staff": 9}, world.act("ann"))
    records.change("customers", old.pk, {"staff": 2}, world.act("ann"))
    records.undo(act.batch, world.act("ada"))
    assert records.get("customers", old.pk, world.actor("ann")).staff == 2


def test_a_made_record_that_somebody_changed_stays(world: World) -> None:
    act = batch_of(world)
    one, two = bring(act, "customers", {"name": "One"}, {"name": "Two"})
    assert one.pk is not None
    records.change("customers", one.pk, {"staff": 4}, world.act("ada"))
    done = records.undo(act.batch, world.act("ada"))
    assert (done.removed, done.left_alone) == (1, [("customers", one.pk, "One")])
    assert records.query("customers", world.actor("ada")).count() == (1, True)
    assert two.pk is not None


def test_a_made_record_that_others_now_refer_to_stays_with_what_it_needs(world: World) -> None:
    act = batch_of(world)
    top, middle, free = bring(act, "customers", {"name": "Top"}, {"name": "Middle"}, {"name": "Free"})
    assert middle.pk is not None
    records.change("customers", middle.pk, {"parent": top.pk}, act)
    world.customer("ada", name="Mine", parent=middle.pk)
    done = records.undo(act.batch, world.act("ada"))
    assert done.removed == 1
    assert sorted(title for _key, _pk, title in done.left_alone) == ["Middle", "Top"]
    assert not registry.get("customers").model._default_manager.filter(pk=free.pk).exists()
    assert list(checks.breaches()) == []


def test_a_follow_up_recorded_since_keeps_its_customer(world: World) -> None:
    act = batch_of(world)
    (one,) = bring(act, "customers", {"name": "One"})
    records.create("follow_ups", {"about": f"customers:{one.pk}", "type": "call"}, world.act("ada"))
    done = records.undo(act.batch, world.act("ada"))
    assert [entry[:2] for entry in done.left_alone] == [("customers", one.pk)]
    assert list(checks.breaches()) == []


def test_several_changes_of_one_record_go_back_to_the_first_value(world: World) -> None:
    old = world.customer("ann", staff=1)
    act = batch_of(world)
    for count in (2, 3, 4):
        records.change("customers", old.pk, {"staff": count}, act)
    records.undo(act.batch, world.act("ada"))
    assert records.get("customers", old.pk, world.actor("ann")).staff == 1


def test_a_bulk_removal_comes_back(world: World) -> None:
    made = [world.customer("ann", name=f"N{n}") for n in range(3)]
    before = hashing.content_hash()
    act = world.act("ann", door="bulk", batch=new_batch())
    records.remove(registry.get("customers"), [record.pk for record in made], act)
    done = records.undo(act.batch, world.act("ann"))
    assert done.put_back == 3
    assert hashing.content_hash() == before


def test_what_a_follow_up_did_to_its_customer_is_undone_with_it(world: World) -> None:
    made = world.customer("ann", grade="A")
    before = hashing.content_hash()
    act = batch_of(world)
    raw = {"about": f"customers:{made.pk}", "type": "call", "next_step": "Call", "next_step_on": "2030-01-01"}
    bring(act, "follow_ups", raw)
    assert records.get("customers", made.pk, world.actor("ann")).next_step == "Call"
    records.undo(act.batch, world.act("ada"))
    assert hashing.content_hash() == before


def test_ten_thousand_edits_can_be_taken_back(world: World) -> None:
    entity = registry.get("customers")
    made = [world.customer("ann", name=f"N{n}").pk for n in range(40)]
    act = world.act("ann", door="bulk", batch=new_batch())
    records.bulk_change(entity, made, {"tags": ["bulk"], "grade": "C"}, act)
    records.change(entity, made[7], {"grade": "D"}, world.act("ann"))
    done = records.undo(act.batch, SYSTEM)
    assert (done.put_back, [pk for _key, pk, _title in done.left_alone]) == (40, [made[7]])
    rows: Any = entity.model._default_manager.filter(pk__in=made)
    held = {row.pk: (row.grade, row.tags) for row in rows}
    assert held.pop(made[7]) == ("D", None)
    assert set(held.values()) == {(None, None)}


def test_what_is_not_open_any_more_is_left_as_it_is(world: World) -> None:
    entity = registry.get("customers")
    gone, held = (world.customer("ann", name=name, staff=1).pk for name in ("Gone", "Held"))
    act = world.act("ann", door="bulk", batch=new_batch())
    records.bulk_change(entity, [gone, held], {"staff": 2}, act)
    records.change(entity, gone, {"owner": "cyd", "name": "CNRY"}, world.act("ada"))
    theirs = Change.objects.filter(entity="customers", record_id=gone).count()
    done = records.undo(act.batch, world.act("ann"))
    assert (done.put_back, done.left_alone) == (1, [("customers", gone, "Not open to you")])
    rows: dict[int, Any] = dict(entity.model._default_manager.in_bulk([gone, held]))
    assert {pk: (row.staff, row.version) for pk, row in rows.items()} == {gone: (2, 3), held: (1, 3)}
    assert Change.objects.filter(entity="customers", record_id=gone).count() == theirs


def test_without_the_right_to_change_nothing_is_taken_back(world: World) -> None:
    old = world.customer("ann", staff=1)
    act = world.act("ann", batch=new_batch())
    records.change("customers", old.pk, {"staff": 2}, act)
    world.grant("rep", {"customers": {"read": "own"}})
    before = hashing.content_hash()
    done = records.undo(act.batch, world.act("ann"))
    assert (done.put_back, done.left_alone) == (0, [("customers", old.pk, "Tidewater")])
    assert hashing.content_hash() == before


def test_whoever_handed_a_record_over_takes_it_back(world: World) -> None:
    old = world.customer("ann")
    before = hashing.content_hash()
    act = world.act("ben", door="verb", batch=new_batch())
    records.run_verb("customers", [old.pk], "transfer", {"owner": "cyd"}, act)
    assert not records.query("customers", world.actor("ben")).count()[0]
    done = records.undo(act.batch, world.act("ben"))
    assert (done.put_back, done.left_alone) == (1, [])
    assert hashing.content_hash() == before


def test_batches_on_the_same_records_are_taken_back_one_after_the_other(world: World) -> None:
    before = hashing.content_hash()
    first, second = batch_of(world), batch_of(world)
    made = bring(first, "customers", {"name": "One", "staff": 1}, {"name": "Two", "staff": 1})
    for draft in made:
        records.change("customers", draft.id, {"staff": 2, "grade": "A"}, second)
    between = records.undo(second.batch, world.act("ada"))
    assert (between.put_back, between.left_alone) == (2, [])
    done = records.undo(first.batch, world.act("ada"))
    assert (done.removed, done.left_alone, hashing.content_hash()) == (2, [], before)


def test_what_a_later_batch_left_behind_still_counts(world: World) -> None:
    first, second = batch_of(world), batch_of(world)
    (made,) = bring(first, "customers", {"name": "One", "staff": 1})
    records.change("customers", made.id, {"staff": 2}, second)
    records.change("customers", made.id, {"staff": 3}, world.act("ada"))
    records.undo(second.batch, world.act("ada"))
    done = records.undo(first.batch, world.act("ada"))
    assert (done.removed, done.left_alone) == (0, [("customers", made.id, "One")])
    assert records.get("customers", made.id, world.actor("ada")).staff == 3


def test_many_changes_are_put_back_with_a_few_queries_each(
    world: World, django_assert_max_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    old = [create("customers", name=f"Firm {number}", staff=1).pk for number in range(40)]
    before = hashing.content_hash()
    act = batch_of(world)
    for staff in (2, 3):
        records.bulk_change("customers", old, {"staff": staff, "tags": [f"t{staff}"]}, act)
    with django_assert_max_num_queries(2 * 40 + 60):
        done = records.undo(act.batch, world.act("ada"))
    assert (done.put_back, hashing.content_hash(), list(checks.breaches())) == (80, before, [])


def without_removing(world: World) -> None:
    world.grant("rep", {**REP, "customers": {**REP["customers"], "remove": "none"}})


def test_a_moment_ago_what_one_made_is_taken_back_without_the_right_to_remove(world: World) -> None:
    without_removing(world)
    act = batch_of(world, "ann")
    bring(act, "customers", {"name": "Typo"})
    assert records.undo(act.batch, world.act("ann")).removed == 1


def test_later_on_what_one_made_is_ended_for_good_by_whoever_may_remove_it(world: World) -> None:
    """Undo is no way round the right to remove, which it would go past even without the bin."""
    without_removing(world)
    act = batch_of(world, "ann")
    (made,) = bring(act, "customers", {"name": "Old"})
    with clock.fixed(clock.now() + timedelta(hours=2)):
        done = records.undo(act.batch, world.act("ann"))
    assert (done.removed, done.left_alone) == (0, [("customers", made.pk, "Old")])
    assert records.get("customers", made.id, world.actor("ann")).name == "Old"


def test_whoever_may_not_do_it_any_more_takes_nothing_back(world: World) -> None:
    act = batch_of(world, "ann")
    bring(act, "customers", {"name": "Mine"})
    world.grant("rep", {})
    done = records.undo(act.batch, world.act("ann"))
    assert (done.removed, [title for _key, _pk, title in done.left_alone]) == (0, ["Not open to you"])
    assert registry.get("customers").model._default_manager.filter(name="Mine").exists()
