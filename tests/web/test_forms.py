"""Forms: sections, defaults from the address, errors in words, nothing typed lost, conflicts, guards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from bosun.kernel import drafts, records
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.env import Env
from bosun.kernel.errors import Objection
from tests.kernel.world import World
from tests.web.conftest import Seat

FULL = {"name": "Halden", "kind": "company"}


def only(world: World) -> Any:
    return records.query("customers", world.actor("ada")).page().items[0]


def test_a_new_record_is_saved_and_shown(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ann")
    page = seat.get("/customers/new")
    assert 'name="credit_limit"' not in page
    assert "data-shown-when" in page
    values = {
        **FULL, "grade": "A", "staff": "1.200", "registered_capital": "10,50", "registered_capital_currency": "EUR",
        "phones": ["+4769551000", ""], "tags": ["fair", "大客户"], "region": "", "website": "https://example.com",
    }  # fmt: skip
    answer = seat.post("/customers/new", **{**values, "staff": "1200", "registered_capital": "10.50"})
    made = only(world)
    assert answer.headers["Location"] == f"/customers/{made.pk}"
    assert (made.name, made.grade, made.staff, made.owner_id) == ("Halden", "A", 1200, world.people["ann"])
    assert made.tags == ["fair", "大客户"] or tuple(made.tags) == ("fair", "大客户")
    assert made.registered_capital_minor == 1050


def test_numbers_are_read_as_the_person_writes_them(world: World, sit: Callable[[str], Seat]) -> None:
    records.change("users", world.people["ann"], {"language": "es"}, world.act("ada"))
    values = {**FULL, "registered_capital": "1.234,50", "registered_capital_currency": "EUR"}
    sit("ann").post("/customers/new", **values)
    assert only(world).registered_capital_minor == 123450


@pytest.mark.parametrize(
    ("language", "shown"), [("en", "10600000.50"), ("es", "10600000,50"), ("zh-hans", "10600000.50")]
)
def test_an_amount_that_a_form_shows_is_read_back(
    world: World, sit: Callable[[str], Seat], language: str, shown: str
) -> None:
    records.change("users", world.people["ann"], {"language": language}, world.act("ada"))
    capital = {"amount": "10600000.50", "currency": "EUR"}
    made = world.customer("ann", name="Halden", registered_capital=capital)
    seat = sit("ann")
    page = seat.get(f"/customers/{made.pk}/edit")
    held = re.search(r'name="registered_capital"[^>]*value="([^"]*)"', page)
    assert held is not None
    assert held[1] == shown
    seat.post(
        f"/customers/{made.pk}/edit", **FULL, version="1", address="Quay 4",
        registered_capital=held[1], registered_capital_currency="EUR",
    )  # fmt: skip
    found = only(world)
    assert (found.address, found.registered_capital_minor) == ("Quay 4", 1_060_000_050)


def test_errors_stand_beside_and_everything_typed_stays(world: World, sit: Callable[[str], Seat]) -> None:
    owner = world.customer("ann", name="Parent")
    values = {"name": "", "kind": "company", "staff": "many", "address": "Quay 4 \"x\"", "tags": ["fair"],
              "parent": str(owner.pk), "phones": ["12"], "email": "no"}  # fmt: skip
    page = sit("ann").post("/customers/new", 422, **values).content.decode()
    for text in (
        "4 fields need another look",
        "This is not a number.",
        'value="many"',
        "Quay 4 &quot;x&quot;",
        "Parent",
        "fair",
    ):
        assert text in page, text
    assert page.count('aria-invalid="true"') >= 4
    assert records.query("customers", world.actor("ann")).count()[0] == 1


def test_the_address_fills_in(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden")
    page = sit("ann").get(f"/contacts/new?customer={made.pk}&name=Eva&back=/customers/{made.pk}")
    assert f'name="customer" value="{made.pk}"' in page
    assert 'value="Eva"' in page
    values = {"name": "Eva", "customer": str(made.pk), "back": f"/customers/{made.pk}"}
    assert sit("ann").post("/contacts/new", **values).headers["Location"] == f"/customers/{made.pk}"
    values["back"] = "//e.vil/x"
    assert "vil" not in sit("ann").post("/contacts/new", **{**values, "name": "Eva 2"}).headers["Location"]


def test_a_foreign_record_does_not_fill_in(world: World, sit: Callable[[str], Seat]) -> None:
    foreign = world.customer("cyd", name="CNRY-foreign")
    page = sit("ann").get(f"/contacts/new?customer={foreign.pk}")
    assert "CNRY" not in page
    sit("ann").get(f"/customers/new?like={foreign.pk}", 404)
    answer = sit("ann").post("/contacts/new", 422, name="Eva", customer=str(foreign.pk))
    assert b"CNRY" not in answer.content


def test_one_more_is_offered_at_once(world: World, sit: Callable[[str], Seat]) -> None:
    answer = sit("ann").post("/customers/new", **FULL, again="1")
    assert answer.headers["Location"].startswith("/customers/new?fresh=1")
    assert "data-draft-fresh" in sit("ann").get(answer.headers["Location"])


def test_two_writers_see_both_values_and_choose(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden", address="Old", staff=5)
    records.change("customers", made.pk, {"address": "Theirs", "staff": 7}, world.act("ben"), seen=made.version)
    seat = sit("ann")
    values = {**FULL, "address": "Mine", "staff": "5", "version": made.version}
    page = seat.post(f"/customers/{made.pk}/edit", 409, **values).content.decode()
    assert "What Ben wrote" in page
    assert "Theirs" in page
    assert 'value="Mine"' in page
    versions = re.findall(r'name="version" value="(\d+)"', page)
    assert len(versions) == 1
    assert re.search(r'name="staff"[^>]*value="7"', page), "what others wrote is not put back to what one saw"
    values = {**values, "version": versions[0], "staff": "7"}
    seat.post(f"/customers/{made.pk}/edit", **values, keep_address="theirs")
    assert only(world).address == "Theirs"
    seat.post(f"/customers/{made.pk}/edit", **{**values, "version": only(world).version}, keep_address="mine")
    assert only(world).address == "Mine"


def test_what_others_changed_meanwhile_stays(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden", address="Old", staff=5)
    records.change("customers", made.pk, {"staff": 7}, world.act("ben"), seen=made.version)
    values = {**FULL, "address": "Mine", "staff": "5", "version": made.version}
    sit("ann").post(f"/customers/{made.pk}/edit", **values)
    assert (only(world).address, only(world).staff) == ("Mine", 7)


@pytest.fixture
def asking() -> Iterator[None]:
    def ask(checked: Sequence[Draft], act: Act, env: Env) -> None:
        for draft in checked:
            if draft.values.get("name") == "Risky":
                draft.object(Objection("risk", "Their last invoice is open.", confirm="risk"))

    drafts.guard("customers.created", ask)
    yield
    drafts.guards["customers.created"].remove(ask)


def test_a_guard_asks_before_saving(asking: None, world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ann")
    page = seat.post("/customers/new", 409, name="Risky", kind="company").content.decode()
    assert "Their last invoice is open." in page
    assert "Save anyway" in page
    assert 'value="Risky"' in page
    assert records.query("customers", world.actor("ann")).count()[0] == 0
    seat.post("/customers/new", name="Risky", kind="company", confirm="risk ")
    assert only(world).name == "Risky"


def test_what_nobody_offered_is_not_written(world: World, sit: Callable[[str], Seat]) -> None:
    extra = {"id": "7", "version": "9", "created_by": "1", "credit_limit": "100", "is_superuser": "1", "owner": "1"}
    sit("ann").post("/customers/new", **FULL, **extra)
    made = only(world)
    assert made.owner_id == world.people["ann"]
    assert made.credit_limit_minor is None
    assert made.version == 1


def test_a_script_in_a_name_is_text(world: World, sit: Callable[[str], Seat]) -> None:
    bad = '"><img src=x onerror=alert(1)>'
    made = world.customer("ann", name=bad, address=bad, tags=[bad])
    for address in (
        "/customers",
        f"/customers/{made.pk}",
        f"/customers/{made.pk}/edit",
        f"/customers/{made.pk}/panel",
        "/day",
    ):
        page = sit("ann").get(address)
        assert "<img src=x" not in page


def test_without_the_right_there_is_no_form(world: World, sit: Callable[[str], Seat]) -> None:
    made = world.customer("ann", name="Halden")
    world.grant("rep", {"customers": {"read": "own"}})
    assert "This is not open to you" in sit("ann").get("/customers/new", 403)
    sit("ann").get(f"/customers/{made.pk}/edit", 403)
    sit("ann").post("/customers/new", 403, **FULL)
    sit("ann").get("/roles/new", 404)


def test_likely_duplicates_are_hinted_at_while_one_types(world: World, sit: Callable[[str], Seat]) -> None:
    own = world.customer("ann", name="Halden Paper Mill", phones=["+4769551000"])
    world.customer("cyd", name="CNRY-foreign", email="CNRY-secret@example.com")
    seat = sit("ann")
    hint = seat.send("/customers/duplicates", name="halden paper mill").content.decode()
    assert f'href="/customers/{own.pk}"' in hint
    hint = seat.send("/customers/duplicates", name="x", email="CNRY-secret@example.com").content.decode()
    assert "CNRY" not in hint
    assert "Ask Cyd" in hint
    assert (
        f"customers/{own.pk}"
        not in seat.send(f"/customers/duplicates?except={own.pk}", name="Halden Paper Mill").content.decode()
    )
    page = seat.post("/customers/new", 409, name="Halden Paper Mill", kind="company").content.decode()
    assert "is there already" in page
    seat.post("/customers/new", name="Halden Paper Mill", kind="company", confirm="duplicate ")
