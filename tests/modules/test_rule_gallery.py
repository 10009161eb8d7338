"""The ten everyday rules: used from the gallery, switched on, and doing what they say."""

from __future__ import annotations

from typing import Any

import pytest

from bosun.kernel import records, stamps
from bosun.kernel.errors import Invalid
from bosun.modules.activities.models import Task
from bosun.platform.automation import gallery, telling, trying
from bosun.platform.automation.models import Run
from bosun.platform.places.models import Place
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.modules.conftest import deal

TEN = [
    "region_industry", "capital_staff_source", "province_in_turn", "new_class", "result_tag", "big", "hand_over",
    "ended_marks", "stage_told", "won_total_grade",
]  # fmt: skip


def switch_on(world: World, key: str, **given: Any) -> Any:
    """A rule of the gallery, switched on by Ada."""
    made = gallery.use(key, given, world.act("ada"))
    assert made.enabled is False
    records.change("rules", made.pk, {"enabled": True}, world.act("ada"))
    stamps.refresh()
    return made


def place(name: str) -> int:
    """The id of a place."""
    return int(Place.objects.get(code=name).pk)


def customer_now(pk: int) -> Any:
    """A customer as it stands."""
    return records.get("customers", pk, SYSTEM.actor)


def head(world: World) -> None:
    """Ben leads Ann's team."""
    records.change("departments", world.departments["team a"], {"head": "ben"}, SYSTEM)


def told(world: World, who: str, entity: str) -> list[str]:
    """What somebody was told about records of an entity."""
    rows = Notice.objects.filter(person_id=world.people[who], entity=entity, key__startswith="rule:")
    return list(rows.order_by("pk").values_list("text", flat=True))


def test_the_gallery_has_the_ten_everyday_rules_in_order() -> None:
    assert [each.key for each in gallery.templates()] == TEN


GIVEN: dict[str, dict[str, Any]] = {
    "region_industry": {"region": "Beijing", "rep": "cyd"},
    "province_in_turn": {"region": "Beijing", "people": ["ann", "cyd"]},
    "result_tag": {"tag": "keen"},
}


@pytest.mark.parametrize("key", TEN)
def test_each_ships_with_tests_that_pass_and_can_fail(world: World, key: str) -> None:
    made = gallery.use(key, GIVEN.get(key, {}), world.act("ada"))
    stamps.refresh()
    tried = trying.run(made, world.actor("ada"))
    assert [each.differs for each in tried] == [[] for _test in gallery.templates()[TEN.index(key)].tests]
    assert tried
    for test in made.tests:
        test["expect"] = {"runs": not test["expect"]["runs"]}
    assert [bool(each.differs) for each in trying.run(made, world.actor("ada"))] == [True] * len(tried)


def test_what_is_missing_is_named(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        gallery.use("region_industry", {"industry": "it", "nonsense": 1}, world.act("ada"))
    assert [error.field for error in caught.value.errors] == ["nonsense", "region", "rep"]


def test_1_region_and_industry_to_a_rep(world: World) -> None:
    switch_on(world, "region_industry", region=place("110000"), industry="it", rep="cyd")
    beijing, guangdong = place("110000"), place("440000")
    mine = world.customer("ada", name="Lotus", region=beijing, industry="it")
    others = [
        world.customer("ada", name="Pine", region=guangdong, industry="it"),
        world.customer("ada", name="Reed", region=beijing, industry="food"),
    ]
    assert customer_now(mine.pk).owner_id == world.people["cyd"]
    assert {customer_now(each.pk).owner_id for each in others} == {world.people["ada"]}


def test_2_capital_staff_and_source_make_a_grade(world: World) -> None:
    switch_on(world, "capital_staff_source")
    base = {"staff": 101, "source": "social_media", "registered_capital": {"amount": "50000001", "currency": "EUR"}}
    assert customer_now(world.customer("ann", name="A", **base).pk).grade == "A"
    for less in ({"staff": 100}, {"source": "fair"}, {"registered_capital": {"amount": "50000000", "currency": "EUR"}}):
        assert customer_now(world.customer("ann", name="B", **{**base, **less}).pk).grade is None


def test_3_a_province_is_shared_out_in_turn(world: World) -> None:
    ann, cyd = world.people["ann"], world.people["cyd"]
    switch_on(world, "province_in_turn", region=place("440000"), people=["ann", "cyd"])
    shenzhen = place("440300")
    owners = [customer_now(world.customer("ada", name=f"N {n}", region=shenzhen).pk).owner_id for n in range(3)]
    assert owners == [ann, cyd, ann]
    assert customer_now(world.customer("ada", name="Far", region=place("110000")).pk).owner_id == world.people["ada"]


def test_4_a_new_class_a_customer_is_reported(world: World) -> None:
    head(world)
    switch_on(world, "new_class")
    made = world.customer("ann", name="Halden", grade="B", industry="it", staff=7)
    records.change("customers", made.pk, {"grade": "A"}, world.act("ann"))
    records.change("customers", made.pk, {"staff": 8}, world.act("ann"))
    assert told(world, "ben", "customers") == ["Halden: A · IT ·  · 7 · Ann"]


def test_5_a_result_tags_the_customer(world: World) -> None:
    switch_on(world, "result_tag", result="refused", tag="not now")
    made = world.customer("ann", name="Halden", tags=["fair"])
    for result in ("positive", "refused"):
        raw = {"about": {"entity": "customers", "id": made.pk}, "subject": "Call", "result": result}
        records.create("follow_ups", raw, world.act("ann"))
        stamps.refresh()
    assert list(customer_now(made.pk).tags) == ["fair", "not now"]
    assert Run.objects.count() == 1


def test_6_a_big_opportunity_is_reported(world: World) -> None:
    head(world)
    switch_on(world, "big")
    deal(world, amount={"amount": "999999", "currency": "EUR"})
    made = deal(world, name="Line 4", amount={"amount": "1000000", "currency": "EUR"})
    records.change("opportunities", made.pk, {"name": "Line 5"}, world.act("ann"))
    (said,) = told(world, "ben", "opportunities")
    assert said.startswith("Line 4 · ")


def test_7_won_makes_a_task(world: World) -> None:
    switch_on(world, "hand_over", subject="Hand over {{name}}")
    made = deal(world)
    records.run_verb("opportunities", [made.pk], "win", {}, world.act("ann"))
    (task,) = Task.objects.all()
    assert (task.subject, task.owner_id) == ("Hand over Line 3", world.people["ann"])
    assert (task.about_entity, task.about_id) == ("opportunities", made.pk)
    assert task.due is not None


def test_8_won_and_lost_mark_the_customer(world: World) -> None:
    switch_on(world, "ended_marks")
    customer = world.customer("ann", name="Halden")
    one, two = (deal(world, name=name, customer=customer.pk) for name in ("One", "Two"))
    records.run_verb("opportunities", [one.pk], "win", {}, world.act("ann"))
    assert list(customer_now(customer.pk).tags) == ["Won"]
    records.run_verb("opportunities", [two.pk], "lose", {"lost_reason": "price"}, world.act("ann"))
    assert list(customer_now(customer.pk).tags) == ["Won", "Lost"]


def test_9_a_new_stage_is_told(world: World) -> None:
    head(world)
    switch_on(world, "stage_told", people=["cyd"])
    made = deal(world)
    records.run_verb("opportunities", [made.pk], "win", {}, world.act("ann"))
    assert told(world, "ben", "opportunities") == ["Line 3 → Won · Ann"]
    assert told(world, "cyd", "") == ["••• → ••• · •••"], "it is not open to Cyd, and there is nothing to be opened"


def test_10_what_a_customer_bought_decides_the_grade(world: World) -> None:
    switch_on(world, "won_total_grade", total=1500)
    customer = world.customer("ann", name="Halden", grade="C")
    for number, grade in ((1, "C"), (2, "A")):
        made = deal(world, name=f"Deal {number}", customer=customer.pk)
        records.run_verb("opportunities", [made.pk], "win", {}, world.act("ann"))
        assert customer_now(customer.pk).grade == grade
    (run,) = Run.objects.all()
    shown = telling.run(run, records.environment(world.actor("ada")))["clauses"]
    assert "2,000" in shown["items"][1]["saw"]
