"""An object that users invent behaves as an entity that ships, in every process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from bosun.kernel import access, history, records, registry, stamps
from bosun.kernel.errors import Invalid, NotFound, Objected
from bosun.lib import clock
from bosun.platform.accounts.services import make_token
from bosun.platform.customize import objects, objectservices
from bosun.platform.integrity import checks
from bosun.platform.org.models import Person
from bosun.platform.search import services as search
from tests.kernel.world import SYSTEM, World, create
from tests.platform.test_automation_engine import rule

KEY = "x_vehicles"


def field(**values: Any) -> None:
    """A field of vehicles."""
    records.create("custom_fields", {"entity": KEY, **values}, SYSTEM)


@pytest.fixture
def vehicles(world: World) -> Iterator[World]:
    """Vehicles with a plate, seats and the customer they belong to; reps may do everything with their own."""
    create(
        "custom_objects", key=KEY, name="Vehicle", plural="Vehicles", plurals={"es": "Vehículos"}, title_label="Plate"
    )
    field(name="x_seats", label="Seats", kind="number")
    field(name="x_of", label="Customer", kind="ref", settings={"target": "customers"})
    field(name="x_note", label="Note", kind="text")
    rights = dict.fromkeys(("read", "create", "change", "remove", "export", "import"), "own")
    held = records.get("roles", world.roles["rep"], SYSTEM.actor).grants
    world.grant("rep", {**held, KEY: rights})
    stamps.refresh()
    yield world
    for entity in [found for found in registry.all_entities() if isinstance(found, objects.Invented)]:
        registry.forget(entity)


def vehicle(world: World, who: str, **values: Any) -> Any:
    """A vehicle that somebody enters."""
    return records.create(KEY, {"name": "OK 1234", **values}, world.act(who))


def test_its_records_are_written_found_changed_binned_and_restored(vehicles: World) -> None:
    customer = vehicles.customer("ann", name="Halden")
    made = vehicle(vehicles, "ann", x_seats=5, x_of=customer.pk, x_note="Tow bar")
    act = vehicles.act("ann")
    env = records.environment(act.actor)
    query = records.query(KEY, act.actor, env)
    assert list(access.specs(registry.get(KEY), act.actor))[:1] == ["name"]
    assert str(access.specs(registry.get(KEY), act.actor)["name"].label) == "Plate"
    assert [row.pk for row in query.filter({"field": "x_of.name", "op": "is", "value": "Halden"}).page().items] == [
        made.pk
    ]
    assert [row.pk for row in query.sort(["x_of"]).page().items] == [made.pk]
    assert [hit.title for hit in search.find("ok 12", env)] == ["OK 1234"]
    assert [row.pk for row in query.search("tow").page().items] == [made.pk]
    records.change(KEY, made.pk, {"x_seats": 4}, act)
    said = [
        (entry.verb, [line.spec.name for line in entry.lines])
        for entry in history.of_record(query.entity, made.pk, env)
    ]
    assert said[0] == ("changed", ["x_seats"])
    removal = records.remove_one(KEY, made.pk, act)
    with pytest.raises(NotFound):
        records.get(KEY, made.pk, act.actor)
    records.restore(removal.pk, act)
    assert records.get(KEY, made.pk, act.actor).custom["x_seats"] == 4
    assert list(checks.breaches()) == []


def test_rows_of_one_object_are_no_rows_of_another(vehicles: World) -> None:
    create("custom_objects", key="x_boats", name="Boat", plural="Boats")
    boat = records.create("x_boats", {"name": "OK 1234", "external_id": "1"}, SYSTEM)
    car = records.create(KEY, {"name": "OK 1234", "external_id": "1"}, SYSTEM)
    assert [row.pk for row in records.query("x_boats", SYSTEM.actor).page().items] == [boat.pk]
    assert [row.pk for row in records.query(KEY, SYSTEM.actor).page().items] == [car.pk]
    with pytest.raises(NotFound):
        records.get("x_boats", car.pk, SYSTEM.actor)
    with pytest.raises(Invalid):
        records.create(KEY, {"name": "Second", "external_id": "1"}, SYSTEM)


def test_it_takes_rights_like_any_entity(vehicles: World) -> None:
    made = vehicle(vehicles, "ann", x_seats=5)
    assert records.query(KEY, vehicles.actor("cyd")).count() == (0, True)
    with pytest.raises(NotFound):
        records.get(KEY, made.pk, vehicles.actor("cyd"))
    assert not access.may(vehicles.actor("ben"), registry.get(KEY), "read")


def test_a_customer_that_goes_for_good_leaves_an_empty_reference(vehicles: World) -> None:
    customer = vehicles.customer("ann", name="Halden")
    made = vehicle(vehicles, "ann", x_of=customer.pk)
    removal = records.remove_one("customers", customer.pk, SYSTEM)
    assert removal.counts == {"customers": 1}
    records.purge(registry.get("customers"), [customer.pk], SYSTEM)
    assert records.get(KEY, made.pk, SYSTEM.actor).custom == {}


def test_undo_of_a_batch_leaves_what_an_invented_field_refers_to(vehicles: World) -> None:
    act = vehicles.act("ann", batch="b1")
    customer = records.create("customers", {"name": "Halden"}, act)
    vehicle(vehicles, "cyd", x_of=None)
    vehicle(vehicles, "ann", x_of=customer.pk)
    done = records.undo("b1", vehicles.act("ann"))
    assert (done.removed, [pk for _key, pk, _title in done.left_alone]) == (0, [customer.pk])


def test_follow_ups_about_it_reach_the_customer(vehicles: World) -> None:
    customer = vehicles.customer("ann", name="Halden")
    made = vehicle(vehicles, "ann", x_of=customer.pk)
    about = {"entity": KEY, "id": made.pk}
    told = records.create("follow_ups", {"about": about, "type": "call", "note": "Rust"}, vehicles.act("ann"))
    assert told.customer_id == customer.pk
    assert records.get("customers", customer.pk, SYSTEM.actor).last_contact is not None


def test_the_api_knows_it_at_once_and_forgets_it_at_once(vehicles: World) -> None:
    token = make_token(Person.objects.get(pk=vehicles.people["ann"]))
    api = Client(headers={"authorization": f"Bearer {token}"}, raise_request_exception=False)
    sent = api.post(f"/api/v1/{KEY}", json.dumps({"name": "OK 1", "x_seats": 5}), "application/json")
    assert sent.status_code == 201, sent.content
    document = api.get("/api/v1/openapi.json").content.decode()
    assert f"/{KEY}" in document
    assert '"x_seats"' in document
    assert api.get(f"/api/v1/{KEY}?sort=-x_seats").json()["items"][0]["x_seats"] == 5
    row = records.query("custom_objects", SYSTEM.actor).page().items[0]
    records.remove_one("custom_objects", row.pk, SYSTEM)
    assert api.get(f"/api/v1/{KEY}").status_code == 404
    assert f"/{KEY}" not in api.get("/api/v1/openapi.json").content.decode()


def test_another_process_learns_of_it_with_its_next_request(vehicles: World) -> None:
    registry.forget(registry.get(KEY))
    stamps.forget()
    assert registry.find(KEY) is None
    stamps.refresh()
    assert registry.get(KEY).plural == "Vehicles"


def test_an_object_taken_back_with_its_transaction_is_not_known(world: World) -> None:
    with transaction.atomic():
        create("custom_objects", key="x_ghosts", name="Ghost", plural="Ghosts")
        assert registry.find("x_ghosts") is not None
        transaction.set_rollback(True)
    stamps.refresh()
    assert registry.find("x_ghosts") is None


def test_what_rules_reminders_and_subscriptions_speak_of_stays(vehicles: World) -> None:
    made = vehicle(vehicles, "ann")
    row = records.query("custom_objects", SYSTEM.actor).where(key=KEY).page(1).items[0]
    rule(vehicles, f"{KEY}.saved", [{"action": "set", "field": "x_note", "value": "T"}], name="Tow bars first")
    counted = {"action": "create", "entity": KEY, "values": {"name": "N"}}
    rule(vehicles, "customers.saved", [counted], name="A vehicle each")
    about, due = {"entity": KEY, "id": made.pk}, clock.now() + timedelta(days=1)
    create("reminders", text="Renew the plate", about=about, due_at=due, owner=vehicles.people["ann"])
    weekly = {"rule": "FREQ=WEEKLY", "starts": due, "owner": vehicles.people["ann"]}
    records.create("subscriptions", {"name": "All vehicles", "entity": KEY, **weekly}, SYSTEM)
    ada = vehicles.act("ada")
    said = (
        "Reminders are about its records: “Renew the plate (Ann)”. Finish or remove those first. "
        "Rules use it: “Tow bars first”, “A vehicle each”. Change or remove those first. "
        "Subscriptions list its records: “All vehicles (Ann)”. Cancel those first."
    )
    with pytest.raises(Objected) as caught:
        objectservices.remove_object(row.pk, ada)
    assert caught.value.title == said
    with pytest.raises(Objected) as caught:
        records.remove_one("custom_objects", row.pk, ada)
    assert caught.value.title == said
    assert records.get(KEY, made.pk, vehicles.act("ann").actor).name == "OK 1234"
    for key in ("rules", "reminders", "subscriptions"):
        for each in records.query(key, SYSTEM.actor).page(10).items:
            records.remove_one(key, each.pk, SYSTEM)
    objectservices.remove_object(row.pk, ada)
    stamps.refresh()
    assert registry.find(KEY) is None
