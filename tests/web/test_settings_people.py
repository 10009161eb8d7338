"""People in the settings: entered with a first password, changed, sent away with a hand-over; and who may not."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from bosun.kernel import records
from bosun.platform.accounts.models import User
from bosun.platform.org.models import Person
from tests.kernel.world import World, create
from tests.web.conftest import Seat

MINE = ("/me", "/me/devices", "/me/tokens", "/me/rights")
CLOSED = (
    "/settings/company",
    "/settings/people",
    "/settings/people/new",
    "/settings/departments",
    "/settings/departments/new",
    "/settings/positions",
    "/settings/positions/new",
    "/settings/roles",
    "/settings/roles/new",
    "/settings/options",
    "/settings/options/grade",
    "/settings/rates",
    "/settings/rates/new",
    "/settings/places",
    "/settings/grades",
    "/settings/system",
)


@pytest.mark.parametrize("who", ["ann", "ben"])
@pytest.mark.parametrize("address", CLOSED)
def test_the_settings_are_closed_to_those_who_may_change_nothing_there(
    sit: Callable[[str], Seat], who: str, address: str
) -> None:
    seat = sit(who)
    assert "This is not open to you" in seat.get(address, 403)
    seat.send(address, 405 if address.split("/")[-1] in GET_ONLY else 403, name="x")


GET_ONLY = {"people", "departments", "positions", "roles", "options", "rates", "places", "system"}


@pytest.mark.parametrize("address", ["people/{}", "people/{}/password", "people/{}/active", "people/{}/rights"])
def test_nobody_without_the_right_touches_a_person(world: World, sit: Callable[[str], Seat], address: str) -> None:
    seat = sit("ann")
    target = world.people["cyd"]
    before = Person.objects.get(pk=target).version
    hashed = User.objects.get(person_id=target).password
    page = f"/settings/{address.format(target)}"
    seat.get(page, 403)
    seat.send(page, 403, name="Mallory", password="mallory horse 1", roles=[world.roles["admin"]])
    assert Person.objects.get(pk=target).version == before
    assert User.objects.get(person_id=target).password == hashed


@pytest.mark.parametrize("address", [*CLOSED, *MINE, "/settings"])
def test_strangers_are_asked_to_sign_in(db: None, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/account/login/")


def test_a_rep_finds_only_what_is_his_own(sit: Callable[[str], Seat]) -> None:
    seat = sit("ben")
    assert seat.client.get("/settings").headers["Location"] == "/me"
    assert "/imports" not in seat.get("/me")
    seat = sit("ann")
    assert seat.client.get("/settings").headers["Location"] == "/me"
    assert 'href="/imports"' in seat.get("/me")
    page = seat.get("/me")
    assert 'href="/me/tokens"' in page
    assert "/settings/people" not in page
    assert "/settings/roles" not in page


def test_an_administrator_finds_every_page(sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    assert seat.client.get("/settings").headers["Location"] == "/settings/company"
    page = seat.get("/settings/company")
    for place in ("people", "departments", "positions", "roles", "options", "grades", "rates", "places", "system"):
        assert f'href="/settings/{place}"' in page
        assert seat.client.get(f"/settings/{place}").status_code in (200, 302)


def test_a_new_person_gets_a_password_that_is_shown_once(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    form = {"name": "Dora Lind", "username": "dora", "email": "dora@example.com", "roles": [str(world.roles["rep"])]}
    page = seat.post("/settings/people/new", 200, **form, roles_shown="1").content.decode()
    shown = re.search(r"<code[^>]*>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</code>", page)
    assert shown is not None
    person = Person.objects.get(username="dora")
    assert person.roles == [world.roles["rep"]]
    assert Client().post("/account/login/", {"login": "dora", "password": shown[1]}).status_code == 302
    assert shown[1] not in seat.get(f"/settings/people/{person.pk}")


def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    page = seat.post("/settings/people/new", 422, name="Dora", username="Dora Lind", email="dora").content.decode()
    assert 'value="Dora Lind"' in page
    assert "Use lower-case letters, digits, dots and dashes." in page
    assert not Person.objects.filter(name="Dora").exists()
    page = seat.post("/settings/people/new", 422, name="Another Ann", username="ann").content.decode()
    assert 'id="id_username-err"' in page


def test_two_who_edit_one_field_both_see_both_values(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    address = f"/settings/people/{world.people['cyd']}"
    version = Person.objects.get(pk=world.people["cyd"]).version
    records.change("users", world.people["cyd"], {"name": "Cyd Meanwhile"}, world.act("ada"))
    page = seat.post(address, 409, name="Cyd Mine", username="cyd", version=str(version)).content.decode()
    assert "Cyd Meanwhile" in page
    assert "Cyd Mine" in page
    assert Person.objects.get(pk=world.people["cyd"]).name == "Cyd Meanwhile"


def test_who_leaves_hands_over_and_it_can_be_undone(world: World, sit: Callable[[str], Seat]) -> None:
    for number in range(3):
        world.customer("ann", name=f"Customer {number}", phones=[f"+3493000000{number}"])
    seat = sit("ada")
    address = f"/settings/people/{world.people['ann']}/active"
    dialog = seat.fragment(address)
    assert "Still to be looked after: 3 Customers." in dialog
    answer = seat.send(address, 204, heir=str(world.people["cyd"]))
    assert answer.headers["HX-Refresh"] == "true"
    assert Person.objects.get(pk=world.people["ann"]).active is False
    owners = {row.owner_id for row in records.query("customers", world.actor("ada")).page().items}
    assert owners == {world.people["cyd"]}
    toast = seat.get("/settings/people")
    undo = re.search(r'data-undo="(/undo\?batch=[0-9a-f]{32})"', toast)
    assert undo is not None
    seat.send(undo[1], 204)
    assert Person.objects.get(pk=world.people["ann"]).active is True
    owners = {row.owner_id for row in records.query("customers", world.actor("ada")).page().items}
    assert owners == {world.people["ann"]}


def test_a_leaver_cannot_be_his_own_heir(world: World, sit: Callable[[str], Seat]) -> None:
    world.customer("ann")
    seat = sit("ada")
    address = f"/settings/people/{world.people['ann']}/active"
    seat.send(address, 422, heir=str(world.people["ann"]))
    assert Person.objects.get(pk=world.people["ann"]).active is True


def test_an_administrator_sets_a_password(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    address = f"/settings/people/{world.people['cyd']}/password"
    user = User.objects.get(person_id=world.people["cyd"])
    refused = seat.send(address, 422, password="bosun123").content.decode()
    assert "is guessed first" in refused
    shown = seat.send(address, 200).content.decode()
    found = re.search(r"<code[^>]*>([^<]+)</code>", shown)
    assert found is not None
    user.refresh_from_db()
    assert user.check_password(found[1])
    seat.send(address, 204, password="typed horse 77")
    user.refresh_from_db()
    assert user.check_password("typed horse 77")


@pytest.fixture
def clerk(world: World) -> str:
    """Somebody who may edit people and roles, but is no administrator."""
    rights = {"users": {"read": "all", "create": "all", "change": "all"}, "roles": {"read": "all", "change": "all"}}
    world.roles["clerk"] = create("roles", name="Test clerk", grants=rights).pk
    world.person("Eva", "clerk", "sales")
    return "eva"


def test_nobody_climbs_by_editing_people(world: World, sit: Callable[[str], Seat], clerk: str) -> None:
    seat = sit(clerk)
    mine, ada = world.people[clerk], world.people["ada"]
    answer = seat.post(
        f"/settings/people/{mine}", 422, name="Eva", username="eva", roles=[str(world.roles["admin"])], roles_shown="1"
    )
    assert "You can give only rights that you have yourself." in answer.content.decode()
    assert Person.objects.get(pk=mine).roles == [world.roles["clerk"]]
    seat.get(f"/settings/people/{ada}/password", 403)
    seat.send(f"/settings/people/{ada}/password", 403, password="mallory horse 1")
    seat.send(f"/settings/people/{ada}/active", 403)
    assert Person.objects.get(pk=ada).active is True
    seat.post(f"/settings/people/{mine}/rights", 422, **{"customers.read": "all"})
    assert Person.objects.get(pk=mine).extra_grants in (None, {})
    seat.post(f"/settings/roles/{world.roles['clerk']}", 422, name="Test clerk", **{"customers.read": "all"})
    seat.post(f"/settings/roles/{world.roles['admin']}", 422, name="Test administrator", **{"users.read": "all"})
    assert world.actor(clerk).scope("customers", "read").name == "NONE"


def test_a_clerk_enters_people_with_no_more_rights_than_his(
    world: World, sit: Callable[[str], Seat], clerk: str
) -> None:
    seat = sit(clerk)
    form = {"name": "Fay", "username": "fay", "roles": [str(world.roles["clerk"])], "roles_shown": "1"}
    seat.post("/settings/people/new", 200, **form)
    assert Person.objects.get(username="fay").roles == [world.roles["clerk"]]
    form = {"name": "Gus", "username": "gus", "roles": [str(world.roles["rep"])], "roles_shown": "1"}
    seat.post("/settings/people/new", 422, **form)
    assert not Person.objects.filter(username="gus").exists()
