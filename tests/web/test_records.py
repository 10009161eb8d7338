"""The page of a record: what it shows, what one does there, and that it is closed to others."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bosun.kernel import ports, records, registry, stamps
from bosun.lib import clock
from tests.kernel.world import World
from tests.web.conftest import Seat


@pytest.fixture
def halden(world: World) -> Any:
    made = world.customer("ann", name="Halden Paper Mill", grade="A", tags=["fair"])
    records.create("contacts", {"name": "Ingrid Moe", "customer": made.pk, "title": "Head"}, world.act("ann"))
    return made


def reread(world: World, made: Any) -> Any:
    return records.get(type(made)._meta.model_name + "s", made.pk, world.actor("ada"))


def test_the_page_shows_what_one_needs(halden: Any, sit: Callable[[str], Seat]) -> None:
    page = sit("ann").get(f"/customers/{halden.pk}")
    for word in ("Halden Paper Mill", "Grade A", "Ann", "Ingrid Moe", "Record call", "Timeline", "Created", "fair"):
        assert word in page, word
    assert "Credit limit" not in page
    assert f"/contacts/new?customer={halden.pk}&amp;back=/customers/{halden.pk}" in page


def test_a_call_is_logged_and_the_colour_goes_back(world: World, halden: Any, sit: Callable[[str], Seat]) -> None:
    old = {"about": {"entity": "customers", "id": halden.pk}, "type": "call"}
    at = (clock.now() - timedelta(days=30)).isoformat()
    records.create("follow_ups", {**old, "at": at}, world.act("ann"))
    seat = sit("ann")
    assert "Overdue" in seat.get(f"/customers/{halden.pk}")
    tomorrow = (clock.today(ports.company().zone) + timedelta(days=1)).isoformat()
    values = {
        "kind": "call",
        "text": "She agrees",
        "result": "positive",
        "next_step": "Send quote",
        "next_date": tomorrow,
    }
    seat.send(f"/customers/{halden.pk}/composer", 204, **values)
    page = seat.get(f"/customers/{halden.pk}")
    assert "In 14 days" in page
    assert "She agrees" in page
    assert "Send quote" in page
    assert "Positive" in page


def test_a_call_says_what_rules_did(world: World, sit: Callable[[str], Seat]) -> None:
    customer = world.customer("ann", name="Halden")
    halden = {"id": customer.pk}
    raw = {"name": "Not now", "event": "follow_ups.saved", "enabled": True}
    when = {"field": "result", "op": "changed_to", "value": "refused"}
    do = [
        {"action": "tag", "record": "customer", "add": ["not now"]},
        {"action": "create", "entity": "contacts", "values": {"name": "Desk", "customer": halden}},
    ]
    records.create("rules", {**raw, "when": when, "do": do}, world.act("ada"))
    stamps.refresh()
    seat = sit("ann")
    seat.send(f"/customers/{customer.pk}/composer", 204, kind="call", text="Not this year.", result="refused")
    page = seat.get(f"/customers/{customer.pk}")
    desk = registry.get("contacts").model._default_manager.get(name="Desk")
    said = "Call recorded. Rule “Not now”: Tags: — → not now; Made “Desk” in Contacts."
    assert said in page
    followed = page[page.index("followed-title") : page.index("</section>", page.index("followed-title"))]
    assert f'href="/contacts/{desk.pk}"' in followed
    assert "Tags: — → not now" in followed
    assert "followed-title" not in seat.get(f"/customers/{customer.pk}"), "once"
    seat.send(f"/customers/{customer.pk}/composer", 204, kind="call", text="Well then.", result="positive")
    page = seat.get(f"/customers/{customer.pk}")
    assert "Call recorded.<" in page
    assert "followed-title" not in page


def test_what_cannot_be_recorded_is_said_and_kept(halden: Any, sit: Callable[[str], Seat]) -> None:
    values = {"kind": "note", "text": "", "next_date": "2027-01-01"}
    answer = sit("ann").send(f"/customers/{halden.pk}/composer", 422, **values)
    text = answer.content.decode()
    assert "Say what the next step is." in text
    assert 'value="2027-01-01"' in text


def test_the_next_step_is_done_with_one_click(world: World, halden: Any, sit: Callable[[str], Seat]) -> None:
    raw = {"about": {"entity": "customers", "id": halden.pk}, "type": "call", "next_step": "Send quote"}
    step = records.create("follow_ups", raw, world.act("ann"))
    seat = sit("ann")
    assert f"/follow_ups/{step.pk}/verbs/complete" in seat.get(f"/customers/{halden.pk}")
    seat.send(f"/follow_ups/{step.pk}/verbs/complete", 204)
    assert "Nothing planned" in seat.get(f"/customers/{halden.pk}")


def test_the_history_says_who_when_from_what_to_what_and_how(
    world: World, halden: Any, sit: Callable[[str], Seat]
) -> None:
    records.change("customers", halden.pk, {"grade": "B"}, world.act("ben"))
    page = sit("ann").get(f"/customers/{halden.pk}/history")
    line = next(row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if "Ben" in row)
    assert "Grade" in line
    assert ">A<" in line
    assert "B" in line
    assert "API" in line


def test_the_timeline_goes_on_page_by_page(world: World, halden: Any, sit: Callable[[str], Seat]) -> None:
    for number in range(40):
        at = (clock.now() - timedelta(days=number + 1)).isoformat()
        raw = {"about": {"entity": "customers", "id": halden.pk}, "type": "call", "at": at, "note": f"Talk {number:02}"}
        records.create("follow_ups", raw, world.act("ann"))
    seat = sit("ann")
    page, seen = seat.get(f"/customers/{halden.pk}"), []
    for _round in range(5):
        seen += re.findall(r"Talk \d\d", page)
        more = re.findall(r'hx-get="(/customers/\d+/timeline\?before=[^"]+)"', page)
        if not more:
            break
        page = seat.fragment(more[0])
    assert seen == [f"Talk {number:02}" for number in range(40)]


def test_the_panel_shows_the_same_at_a_glance(halden: Any, sit: Callable[[str], Seat]) -> None:
    panel = sit("ann").fragment(f"/customers/{halden.pk}/panel")
    assert "Halden Paper Mill" in panel
    assert "<html" not in panel
    assert f'data-dialog="/customers/{halden.pk}/composer?kind=call"' in panel


def test_people_are_drawn_as_an_organisation(world: World, halden: Any, sit: Callable[[str], Seat]) -> None:
    boss = records.query("contacts", world.actor("ann")).page().items[0]
    raw = {"name": "Lars Hauge", "customer": halden.pk, "reports_to": boss.pk}
    records.create("contacts", raw, world.act("ann"))
    page = sit("ann").get(f"/customers/{halden.pk}/pages/organisation")
    assert re.search(r"Ingrid Moe.*?</a><ul><li><a[^>]*>.*?Lars Hauge", page, re.DOTALL)
    sit("ann").get(f"/customers/{halden.pk}/pages/nothing", 404)


def test_removing_says_the_exact_counts_before(world: World, halden: Any, sit: Callable[[str], Seat]) -> None:
    seat = sit("ann")
    assert "1 Customer, 1 Contact" in seat.fragment(f"/customers/{halden.pk}/remove")
    answer = seat.send(f"/customers/{halden.pk}/remove", 204)
    assert answer.headers["HX-Redirect"] == "/customers"
    seat.get(f"/customers/{halden.pk}", 404)
    binned = seat.get("/bin")
    assert "Halden Paper Mill" in binned
    assert "1 Customer, 1 Contact" in binned
    restore = re.findall(r'data-post="(/bin/\d+/restore)"', binned)[0]
    sit("cyd").send(restore, 404)
    assert "Halden" not in sit("cyd").get("/bin")
    assert seat.send(restore, 204).headers["HX-Redirect"] == f"/customers/{halden.pk}"
    assert "Ingrid Moe" in seat.get(f"/customers/{halden.pk}")


def test_handing_over_leads_away_when_the_record_is_closed_then(
    world: World, halden: Any, sit: Callable[[str], Seat]
) -> None:
    seat = sit("ben")
    address = f"/customers/{halden.pk}/verbs/transfer"
    assert 'name="owner"' in seat.fragment(address)
    seat.send(address, 422, owner="")
    answer = seat.send(address, 204, owner=str(world.people["cyd"]))
    assert answer.headers["HX-Redirect"] == "/customers"
    assert [str(message) for message in get_messages(answer.wsgi_request)] == ["Handed over to Cyd"]  # type: ignore[attr-defined]


FRAGMENTS = (
    "", "/panel", "/timeline", "/history", "/pages/organisation", "/composer", "/cell?field=name", "/edit", "/remove",
    "/verbs/transfer",
)  # fmt: skip


@pytest.mark.parametrize("part", FRAGMENTS)
def test_a_stranger_sees_the_same_as_for_a_record_that_never_was(
    halden: Any, sit: Callable[[str], Seat], part: str
) -> None:
    seat = sit("cyd")
    for send in (seat.client.get, seat.client.post):
        foreign = send(f"/customers/{halden.pk}{part}", headers={"HX-Request": "true"})
        absent = send(f"/customers/987654{part}", headers={"HX-Request": "true"})
        assert foreign.status_code == absent.status_code
        assert foreign.status_code in (403, 404, 405)
        assert foreign.content == absent.content
        assert b"Halden" not in foreign.content


def test_nothing_is_changed_by_looking(world: World, halden: Any, sit: Callable[[str], Seat]) -> None:
    seat = sit("ann")
    before = reread(world, halden).version
    for part in FRAGMENTS:
        seat.client.get(f"/customers/{halden.pk}{part}")
    assert reread(world, halden).version == before
    assert seat.client.get("/undo").status_code == 405


def test_a_record_costs_the_same_however_much_hangs_on_it(
    world: World, halden: Any, sit: Callable[[str], Seat]
) -> None:
    def count() -> int:
        seat = sit("ann")
        seat.get(f"/customers/{halden.pk}")
        with CaptureQueriesContext(connection) as seen:
            seat.get(f"/customers/{halden.pk}")
        return len(seen)

    def add(times: int) -> None:
        for number in range(times):
            raw = {"about": {"entity": "customers", "id": halden.pk}, "type": "call", "note": "x", "next_step": "y"}
            records.create("follow_ups", raw, world.act("ann"))
            records.create("contacts", {"name": f"P {number}", "customer": halden.pk}, world.act("ann"))

    add(7)
    few = count()
    add(15)
    assert count() == few


def test_asking_for_the_headers_of_a_form_does_not_send_it(
    world: World, halden: Any, sit: Callable[[str], Seat]
) -> None:
    step = {"next_step": "Call", "next_step_on": clock.today(ports.company().zone).isoformat()}
    about = {"entity": "customers", "id": halden.pk}
    follow_up = records.create("follow_ups", {"about": about, "type": "call", **step}, world.act("ann"))
    seat = sit("ann")
    addresses = (f"/customers/{halden.pk}/remove", f"/follow_ups/{follow_up.pk}/verbs/complete", "/me/tokens/new")
    for address in addresses:
        assert seat.client.head(address).status_code == seat.client.get(address).status_code == 200, address
    assert reread(world, halden).name == "Halden Paper Mill"
    assert records.get("follow_ups", follow_up.pk, world.actor("ann")).step_done_at is None


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000])
def test_a_number_that_is_no_id_is_refused_in_words(
    world: World, halden: Any, sit: Callable[[str], Seat], number: str
) -> None:
    seat = sit("ada")
    world.customer("cyd", name="To be handed over")
    for address, values in (
        ("/customers/new", {"name": "Quay", "parent": number}),
        ("/follow_ups/new", {"about": f"customers:{number}", "type": "call"}),
        (f"/settings/people/{world.people['cyd']}/active", {"heir": number}),
    ):
        answer = seat.client.post(address, values, headers={"HX-Request": "true"})
        assert answer.status_code == 422, (address, answer.status_code)
