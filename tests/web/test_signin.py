"""Signing in, being sent back to where one was, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from bosun.platform.accounts import services
from bosun.platform.accounts.models import User
from tests.kernel.world import World
from tests.web.conftest import Seat

PASSWORD = "correct horse 9"


@pytest.fixture
def ann(world: World) -> User:
    user = User.objects.get(person_id=world.people["ann"])
    services.set_password(user, PASSWORD)
    return user


def test_a_stranger_is_asked_to_sign_in_and_comes_back(ann: User) -> None:
    client = Client()
    answer = client.get("/customers?view=mine")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/account/login/?next=%2Fcustomers%3Fview%3Dmine"
    form = {"login": "ann", "password": PASSWORD, "next": "/customers?view=mine"}
    answer = client.post("/account/login/", form)
    assert answer.headers["Location"] == "/customers?view=mine"
    assert client.get("/customers").status_code == 200


@pytest.mark.parametrize("next_", ["//e.vil", "https:e.vil", "/\\e.vil", "/%09/e.vil", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(ann: User, next_: str) -> None:
    answer = Client().post("/account/login/", {"login": "ann", "password": PASSWORD, "next": next_})
    assert answer.status_code == 302
    assert (
        "vil" not in answer.headers["Location"].replace("/%09/e.vil", "") or answer.headers["Location"] == "/%09/e.vil"
    )
    assert not answer.headers["Location"].startswith(("//", "http", "javascript"))


def test_a_wrong_password_is_said_in_words(ann: User) -> None:
    answer = Client().post("/account/login/", {"login": "ann", "password": "wrong wrong"})
    assert answer.status_code == 200
    assert b'class="note overdue"' in answer.content


def test_a_script_of_a_signed_out_page_gets_401_so_that_what_was_typed_stays(world: World) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/customers/5"}
    answer = Client().post("/customers/5/cell?field=grade", {"grade": "A"}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/account/login/?next=%2Fcustomers%2F5"
    foreign = {**headers, "HX-Current-URL": "http://e.vil/customers/5"}
    assert "vil" not in Client().get("/customers/totals", headers=foreign).headers["HX-Redirect"]


def test_every_answer_forbids_what_we_did_not_write(sit: Callable[[str], Seat]) -> None:
    for client, address in (
        (Client(), "/account/login/"),
        (sit("ann").client, "/customers"),
        (Client(), "/nowhere/at/all"),
    ):
        answer = client.get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "style-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
    assert sit("ann").client.get("/customers").headers["Cache-Control"] == "private, no-store"


def test_the_first_page_is_my_day(sit: Callable[[str], Seat]) -> None:
    assert sit("ann").client.get("/").headers["Location"] == "/day"


def test_nobody_registers_himself(world: World) -> None:
    assert Client().get("/account/signup/").status_code == 404
    assert Client().post("/account/signup/", {"username": "x", "password1": PASSWORD}).status_code in (403, 404)


def test_the_menu_shows_what_is_open(world: World, sit: Callable[[str], Seat]) -> None:
    page = sit("ann").get("/customers")
    assert 'href="/customers"' in page
    assert 'href="/customers/new"' in page
    world.grant("rep", {"contacts": {"read": "own"}})
    page = sit("ann").get("/contacts")
    assert 'href="/customers"' not in page
    assert 'href="/contacts/new"' not in page


def test_appearance_and_language_are_kept_with_the_person(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ann")
    seat.send("/preferences", 204, theme="dark")
    assert 'data-theme="dark"' in seat.get("/customers")
    seat.post("/language", language="es", next="/customers")
    assert 'lang="es"' in seat.get("/customers")
    assert sit("ben").get("/customers").count('lang="en"') >= 1
    assert seat.post("/language", language="es", next="//e.vil").headers["Location"] == "/"
    seat.send("/preferences", 400, theme="<script>")
