"""An administrator invents an object; reps work with it on every page, and it goes and comes back whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bosun.kernel import records, registry, stamps
from bosun.platform.customize import objects
from bosun.platform.customize.models import CustomObject
from tests.kernel.world import SYSTEM, World
from tests.web.conftest import Seat

Sit = Callable[[str], Seat]
NEW = "/settings/objects/new"
FIELDS = "/settings/fields/x_vehicles/new"


@pytest.fixture(autouse=True)
def nothing_registered() -> Iterator[None]:
    """Invented entities would outlive the transaction of a test."""
    yield
    for entity in [found for found in registry.all_entities() if isinstance(found, objects.Invented)]:
        registry.forget(entity)


def invent(world: World, seat: Seat, **more: Any) -> CustomObject:
    """Vehicles, with seats and the customer that has them, for reps."""
    rights = {f"scope_{world.roles['rep']}": "own"}
    said = {"name": "Vehicle", "plural": "Vehicles", "title_label": "Number plate", "icon": "truck", "menu": "main"}
    answer = seat.send(NEW, 204, **{**said, "plurals_es": "Vehículos", **rights, **more})
    assert answer.headers["HX-Redirect"] == "/settings/fields/x_vehicles"
    seat.send(FIELDS, 204, label="Seats", kind="number")
    seat.send(FIELDS, 204, label="Driven for", kind="ref", target="customers")
    stamps.refresh()
    made: CustomObject = CustomObject.objects.get()
    return made


def test_a_rep_works_with_it_on_every_page(world: World, sit: Sit) -> None:
    invent(world, sit("ada"))
    ann = sit("ann")
    customer = world.customer("ann", name="Halden")
    home = ann.get("/customers")
    assert 'href="/x_vehicles"' in home
    assert "Vehicles" in home
    form = ann.get("/x_vehicles/new")
    for said in ("Number plate", "Seats", "Driven for"):
        assert said in form
    ann.post("/x_vehicles/new", 302, name="OK 1234", x_seats="5", x_driven_for=str(customer.pk))
    row = records.query("x_vehicles", world.actor("ann")).page().items[0]
    assert row.custom == {"x_seats": 5, "x_driven_for": customer.pk}
    listed = ann.get("/x_vehicles")
    for said in ("OK 1234", "Halden", "Seats"):
        assert said in listed
    at = f"/x_vehicles/{row.pk}"
    for page in (at, f"{at}/history", f"{at}/panel", f"{at}/edit"):
        assert "OK 1234" in ann.get(page)
    theirs = ann.get(f"/customers/{customer.pk}")
    assert f'href="{at}"' in theirs
    assert f"/x_vehicles/new?x_driven_for={customer.pk}" in theirs
    assert "Halden" in ann.get(f"/x_vehicles/new?x_driven_for={customer.pk}")
    assert "OK 1234" in ann.get("/search?q=ok+12")
    answer = ann.client.post(f"{at}/composer", {"text": "New tyres", "kind": "call"}, headers={"HX-Request": "true"})
    assert answer.status_code == 204, answer.content
    assert "New tyres" in ann.get(at)
    assert records.get("customers", customer.pk, SYSTEM.actor).last_contact is not None
    assert "OK 1234" in ann.get("/x_vehicles", filter={"field": "x_driven_for", "op": "is", "value": customer.pk})
    ann.send(f"{at}/remove", 204)
    assert "OK 1234" in ann.get("/bin")
    assert 'href="/x_vehicles"' not in sit("ben").get("/customers")
    sit("ben").get("/x_vehicles", 404)


def test_its_own_title_is_not_called_shipped(world: World, sit: Sit) -> None:
    ada = sit("ada")
    invent(world, ada)
    assert "<h2>Part of the object</h2>" in ada.get("/settings/fields/x_vehicles")
    assert "<h2>Shipped</h2>" in ada.get("/settings/fields/customers")


def test_translations_are_folded_away(world: World, sit: Sit) -> None:
    page = sit("ada").fragment(NEW)
    first, _found, folded = page.partition('<details class="langfold">')
    assert 'name="plural"' in first
    assert [name in first for name in ("labels_es", "plurals_es", "title_labels_es")] == [False] * 3
    assert [name in folded for name in ("labels_es", "plurals_es", "title_labels_es")] == [True] * 3


def test_labels_follow_the_reader(world: World, sit: Sit) -> None:
    invent(world, sit("ada"))
    records.change("users", world.people["ann"], {"language": "es"}, SYSTEM)
    assert "Vehículos" in sit("ann").get("/customers")


def test_it_goes_with_its_records_and_comes_back_with_them(world: World, sit: Sit) -> None:
    ada = sit("ada")
    row = invent(world, ada)
    for plate in ("OK 1", "OK 2"):
        records.create("x_vehicles", {"name": plate}, SYSTEM)
    old = records.create("x_vehicles", {"name": "Old"}, SYSTEM)
    records.remove_one("x_vehicles", old.pk, SYSTEM)
    said = ada.get(f"/settings/objects/{row.pk}/remove")
    assert "2 records, 2 fields" in said
    ada.send(f"/settings/objects/{row.pk}/remove", 204)
    ada.get("/x_vehicles", 404)
    assert registry.find("x_vehicles") is None
    assert "x_vehicles" in ada.get("/settings/objects")
    ada.send(f"/settings/objects/{row.pk}/restore", 204)
    assert sorted(str(each) for each in records.query("x_vehicles", SYSTEM.actor).page().items) == ["OK 1", "OK 2"]
    assert "OK 1" in ada.get("/x_vehicles")


def test_a_field_elsewhere_holds_it_back(world: World, sit: Sit) -> None:
    ada = sit("ada")
    row = invent(world, ada)
    ada.send("/settings/fields/customers/new", 204, label="Lorry", kind="ref", target="x_vehicles")
    assert "Customers: Lorry" in ada.get(f"/settings/objects/{row.pk}/remove")
    ada.send(f"/settings/objects/{row.pk}/remove", 409)
    assert registry.find("x_vehicles") is not None


def test_only_administrators_invent(world: World, sit: Sit) -> None:
    row = invent(world, sit("ada"))
    for address in ("/settings/objects", NEW, f"/settings/objects/{row.pk}"):
        sit("ann").get(address, 403)
    sit("ann").send(NEW, 403, name="Boat", plural="Boats")
    assert CustomObject.objects.count() == 1


def test_names_icon_and_place_are_changed_at_once(world: World, sit: Sit) -> None:
    ada = sit("ada")
    row = invent(world, ada)
    said = {"name": "Car", "plural": "Cars", "icon": "route", "menu": "settings", "version": str(row.version)}
    ada.send(f"/settings/objects/{row.pk}", 204, **said)
    page = sit("ann").get("/x_vehicles")
    assert "Cars" in page
    assert 'href="/x_vehicles"' not in sit("ann").get("/customers")
    assert ada.client.post(NEW, {"name": "Van", "plural": "Vans", "key": "vans"}).status_code == 422


def test_files_go_in_and_out(world: World, sit: Sit) -> None:
    invent(world, sit("ada"))
    ann = sit("ann")
    world.customer("ann", name="Halden")
    assert "/x_vehicles/import" in ann.get("/x_vehicles")
    assert ann.get("/x_vehicles/import")
    records.create("x_vehicles", {"name": "OK 9", "x_seats": 4}, world.act("ann"))
    assert ann.get("/x_vehicles/export")
