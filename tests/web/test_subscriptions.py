"""Subscribing to a list as one sees it, reading what came, and cancelling: signed in, and from a mail."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from bosun.kernel import records, registry
from bosun.lib import clock
from bosun.platform.jobs import running
from bosun.platform.reminders.models import Notice
from bosun.platform.subscriptions import planning, services
from bosun.platform.subscriptions.models import Issue, Subscription
from bosun.platform.views import services as views
from tests.kernel.world import REP, SYSTEM, World
from tests.web.conftest import Seat

OWN = dict.fromkeys(("read", "create", "change", "remove"), "own")
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)
"""Eight o'clock in Madrid."""
ASKED = {"name": "Mine", "rule": "FREQ=WEEKLY;BYDAY=MO", "hour": "8", "only_if": "always", "format": "csv"}


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    world.grant("rep", {**REP, "subscriptions": OWN})


def subscribe(sit: Callable[[str], Seat], address: str = "/customers/subscribe", **values: Any) -> Any:
    with clock.fixed(SUNDAY):
        sit("ann").send(address, 204, **{**ASKED, **values})
    return Subscription.objects.latest("pk")


def issue(moment: datetime = MONDAY) -> Any:
    with clock.fixed(moment):
        planning.tick()
        running.drain()
    return Issue.objects.latest("pk")


def test_a_list_is_subscribed_to_as_it_stands(world: World, sit: Callable[[str], Seat]) -> None:
    assert "/customers/subscribe" in sit("ann").get("/customers")
    tree = {"field": "grade", "op": "is", "value": "A"}
    world.customer("ann", grade="A")
    world.customer("ann", name="Other")
    query = f"?filter={json.dumps(tree)}&sort=-name&columns=grade,industry"
    row = subscribe(sit, f"/customers/subscribe{query}")
    assert (row.entity, row.filter, row.sort, row.columns) == ("customers", tree, "-name", "grade industry")
    assert (row.owner_id, row.timezone, row.starts) == (world.people["ann"], "Europe/Madrid", MONDAY.replace(day=22))
    made = issue()
    assert (made.due_at, made.count) == (MONDAY, 1)
    card = sit("ann").picked("/notices?after=0")["items"][0]
    assert card["url"] == f"/subscriptions/{row.pk}/latest"
    assert sit("ann").client.get(card["url"])["Location"] == f"/issues/{made.pk}"
    page = sit("ann").get(f"/issues/{made.pk}")
    assert "Tidewater" in page
    assert "Other" not in page
    file = sit("ann").client.get(f"/issues/{made.pk}/file")
    assert file["Content-Disposition"] == 'attachment; filename="customers-2026-11-23.csv"'
    assert b"Tidewater" in file.getvalue()
    assert f"/issues/{made.pk}" in sit("ann").get(f"/subscriptions/{row.pk}")


def test_a_filter_and_an_order_that_were_taken_away_are_none(world: World, sit: Callable[[str], Seat]) -> None:
    tree = {"field": "grade", "op": "is", "value": "A"}
    view = views.keep(registry.get("customers"), "Top", world.act("ann"), filter=tree, sort=["name"]).key
    for name, grade in (("Bolt", "A"), ("Acme", "A"), ("Cole", None)):
        world.customer("ann", name=name, grade=grade)

    def told(query: str) -> tuple[list[str], list[str], Any, Any]:
        shown = sit("ann").get(f"/customers{query}")
        row = subscribe(sit, f"/customers/subscribe{query}")
        names = [each[0] for each in issue().body["rows"]]
        Issue.objects.all().delete()
        return sorted(names, key=shown.index), names, row.filter, row.sort

    assert told(f"?view={view}") == (["Acme", "Bolt"], ["Acme", "Bolt"], None, None)
    everyone = ["Acme", "Bolt", "Cole"]
    assert told(f"?view={view}&filter=") == (everyone, everyone, {"all": []}, None)
    latest = ["Cole", "Acme", "Bolt"]
    assert told(f"?view={view}&filter=&sort=") == (latest, latest, {"all": []}, "-")


def test_a_chart_is_subscribed_to_as_figures(world: World, sit: Callable[[str], Seat]) -> None:
    world.customer("ann", grade="A")
    row = subscribe(sit, "/customers/subscribe?mode=chart&by=grade", format="table")
    assert (row.group, row.columns) == ("grade", None)
    assert [line[1] for line in issue().body["rows"]] == ["1"]


def test_what_was_typed_wrong_is_said_beside_it(world: World, sit: Callable[[str], Seat]) -> None:
    for wrong in ({"rule": "x"}, {"hour": "25"}, {"only_if": "above"}, {"format": "pdf"}):
        with clock.fixed(SUNDAY):
            sit("ann").send("/customers/subscribe", 422, **{**ASKED, **wrong})
    with clock.fixed(SUNDAY):
        sit("ann").send("/customers/subscribe?q=tide", 422, **ASKED)
    assert not Subscription.objects.exists()


def test_ones_page_shows_them_and_cancels(world: World, sit: Callable[[str], Seat]) -> None:
    row = subscribe(sit)
    assert "Mine" in sit("ann").get("/me/subscriptions")
    assert "Mine" not in sit("cyd").get("/me/subscriptions")
    sit("cyd").send(f"/subscriptions/{row.pk}/cancel", 404)
    sit("ada").send(f"/subscriptions/{row.pk}/cancel", 404)
    sit("ann").send(f"/subscriptions/{row.pk}/cancel", 204)
    with clock.fixed(MONDAY):
        assert (planning.tick(), running.drain()) == (0, 0)


def test_an_issue_is_open_to_its_reader_alone(world: World, sit: Callable[[str], Seat]) -> None:
    """A1.12."""
    world.customer("ann")
    row = subscribe(sit)
    made = issue()
    for who in ("ben", "cyd", "ada"):
        for address in (f"/issues/{made.pk}", f"/issues/{made.pk}/file", f"/subscriptions/{row.pk}/latest"):
            sit(who).get(address, 404)
    assert Client().get(f"/issues/{made.pk}").status_code == 302


def test_figures_that_were_told_stay_on_their_page(world: World, sit: Callable[[str], Seat]) -> None:
    """They name no record."""
    world.customer("ann", grade="A")
    subscribe(sit, "/customers/subscribe?mode=chart&by=grade")
    made = issue()
    page = sit("ann").get(f"/issues/{made.pk}")
    assert made.body["rows"][0][1] == "1"
    assert f"<td>{made.body['rows'][0][1]}</td>" in page
    assert "not open to you any more" not in page


def test_an_issue_shows_no_record_that_was_given_away(world: World, sit: Callable[[str], Seat]) -> None:
    """What was told stays told; what is not open any more is neither on its page nor in its file."""
    customer = world.customer("ann", name="Tidewater")
    world.customer("ann", name="Mine")
    subscribe(sit, format="csv")
    made = issue()
    ann = sit("ann")
    assert "Tidewater" in ann.get(f"/issues/{made.pk}")
    assert ann.client.get(f"/issues/{made.pk}/file").status_code == 200
    records.change("customers", customer.pk, {"owner": world.people["cyd"]}, SYSTEM)
    page = ann.get(f"/issues/{made.pk}")
    assert ("Tidewater" in page, "Mine" in page, "/file" in page) == (False, True, False)
    assert "not open to you any more" in page
    ann.get(f"/issues/{made.pk}/file", 403)
    assert Issue.objects.get().count == 2


def test_an_issue_names_no_record_that_was_given_away(world: World, sit: Callable[[str], Seat]) -> None:
    """The opportunity is hers still, the customer behind it is not."""
    world.grant("rep", {**REP, "subscriptions": OWN, "opportunities": {**OWN, "export": "own"}})
    customer = world.customer("ann", name="Tidewater")
    records.create("opportunities", {"name": "Deal", "customer": customer.pk}, world.act("ann"))
    subscribe(sit, "/opportunities/subscribe?columns=customer,owner", format="csv")
    made, ann = issue(), sit("ann")
    assert made.body["named"] == {"customers": [customer.pk]}
    assert "Tidewater" in ann.get(f"/issues/{made.pk}")
    assert b"Tidewater" in b"".join(ann.client.get(f"/issues/{made.pk}/file"))
    records.change("customers", customer.pk, {"owner": world.people["cyd"]}, SYSTEM)
    page = ann.get(f"/issues/{made.pk}")
    assert ("Tidewater" in page, "not open to you any more" in page) == (False, True)
    ann.get(f"/issues/{made.pk}/file", 403)
    services.fresh(Issue.objects.get(), world.actor("ann"))
    anew = Issue.objects.get().body
    assert (anew["rows"][0][:2], anew["named"]) == (["Deal", "Not open to you"], {})
    assert "Deal" in ann.get(f"/issues/{made.pk}")


def test_figures_by_customer_are_no_way_around(world: World, sit: Callable[[str], Seat]) -> None:
    world.grant("rep", {**REP, "subscriptions": OWN, "opportunities": OWN})
    customer = world.customer("ann", name="Tidewater")
    records.create("opportunities", {"name": "Deal", "customer": customer.pk}, world.act("ann"))
    subscribe(sit, "/opportunities/subscribe?mode=chart&by=customer", format="table")
    made, ann = issue(), sit("ann")
    assert "Tidewater" in ann.get(f"/issues/{made.pk}")
    records.change("customers", customer.pk, {"owner": world.people["cyd"]}, SYSTEM)
    assert "Tidewater" not in ann.get(f"/issues/{made.pk}")


def test_of_an_issue_from_before_nobody_knows_what_it_names(world: World, sit: Callable[[str], Seat]) -> None:
    world.customer("ann", name="Tidewater")
    subscribe(sit)
    made = issue()
    made.body.pop("named")
    made.save()
    assert "Tidewater" not in sit("ann").get(f"/issues/{made.pk}")
    assert services.fresh(Issue.objects.get(), world.actor("ann")).body["named"] == {}
    assert "Tidewater" in sit("ann").get(f"/issues/{made.pk}")


def test_a_mails_link_cancels_by_a_press_and_only_its_own(world: World, sit: Callable[[str], Seat]) -> None:
    row, other = subscribe(sit), subscribe(sit, name="Other")
    link = f"/unsubscribe/{services.token(row)}"
    reader = Client(enforce_csrf_checks=True)
    for _look in range(2):
        page = reader.get(link)
        assert (page.status_code, page["Cache-Control"]) == (200, "private, no-store")
    assert reader.head(link).status_code == 200
    assert Subscription.objects.filter(deleted_at__isnull=True).count() == 2
    forged = [link[:-1], link + "x", "/unsubscribe/x", f"/unsubscribe/{other.pk}.{other.owner_id}:abc"]
    assert [reader.post(each).status_code for each in forged] == [404] * 4
    assert reader.delete(link).status_code == 405
    assert reader.post(link).status_code == 200
    assert list(Subscription.objects.filter(deleted_at__isnull=True)) == [other]
    assert reader.post(link).status_code == 404
    assert not Notice.objects.exists()


def test_the_api_serves_them_as_any_entity(world: World, sit: Callable[[str], Seat]) -> None:
    body = {"name": "By program", "entity": "customers", "rule": "FREQ=DAILY", "starts": "2026-11-23T07:00:00Z"}
    with clock.fixed(SUNDAY):
        answer = sit("ann").client.post("/api/v1/subscriptions", json.dumps(body), "application/json")
    assert answer.status_code == 201, answer.content
    made = answer.json()
    assert (made["only_if"], made["format"], made["timezone"]) == ("always", "table", "Europe/Madrid")
    assert sit("cyd").client.get(f"/api/v1/subscriptions/{made['id']}").status_code == 404
    records.remove_one("subscriptions", made["id"], world.act("ann"))


def test_a_number_is_asked_for_only_where_it_counts(world: World, sit: Callable[[str], Seat]) -> None:
    dialog = html.unescape(sit("ann").fragment("/customers/subscribe"))
    assert "For “only above a number”." not in dialog
    shown = '{"field": "only_if", "op": "is", "value": "above"}'
    assert f'data-field="above" data-shown-when="{shown}"' in dialog


def test_ones_page_says_when_the_next_comes_and_what_the_last_was(world: World, sit: Callable[[str], Seat]) -> None:
    world.customer("ann")
    row = subscribe(sit)
    seat = sit("ann")
    assert "None came yet." in seat.get("/me/subscriptions")
    made = issue()
    page = seat.get("/me/subscriptions")
    assert f'href="/issues/{made.pk}"' in page
    assert "1 record" in page
    assert f'href="/subscriptions/{row.pk}"' in page
    with clock.fixed(MONDAY):
        page = seat.get("/me/subscriptions")
    assert 'next <span class="tn">Mon 30 Nov 08:00</span>' in page


def test_one_is_sent_at_once_by_a_press(world: World, sit: Callable[[str], Seat]) -> None:
    row = subscribe(sit)
    address = f"/subscriptions/{row.pk}/now"
    assert address in sit("ann").get("/me/subscriptions")
    for who in ("ben", "cyd", "ada"):
        sit(who).send(address, 404)
    assert Client().post(address).status_code == 302
    assert not running.drain()
    sit("ann").send(address, 204)
    assert running.drain() == 1
    assert (Issue.objects.get().state, Notice.objects.get().text) == ("made", "Mine: 0 records")


def test_what_was_read_under_other_rights_is_not_shown(world: World, sit: Callable[[str], Seat]) -> None:
    """A5.01."""
    world.customer("ann")
    subscribe(sit)
    made = issue()
    assert "Tidewater" in sit("ann").get(f"/issues/{made.pk}")
    world.grant("rep", {"subscriptions": OWN})
    page = sit("ann").get(f"/issues/{made.pk}")
    assert "Tidewater" not in page
    assert "Your rights have changed since." in page
    sit("ann").get(f"/issues/{made.pk}/file", 403)


@pytest.mark.parametrize("only_if", [{}, {"only_if": "above", "above": "9"}])
def test_what_was_counted_under_other_rights_is_not_said(
    world: World, sit: Callable[[str], Seat], only_if: dict[str, str]
) -> None:
    for number in range(7):
        world.customer("ann", name=f"Number {number}")
    row = subscribe(sit, **only_if)
    issue()
    said = "7 is not above 9" if only_if else "7 records"
    places = ("/me/subscriptions", f"/subscriptions/{row.pk}")
    assert [said in sit("ann").get(each) for each in places] == [True, True]
    assert (", only above 9" in sit("ann").get(places[0])) == bool(only_if)
    world.grant("rep", {"subscriptions": OWN})
    for page in map(sit("ann").get, places):
        assert (said in page, "Your rights have changed since." in page) == (False, True)
    assert [each["text"] for each in sit("ann").picked("/notices?after=0")["items"]] == ([] if only_if else ["Mine"])


def test_a_chart_as_it_opens_is_subscribed_to_as_figures(world: World, sit: Callable[[str], Seat]) -> None:
    found = re.search(r'data-dialog="(/customers/subscribe[^"]*)"', sit("ann").get("/customers/chart"))
    assert found is not None
    row = subscribe(sit, html.unescape(found[1]), format="table")
    assert row.group
    assert row.columns is None
