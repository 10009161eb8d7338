"""Values that no field can hold, typed into forms: refused in words, what was typed stays, nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from bosun.kernel import records
from bosun.platform.files.models import Attachment
from bosun.platform.integrity.hashing import content_hash
from tests.kernel.world import World
from tests.web.conftest import Seat

UNSTORABLE = "This text holds characters that cannot be stored. Type it again."


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("name", "A\0B", UNSTORABLE),
        ("address", "A\0B", UNSTORABLE),
        ("tags", ["A\0B"], UNSTORABLE),
        ("name", "A" * 201, "At most 200 characters; this has 201."),
        ("name", "A" * 1_000_000, "At most 200 characters; this has 1000000."),
        ("tags", ["b" * 61], f"A tag has at most 60 characters: “{'b' * 40}…”."),
        ("phones", ["*#06#"], "“*#06#” is not a phone number. Begin with + and the country code."),
        ("staff", "-1", "This number is too large or too small."),
        ("staff", "1e3", "This is not a number."),
        ("staff", "NaN", "This is not a number."),
        ("staff", str(2**63), "This number is too large."),
        ("registered_capital", "-0.01", "“Registered capital” cannot be less than zero."),
        ("registered_capital", "1.001", "This number can be read in two ways."),
        *(("website", typed, "This is not a web address.") for typed in (
            "javascript:alert(1)", "data:text/html,x", "vbscript:x", " \tjavascript:alert(1)", "https://a@e.vil",
        )),
    ],
)  # fmt: skip
def test_what_no_field_holds_is_refused_beside_it(
    world: World, sit: Callable[[str], Seat], name: str, typed: Any, said: str
) -> None:
    before = content_hash()
    given = {"name": "Halden", "kind": "company", "address": "Quay 4", name: typed}
    page = sit("ben").post("/customers/new", 422, **given).content.decode()
    assert said in page
    assert page.count('aria-invalid="true"') + page.count(f'id="id_{name}-err"') >= 1
    assert ("Quay 4" in page) is (name != "address")
    assert content_hash() == before


@pytest.mark.parametrize(
    "day", ["2026-02-30", "0000-00-00", "1582-10-10", "9999-12-31", "25:00", "2026-13-01", "23:59:60"]
)
def test_days_that_are_none(world: World, sit: Callable[[str], Seat], day: str) -> None:
    firm = world.customer("ann", name="Halden").pk
    before = content_hash()
    page = sit("ann").post("/contacts/new", 422, name="Ida", customer=str(firm), birthday=day).content.decode()
    assert ("This is not a date." in page) or ("Dates run from 1900 to 2199." in page)
    due = sit("ada").post("/tasks/new", 422, subject="Call", due=f"{day}T10:00").content.decode()
    assert 'id="id_due-err"' in due
    assert content_hash() == before


def test_a_note_beyond_its_limit_comes_back_whole(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden")
    note = "n" * 20_001
    given = {"about": f"customers:{made.pk}", "type": "note", "at": "2026-01-01T10:00", "note": note}
    page = sit("ann").post("/follow_ups/new", 422, **given).content.decode()
    assert "At most 20000 characters; this has 20001." in page
    assert note in page
    assert records.query("follow_ups", world.actor("ann")).count(0) == (0, True)


def test_more_than_a_form_may_hold_is_refused_in_words(world: World, sit: Callable[[str], Seat]) -> None:
    before = content_hash()
    seat = sit("ann")
    seat.client.raise_request_exception = False
    for given in ({"name": "Halden", "address": "n" * 20_000_000}, {f"f{number}": "x" for number in range(10_000)}):
        answer = seat.client.post("/customers/new", given)
        assert answer.status_code in (400, 413)
        assert b"Traceback" not in answer.content
    assert content_hash() == before


def test_a_thousand_files_at_once_are_refused(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden")
    seat = sit("ann")
    seat.client.raise_request_exception = False
    many = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(1000)]
    assert seat.client.post(f"/customers/{made.pk}/files", {"file": many}).status_code in (400, 413)
    assert Attachment.objects.count() == 0


def test_a_sign_that_turns_the_line_around_is_kept_but_not_shown(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="invoice\u202egpj.exe", address="Quay\u2066 4")
    assert made.name == "invoice\u202egpj.exe"
    seat = sit("ann")
    for address in ("/customers?columns=name,address", f"/customers/{made.pk}", f"/customers/{made.pk}/panel", "/day"):
        page = seat.get(address)
        assert "\u202e" not in page, address
        assert "\u2066" not in page, address
    assert "invoicegpj.exe" in seat.get(f"/customers/{made.pk}")


def test_odd_requests_do_nothing(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden")
    before = content_hash()
    client = sit("ann").client
    client.raise_request_exception = False
    for method, address in (
        ("TRACE", f"/customers/{made.pk}"), ("HEAD", f"/customers/{made.pk}/remove"), ("HEAD", "/undo?batch=1"),
        ("DELETE", f"/customers/{made.pk}"), ("PUT", f"/customers/{made.pk}/edit"), ("HEAD", "/preferences"),
        ("GET", f"/customers/{made.pk};jsessionid=1"), ("GET", "/customers/1%00"), ("GET", "/customers?q=a&q=b"),
        ("POST", f"/customers/{made.pk}?_method=DELETE"),
    ):  # fmt: skip
        answer = client.generic(method, address)
        assert answer.status_code < 500, (method, address)
        assert b"Traceback" not in answer.content
    assert content_hash() == before


@pytest.mark.parametrize(
    "climb", ["../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%252e%252e%252fetc", "．．／etc", "/etc/passwd"]
)
def test_no_parameter_is_a_path(world: World, sit: Callable[[str], Seat], climb: str) -> None:
    before = content_hash()
    client = sit("ada").client
    client.raise_request_exception = False
    for address in (
        f"/static/{climb}", f"/files/{climb}", f"/customers/{climb}", f"/settings/{climb}", f"/brand.css?file={climb}",
        f"/customers?view={climb}", f"/customers?lang={climb}&theme={climb}&template={climb}", f"/imports/{climb}",
        f"/exports/{climb}", f"/me?logo={climb}",
    ):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code < 500, address
        content = answer.getvalue() if answer.streaming else answer.content
        assert b"root:" not in content, address
    assert client.post("/language", {"language": climb, "next": "/day"}).status_code in (302, 400)
    assert client.post("/preferences", {"theme": climb}).status_code == 400
    assert content_hash() == before
