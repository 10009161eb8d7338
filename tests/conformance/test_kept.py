"""What people keep beside their records: views, files, imports, exports, the bin, settings, and sessions that end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from bosun.kernel import records, stamps
from bosun.kernel.actor import Act, system_actor
from bosun.platform.accounts.models import User
from bosun.platform.integrity import hashing
from bosun.platform.jobs.models import Job
from tests.conformance.answers import absent, body, difference, without
from tests.conformance.conftest import ABSENT, WHO, Person, Seat
from tests.conformance.furniture import Kept

pytestmark = pytest.mark.django_db
SYSTEM = Act(system_actor(), "system", cause="test")


@pytest.fixture(scope="module")
def untouched(kept: Kept) -> str:
    """The hash of the content, with what people keep."""
    return hashing.content_hash()


def same(person: Person, method: str, there: str, nowhere: str, **values: Any) -> int:
    """The status of an address, when the answer is the same as for one that leads nowhere, and tells nothing."""
    said = []
    seat = person.desk
    for address in (there, nowhere):
        asked = address.partition("?")[0]
        told = (
            [seat.post(address, **values)] if method == "POST" else [seat.get(address, way) for way in ways_of(address)]
        )
        for _status, text in told:
            assert person.leaks(text) == [], address
        said.append([(status, absent(text, asked, address)) for status, text in told])
    for (status, text), (wanted, nothing) in zip(*said, strict=True):
        assert status == wanted, there
        assert difference(text, nothing) == "", there
    return said[0][0][0]


def ways_of(address: str) -> tuple[bool, ...]:
    """As a page where people go, as a fragment besides; parts of a page as fragments alone."""
    return (False, True) if address.count("/") == 2 else (True,)


def others(person: Person, held: dict[str, Any]) -> Iterator[Any]:
    """What belongs to others."""
    found = [each for who, each in held.items() if who != person.key]
    assert found
    yield from found


def test_views_of_others(person: Person, kept: Kept, untouched: str) -> None:
    for pk in others(person, kept.views):
        there, nowhere = f"view=v{pk}", f"view=v{ABSENT}"
        for part in ("", "/rows", "/counts", "/totals", "/view/rename", "/view/share", "/export"):
            said = []
            for asked in (there, nowhere):
                status, text = person.desk.get(f"/customers{part}?{asked}")
                assert person.leaks(text) == [], part
                said.append((str(status), without(body(text), asked.removeprefix("view="), "VIEW")))
            assert [difference(*pair) for pair in zip(*said, strict=True)] == ["", ""], part
        for part in ("update", "rename", "share", "remove", "star"):
            status = same(
                person, "POST", f"/customers/view/{part}?{there}", f"/customers/view/{part}?{nowhere}", name="Taken"
            )
            assert status == 404, part
    assert hashing.content_hash() == untouched


def test_a_view_for_all_keeps_what_it_says_of_hidden_fields(person: Person, kept: Kept) -> None:
    seat = person.seat()
    for part in ("", "/rows", "/counts", "/totals", "/filter", "/sort", "/columns", "/export", "/view/save"):
        status, text = seat.get(f"/customers{part}", view=f"v{kept.shared_view}")
        assert status in ((200, 403, 422) if person.closed_fields() else (200,)), part
        assert person.leaks(text) == [], part
        assert person.names(text) == [], part
    if person.closed_fields():
        for part in ("", "/rows"):
            text = seat.get(f"/customers{part}", view=f"v{kept.shared_view}")[1]
            assert re.search(r"/customers/[0-9]", text) is None, part
        assert seat.post(f"/customers/export?view=v{kept.shared_view}", how="csv")[0] == 422
    for part in ("update", "rename", "share", "remove"):
        if person.name != "admin":
            assert seat.post(f"/customers/view/{part}?view=v{kept.shared_view}", name="Taken", level="own")[0] == 403


def test_files_of_foreign_records(person: Person, kept: Kept, untouched: str) -> None:
    for key, pk, file in (each for held in kept.files.values() for each in held):
        if pk in person.own(key):
            status, text = person.desk.get(f"/files/{file}")
            assert status == 200
            assert "CNRY-" in text.split("\n\n", 1)[1]
            continue
        for query in ("", "?show"):
            assert same(person, "GET", f"/files/{file}{query}", f"/files/{ABSENT}{query}") == 404
        own = person.own(key)[0]
        for record in (pk, own):
            there, nowhere = (f"/{key}/{record}/files/{number}/remove" for number in (file, ABSENT))
            assert same(person, "POST", there, nowhere) == 404
    assert hashing.content_hash() == untouched


def test_imports_of_others(person: Person, kept: Kept, untouched: str) -> None:
    reads = ("", "/columns", "/check", "/preview", "/progress", "/errors", "/errors?as=xlsx", "/undo", "/map.json")
    for held in (kept.drafts, kept.imports):
        for pk in others(person, held):
            for part in reads if person.name != "admin" else ():
                assert same(person, "GET", f"/imports/{pk}{part}", f"/imports/{ABSENT}{part}") == 404, part
            for part in ("/columns", "/reading", "/check", "/cancel", "/undo") if person.name != "admin" else ():
                assert same(person, "POST", f"/imports/{pk}{part}", f"/imports/{ABSENT}{part}") == 404, part
    for pk in (pk for held in (kept.drafts, kept.imports) for who, pk in held.items() if who == person.key):
        for part in reads:
            status, text = person.desk.get(f"/imports/{pk}{part}")
            assert status in (200, 302, 404), part
            assert person.leaks(text) == [], part
    assert hashing.content_hash() == untouched


def test_exports_of_others(person: Person, kept: Kept) -> None:
    for pk in others(person, kept.exports):
        assert same(person, "GET", f"/exports/{pk}", f"/exports/{ABSENT}") == 404
    _status, listed = person.desk.get("/exports")
    assert person.leaks(listed) == []
    assert ("CNRY-" in listed) == (person.key in kept.exports)
    for who, pk in kept.exports.items():
        if who == person.key:
            status, text = person.desk.get(f"/exports/{pk}")
            assert status == 200
            assert person.leaks(text) == []


def test_what_others_did_is_not_taken_back(person: Person, kept: Kept, untouched: str) -> None:
    for batch in others(person, kept.batches):
        assert same(person, "POST", f"/undo?batch={batch}", f"/undo?batch={'0' * 32}") == 404
    for who, pk in kept.removals.items():
        if who != person.key and person.name not in ("admin", "ben" if who == "repA1" else "admin"):
            assert same(person, "POST", f"/bin/{pk}/restore", f"/bin/{ABSENT}/restore") == 404
    assert hashing.content_hash() == untouched


def routes() -> list[str]:
    """Every address of the settings, with a number where one is asked for."""
    found = []
    waiting: list[Any] = list(get_resolver().url_patterns)
    while waiting:
        route = waiting.pop(0)
        if isinstance(route, URLResolver):
            waiting += route.url_patterns if str(route.pattern) == "" else []
            continue
        text = str(route.pattern)
        if text.startswith("settings/"):
            for asked, given in (("<id:pk>", "1"), ("<entity:name>", "grade"), ("<slug:name>", "nothing")):
                text = text.replace(asked, given)
            found.append(f"/{text}")
    return found


def test_settings_are_for_those_who_may(person: Person, kept: Kept, untouched: str) -> None:
    assert len(routes()) > 30
    seat, opened = person.seat(), 0
    for address in routes():
        for fragment in (False, True):
            status, text = seat.get(address, fragment)
            assert status in (200, 302, 403, 404, 405), (address, status)
            assert person.leaks(text) == [], address
            opened += status == 200
        if person.name != "admin":
            assert status in (302, 403, 404, 405), address
            assert seat.post(address, name="Taken", confirm="yes")[0] in (403, 404, 405), address
    assert (opened > 20) == (person.name == "admin")
    assert hashing.content_hash() == untouched


def test_the_work_of_others(person: Person, kept: Kept) -> None:
    mine = Job.objects.filter(owner_id=person.world.people[person.key]).count()
    assert mine == (1 if person.key in kept.exports else 0)
    theirs = Job.objects.exclude(owner_id=person.world.people[person.key]).latest("pk")
    status, text = person.desk.get("/settings/system")
    assert status == (200 if person.name == "admin" else 403)
    assert person.leaks(text) == []
    status, _text = person.desk.post(f"/settings/system/{theirs.pk}/retry")
    assert status in ((204, 404, 409, 422) if person.name == "admin" else (403, 404))


def test_whoever_left_is_out_at_once(person: Person, kept: Kept) -> None:
    seat, pk = person.seat(), person.own("customers")[0]
    assert seat.get(f"/customers/{pk}")[0] == 200
    gone = User.objects.get(person_id=person.world.people["exA"])
    left = Person("ann", person.world).seat().client
    left.force_login(gone, "allauth.account.auth_backends.AuthenticationBackend")
    for address in ("/day", f"/customers/{pk}", "/exports", "/search?q=CNRY"):
        status, text = Seat(left, {}).get(address)
        assert status == 302, address
        assert "/account/login" in text
    if person.name == "admin":
        return
    records.change("users", person.world.people[person.key], {"active": False}, SYSTEM)
    for address in (f"/customers/{pk}", "/day", f"/files/{kept.files['repA1'][0][2]}"):
        status, text = seat.get(address)
        assert status == 302, address
        assert "CNRY-" not in text


def test_a_right_that_is_taken_away_is_gone_at_once(person: Person, kept: Kept) -> None:
    if person.name == "admin":
        assert person.desk.get("/customers")[0] == 200
        return
    seat, pk = person.seat(), person.own("customers")[0]
    assert seat.get("/customers")[0] == 200
    records.change("users", person.world.people[person.key], {"roles": []}, SYSTEM)
    stamps.refresh()
    everything = Person(person.name, person.world)
    assert everything.key == WHO[person.name]
    addresses = ["/customers", f"/customers/{pk}", "/contacts", "/follow_ups", "/customers/export"]
    addresses += [f"/files/{file}" for held in kept.files.values() for _key, _pk, file in held]
    for address in addresses:
        status, text = seat.get(address)
        assert status in (403, 404), address
        assert "CNRY-" not in text
    for address in ("/day", "/bin", "/search?q=CNRY-"):
        status, text = seat.get(address)
        assert status == 200, address
        assert not [one.text for one in person.world.canaries if one.text.startswith("CNRY") and one.text in text]
