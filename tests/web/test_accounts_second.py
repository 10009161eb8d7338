"""The second step: an app's codes, recovery codes, and no way round it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from time_machine import travel

from bosun.platform.accounts import services
from bosun.platform.accounts.models import User
from tests.kernel.world import World

PASSWORD = "correct horse 9"


@pytest.fixture(autouse=True)
def no_counts(db: None) -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def standing_clock() -> Iterator[None]:
    """A code is good for thirty seconds; on a busy machine they would pass between making and sending one."""
    with travel(time.time() // 30 * 30 + 5, tick=False):
        yield


@pytest.fixture
def ann(world: World) -> User:
    user = User.objects.get(person_id=world.people["ann"])
    services.set_password(user, PASSWORD)
    return user


def code(secret: str, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def password_step() -> Client:
    client = Client()
    answer = client.post("/account/login/", {"login": "ann", "password": PASSWORD})
    assert answer.status_code == 302
    return client


def proved(client: Client) -> Client:
    """Whoever touches what guards the sign-in says the password once more."""
    assert client.post("/account/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def secret(ann: User) -> str:
    client = proved(password_step())
    page = client.get("/account/2fa/totp/activate/").content.decode()
    found = re.search(r'id="authenticator_secret">([A-Z2-7]+)<', page)
    assert found is not None
    made = found[1]
    with travel(time.time() - 120, tick=True):
        assert client.post("/account/2fa/totp/activate/", {"code": code(made)}).status_code == 302
    return made


def test_the_page_to_set_it_up_runs_no_script_of_its_own(ann: User) -> None:
    page = proved(password_step()).get("/account/2fa/totp/activate/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    for script in re.findall(r"<script[^>]*>", page):
        assert "src=" in script or 'type="application/json"' in script
    assert not re.search(r"\son\w+=", page)


def test_the_secret_lies_sealed_in_the_database(ann: User, secret: str) -> None:
    held = Authenticator.objects.get(user=ann, type="totp")
    assert secret not in str(held.data)
    assert held.data["secret"].startswith("s1:")


def test_the_password_alone_opens_nothing(secret: str) -> None:
    client = password_step()
    assert client.get("/day").status_code == 302
    assert client.get("/customers").status_code == 302
    assert client.get("/me").status_code == 302
    assert client.post("/me/tokens/new", {"name": "x", "scope": "full", "life": ""}).status_code == 302
    assert client.post("/account/2fa/authenticate/", {"code": code(secret)}).status_code == 302
    assert client.get("/day").status_code == 200


def test_a_code_works_once_and_its_neighbours_do_not(secret: str) -> None:
    moment = time.time()
    with travel(moment, tick=False):
        good = code(secret)
        for wrong in (code(secret, -2), code(secret, 2), "000000" if good != "000000" else "111111"):
            client = password_step()
            assert client.post("/account/2fa/authenticate/", {"code": wrong}).status_code == 200
            assert client.get("/day").status_code == 302
        cache.clear()
        first, second = password_step(), password_step()
        assert first.post("/account/2fa/authenticate/", {"code": good}).status_code == 302
        assert second.post("/account/2fa/authenticate/", {"code": good}).status_code == 200
        assert second.get("/day").status_code == 302


def test_the_code_that_switched_it_on_opens_nothing_more(ann: User) -> None:
    client = proved(password_step())
    page = client.get("/account/2fa/totp/activate/").content.decode()
    made = re.search(r'id="authenticator_secret">([A-Z2-7]+)<', page)
    assert made is not None
    first = code(made[1])
    assert client.post("/account/2fa/totp/activate/", {"code": first}).status_code == 302
    again = password_step()
    for spelt in (first, f"{first[:3]} {first[3:]}"):
        answer = again.post("/account/2fa/authenticate/", {"code": spelt})
        assert "This code is not right" in answer.content.decode()
        assert again.get("/day").status_code == 302
    with travel(time.time() + 30, tick=False):
        assert again.post("/account/2fa/authenticate/", {"code": code(made[1])}).status_code == 302
        assert again.get("/day").status_code == 200


def test_guessing_codes_is_stopped_after_five(secret: str) -> None:
    client = password_step()
    with travel(time.time(), tick=False):
        for _try in range(5):
            answer = client.post("/account/2fa/authenticate/", {"code": "999999"})
            assert "This code is not right" in answer.content.decode()
        answer = client.post("/account/2fa/authenticate/", {"code": code(secret)})
        assert "Too many tries" in answer.content.decode()
        other = password_step()
        assert other.post("/account/2fa/authenticate/", {"code": code(secret)}).status_code == 200
        assert other.get("/day").status_code == 302


def test_recovery_codes_let_in_once_each(ann: User, secret: str) -> None:
    held = Authenticator.objects.get(user=ann, type="recovery_codes")
    one = held.wrap().get_unused_codes()[0]
    assert one not in str(held.data)
    client = password_step()
    assert client.post("/account/2fa/authenticate/", {"code": one}).status_code == 302
    assert client.get("/day").status_code == 200
    again = password_step()
    assert again.post("/account/2fa/authenticate/", {"code": one}).status_code == 200
    assert again.get("/day").status_code == 302


def test_a_new_password_is_no_way_round(ann: User, secret: str) -> None:
    services.set_password(ann, "another horse 8")
    client = Client()
    client.post("/account/login/", {"login": "ann", "password": "another horse 8"})
    assert client.get("/day").status_code == 302


def test_switching_off_asks_for_the_password_or_a_code_again(ann: User, secret: str) -> None:
    client = password_step()
    client.post("/account/2fa/authenticate/", {"code": code(secret)})
    answer = client.post("/account/2fa/totp/deactivate/", {})
    assert answer.headers["Location"].startswith("/account/reauthenticate/")
    assert Authenticator.objects.filter(user=ann, type="totp").count() == 1
    assert proved(client).post("/account/2fa/totp/deactivate/", {}).status_code == 302
    assert not Authenticator.objects.filter(user=ann).exists()


@pytest.mark.parametrize(
    "address",
    ["/account/2fa/", "/account/2fa/recovery-codes/", "/account/2fa/webauthn/", "/account/2fa/webauthn/add/",
     "/account/2fa/totp/deactivate/", "/account/2fa/recovery-codes/generate/", "/account/password/change/"],
)  # fmt: skip
def test_every_page_is_in_our_hand_and_without_inline_script(secret: str, address: str) -> None:
    client = password_step()
    client.post("/account/2fa/authenticate/", {"code": code(secret)})
    if address != "/account/password/change/":
        assert "/account/reauthenticate/" in client.get("/account/2fa/totp/deactivate/").headers["Location"]
    answer = proved(client).get(address, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="sign"' in page
    for script in re.findall(r"<script[^>]*>", page):
        assert "src=" in script or "application/json" in script
    assert " style=" not in page.split('<div class="sea"')[0]
