"""What people, files and programs write for a reference."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction

from bosun.kernel import records, stamps
from bosun.kernel.actor import Actor, FieldRight
from bosun.kernel.env import Env
from bosun.kernel.errors import Invalid
from bosun.modules.customers.models import Customer
from bosun.platform.org.models import Person
from bosun.platform.places.models import Place
from tests.kernel.world import SYSTEM, World, create


def env_of(actor: Actor, strict: bool = True) -> Env:
    return records.environment(actor, strict=strict)


def resolve(world: World, who: str, model: type, raw: object) -> int:
    return env_of(world.actor(who)).refs.resolve(model, raw)


@pytest.mark.parametrize("raw", ["ann", "Ann", " ann ", {"username": "ann"}, {"name": "Ann"}])
def test_a_person_is_meant_by_username_or_name(world: World, raw: object) -> None:
    assert resolve(world, "cyd", Person, raw) == world.people["ann"]


def test_a_person_is_meant_by_id_in_every_shape(world: World) -> None:
    pk = world.people["ann"]
    for raw in (pk, str(pk), {"id": pk}, {"id": str(pk)}, {"id": pk, "name": "somebody else"}):
        assert resolve(world, "cyd", Person, raw) == pk


def test_me_is_whoever_asks(world: World) -> None:
    assert resolve(world, "ben", Person, "me") == world.people["ben"]


def test_a_record_is_meant_by_external_id_before_its_name(world: World) -> None:
    coded = world.customer("ann", name="A", external_id="B")
    named = world.customer("ann", name="B")
    assert resolve(world, "ann", Customer, "B") == coded.pk
    assert resolve(world, "ann", Customer, {"external_id": "B"}) == coded.pk
    assert resolve(world, "ann", Customer, {"external_id": "00B", "id": named.pk}) == named.pk


def test_titles_are_met_without_regard_to_case_accents_and_width(world: World) -> None:
    made = world.customer("ann", name="Peñarol ＡＢＣ")
    for raw in ("peñarol ABC", "PEÑAROL abc"):
        assert resolve(world, "ann", Customer, raw) == made.pk


def test_two_of_one_name_are_not_guessed_between(world: World) -> None:
    world.customer("ann", name="Twin", external_id="1")
    world.customer("ann", name="twin", external_id="2")
    with pytest.raises(Invalid) as caught:
        resolve(world, "ann", Customer, "TWIN")
    assert caught.value.title == "Several are called “TWIN”. Give the external ID."


def test_a_place_is_met_by_code_and_by_its_other_names(world: World) -> None:
    made = create("places", name="Testland", level="country", code="T1", aliases=["Terra", "测试国"])
    inner = create("places", name="Testland", level="city", parent=made.pk, code="T2")
    assert resolve(world, "ann", Place, "T1") == made.pk
    assert resolve(world, "ann", Place, "测试国") == made.pk
    assert resolve(world, "ann", Place, "T2") == inner.pk
    assert resolve(world, "ann", Place, "testland") == made.pk


def test_what_is_not_open_is_not_there(world: World) -> None:
    foreign = world.customer("cyd", name="Hidden", external_id="H1")
    said = set()
    for raw in (foreign.pk, {"id": foreign.pk}, {"external_id": "H1"}, 10**12, {"external_id": "H2"}):
        with pytest.raises(Invalid) as caught:
            resolve(world, "ann", Customer, raw)
        said.add(caught.value.title)
    assert said == {"There is no such record, or it is not open to you."}
    for raw in ("Hidden", "H1"):
        with pytest.raises(Invalid) as caught:
            resolve(world, "ann", Customer, raw)
        assert caught.value.title == f"“{raw}” was not found, or is not open to you."


def test_what_is_in_the_bin_is_not_there(world: World) -> None:
    gone = world.customer("ann", name="Gone")
    records.remove_one("customers", gone.pk, world.act("ann"))
    with pytest.raises(Invalid):
        resolve(world, "ann", Customer, gone.pk)


@pytest.mark.parametrize("raw", [-1, 0, 2**63, True, 1.5, [], {}, {"id": "1e3"}, {"id": -4}, "", "²"])
def test_nonsense_is_refused(world: World, raw: object) -> None:
    with pytest.raises(Invalid):
        resolve(world, "ann", Customer, raw)


def test_many_are_looked_up_with_few_queries(world: World, django_assert_max_num_queries: object) -> None:
    made = [world.customer("ann", name=f"N{n}", external_id=f"E{n}") for n in range(30)]
    env = env_of(world.actor("ann"))
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        env.refs.expect(Customer, [f"E{n}" for n in range(15)] + [f"n{n}" for n in range(15, 30)])
        found = [env.refs.resolve(Customer, f"E{n}") for n in range(15)]
        found += [env.refs.resolve(Customer, f"n{n}") for n in range(15, 30)]
    assert found == [record.pk for record in made]


def test_a_reference_that_is_not_open_shows_no_name(world: World) -> None:
    foreign = world.customer("cyd", name="CNRY")
    env = env_of(world.actor("ann"))
    kind = Customer.bosun_specs["parent"].kind  # type: ignore[attr-defined]
    assert kind.to_json(foreign.pk, env) == {"id": None, "name": "Not open to you"}
    assert kind.text(foreign.pk, env) == "Not open to you"
    assert kind.export(foreign.pk, env) == ""


def test_an_owner_is_answered_with_name_and_username(world: World) -> None:
    env = env_of(world.actor("cyd"))
    kind = Customer.bosun_specs["owner"].kind  # type: ignore[attr-defined]
    assert kind.to_json(world.people["ann"], env) == {"id": world.people["ann"], "name": "Ann", "username": "ann"}
    assert kind.export(world.people["ann"], env) == "ann"


def test_any_record_may_be_written_as_text(world: World) -> None:
    made = world.customer("ann", external_id="X1")
    for about in (f"customers:{made.pk}", {"entity": "customers", "external_id": "X1"}):
        told = records.create("follow_ups", {"about": about, "type": "call"}, world.act("ann"))
        assert (told.about_entity, told.about_id, told.customer_id) == ("customers", made.pk, made.pk)
    wrong: tuple[Any, ...] = ("customers", "nothing:4", f"customers:{10**12}", 4)
    for bad in wrong:
        with pytest.raises(Invalid):
            records.create("follow_ups", {"about": bad, "type": "call"}, world.act("ann"))


def named(actor: Actor, model: type, pk: int) -> Any:
    """What a page of now shows of a reference."""
    stamps.refresh()
    card = env_of(actor).refs.card(model, pk)
    return card and card["name"]


def test_names_kept_in_memory_follow_the_records(world: World) -> None:
    pk, cyd = world.people["ann"], world.actor("cyd")
    assert [named(cyd, Person, pk), named(cyd, Person, pk)] == ["Ann", "Ann"]
    create_later = create("users", name="Dan", username="dan").pk
    assert named(cyd, Person, create_later + 1) is None
    kept = dict(stamps._held)
    records.change("users", pk, {"name": "Anna"}, SYSTEM)
    eve = create("users", name="Eve", username="eve").pk
    stamps._held.update(kept)  # as in another process, which holds the old names
    assert [named(cyd, Person, pk), named(cyd, Person, eve)] == ["Anna", "Eve"]
    records.remove_one("users", create_later, SYSTEM)
    assert named(cyd, Person, create_later) is None


def test_names_kept_in_memory_are_those_of_the_reader(world: World) -> None:
    place = create("places", name="Sevilla", level="city", labels={"en": "Seville"}).pk
    english = world.actor("cyd")
    spanish = replace(english, language="es")
    closed = replace(english, field_rights={("users", "name"): FieldRight.NONE})
    assert [named(actor, Place, place) for actor in (english, spanish, english)] == ["Seville", "Sevilla", "Seville"]
    pk = world.people["ann"]
    assert [named(actor, Person, pk) for actor in (english, closed, english)] == ["Ann", f"Person {pk}", "Ann"]


def test_a_name_that_was_taken_back_is_not_kept(world: World) -> None:
    pk, cyd = world.people["ann"], world.actor("cyd")
    with transaction.atomic():
        records.change("users", pk, {"name": "Anna"}, SYSTEM)
        assert env_of(cyd).refs.card(Person, pk) == {"id": pk, "name": "Anna", "username": "ann"}
        transaction.set_rollback(True)
    assert named(cyd, Person, pk) == "Ann"
