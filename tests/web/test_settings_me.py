"""What belongs to oneself: preferences, places where one is signed in, tokens of programs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from bosun.kernel import history, records
from bosun.platform.accounts import services
from bosun.platform.accounts.models import Token, User
from bosun.platform.org.models import Person
from tests.kernel.world import World
from tests.web.conftest import Seat

PASSWORD = "correct horse 9"
MINE = {"name": "Ann Berg", "language": "es", "theme": "dark", "zone": "Asia/Shanghai"}


def test_language_zone_and_theme_are_kept_and_hold_at_once(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ann")
    seat.post("/me", 302, **MINE)
    page = seat.get("/me")
    assert 'lang="es"' in page
    assert 'data-theme="dark"' in page
    person = Person.objects.get(pk=world.people["ann"])
    assert (person.name, person.zone) == ("Ann Berg", "Asia/Shanghai")
    assert world.actor("ann").zone == "Asia/Shanghai"
    undo = re.search(r'data-undo="(/undo\?batch=[0-9a-f]{32})"', page)
    assert undo is not None


@pytest.mark.parametrize(
    "foreign",
    [{"roles": ["3"], "roles_shown": "1"}, {"department": "2"}, {"active": "1"}, {"username": "root"},
     {"extra_grants": '{"customers": {"read": "all"}}'}, {"is_superuser": "1", "id": "1", "version": "999"}],
)  # fmt: skip
def test_nothing_but_ones_own_preferences_can_be_sent(
    world: World, sit: Callable[[str], Seat], foreign: dict[str, object]
) -> None:
    before = Person.objects.get(pk=world.people["ann"])
    sit("ann").post("/me", 302, **{"name": "Ann", **foreign})
    after = Person.objects.get(pk=world.people["ann"])
    for name in ("roles", "department_id", "active", "username", "extra_grants", "withdrawn_grants"):
        assert getattr(after, name) == getattr(before, name)


@pytest.mark.parametrize(
    ("field", "value"), [("zone", "Mars/Base"), ("language", "tlh"), ("theme", "pink"), ("name", "")]
)
def test_what_is_no_preference_is_refused(world: World, sit: Callable[[str], Seat], field: str, value: str) -> None:
    before = Person.objects.get(pk=world.people["ann"]).version
    page = sit("ann").post("/me", 422, **{**MINE, field: value}).content.decode()
    assert f'id="id_{field}-err"' in page
    assert Person.objects.get(pk=world.people["ann"]).version == before


def signed_in(name: str = "ann") -> Client:
    client = Client(headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/132.0"})
    assert client.post("/account/login/", {"login": name, "password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def two(world: World) -> tuple[Client, Client]:
    for name in ("ann", "cyd"):
        services.set_password(User.objects.get(person_id=world.people[name]), PASSWORD)
    return signed_in(), signed_in()


def ends(page: str) -> list[str]:
    return re.findall(r'data-post="(/me/devices/\d+/end)"', page)


def test_places_are_seen_and_ended_one_by_one(two: tuple[Client, Client]) -> None:
    here, there = two
    page = here.get("/me/devices").content.decode()
    assert page.count("Firefox, Windows") == 2
    assert len(ends(page)) == 1
    assert there.get("/day").status_code == 200
    assert here.post(ends(page)[0]).status_code == 204
    assert there.get("/day").status_code == 302
    assert here.get("/day").status_code == 200
    assert here.post(ends(page)[0]).status_code == 404


def test_all_other_places_end_at_once(two: tuple[Client, Client]) -> None:
    here, there = two
    third = signed_in()
    assert here.post("/me/devices/end").status_code == 204
    assert [client.get("/day").status_code for client in (here, there, third)] == [200, 302, 302]


def test_nobody_ends_the_place_of_another(two: tuple[Client, Client]) -> None:
    here, _there = two
    cyd = signed_in("cyd")
    address = ends(here.get("/me/devices").content.decode())[0]
    assert cyd.post(address).status_code == 404
    assert here.get("/day").status_code == 200


def test_a_token_is_shown_once_works_and_is_ended(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ann")
    shown = seat.send("/me/tokens/new", 200, name="Nightly export", scope="read", life="30").content.decode()
    found = re.search(r"<code[^>]*>(bsn_[\w-]+)</code>", shown)
    assert found is not None
    bearer = {"Authorization": f"Bearer {found[1]}"}
    page = seat.get("/me/tokens")
    assert "Nightly export" in page
    assert found[1] not in page
    assert Client().get("/api/v1/customers", headers=bearer).status_code == 200
    body = '{"name": "Tidewater"}'
    answer = Client().post("/api/v1/customers", body, "application/json", headers=bearer)
    assert answer.status_code == 403
    revoke = re.search(r'data-post="(/me/tokens/\d+/revoke)"', page)
    assert revoke is not None
    sit("cyd").send(revoke[1], 404)
    assert Client().get("/api/v1/customers", headers=bearer).status_code == 200
    seat.send(revoke[1], 204)
    assert Client().get("/api/v1/customers", headers=bearer).status_code == 401
    assert "Nightly export" not in seat.get("/me/tokens").split('id="toasts"')[0]


@pytest.mark.parametrize(
    "form", [{"name": ""}, {"name": "x" * 101}, {"name": "x", "scope": "root"}, {"name": "x", "life": "99999"}]
)
def test_a_token_without_name_or_with_another_scope_is_not_made(
    sit: Callable[[str], Seat], form: dict[str, str]
) -> None:
    sit("ann").send("/me/tokens/new", 422, **{"scope": "read", "life": "30", **form})
    assert Token.objects.count() == 0


def test_a_token_makes_no_token(world: World) -> None:
    secret = services.make_token(Person.objects.get(pk=world.people["ann"]))
    bearer = {"Authorization": f"Bearer {secret}"}
    assert Client().get("/me/tokens", headers=bearer).status_code == 302
    answer = Client().post("/me/tokens/new", {"name": "x", "scope": "full", "life": ""}, headers=bearer)
    assert answer.status_code in (302, 401, 403)
    assert Token.objects.count() == 1


def test_what_one_changes_oneself_stands_in_the_history(world: World, sit: Callable[[str], Seat]) -> None:
    sit("ann").post("/me", 302, **MINE)
    env = records.environment(world.actor("ada"))
    entries = history.of_record(records.entity_of("users"), world.people["ann"], env)
    assert (entries[0].actor_id, entries[0].actor, entries[0].verb) == (world.people["ann"], "Ann", "changed")
