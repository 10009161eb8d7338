"""Reminders and their occurrences over the API: made with a rule, done and snoozed, closed to others."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from bosun.lib import clock
from bosun.platform.away.models import Delegation
from bosun.platform.reminders.models import Occurrence, Reminder
from tests.api.conftest import Api
from tests.kernel.world import REP, World
from tests.platform.reminding import NINE, grant, minutes, tick

MEETING = {
    "text": "Sales meeting", "due_at": "2026-11-23T09:00:00Z", "rule": "FREQ=WEEKLY;BYDAY=MO",
    "timezone": "Europe/Madrid", "nag_minutes": 30, "until": "2027-03-01", "checklist": ["Figures", "Room"],
}  # fmt: skip
Open = Callable[..., Api]
SUNDAY = datetime(2026, 11, 22, 12, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def rights(world: World) -> None:
    grant(world)


def made(api: Open, **more: Any) -> Any:
    with clock.fixed(minutes(-60)[0]):
        return api("ann").send("POST", "reminders", {**MEETING, **more}, 201)


def test_a_series_and_its_occurrences(world: World, api: Open) -> None:
    row = made(api)
    assert (row["rule"], row["timezone"], row["until"]) == ("FREQ=WEEKLY;BYDAY=MO", "Europe/Madrid", "2027-03-01")
    tick(NINE)
    found = api("ann").get("occurrences")["items"]
    assert [(one["reminder"]["id"], one["due_at"], one["state"]) for one in found] == [
        (row["id"], "2026-11-23T09:00:00Z", "open")
    ]
    at = f"occurrences/{found[0]['id']}/verbs"
    with clock.fixed(minutes(1)[0]):
        api("ann").send("POST", f"{at}/snooze", {"minutes": 10})
        assert api("ann").get(f"occurrences/{found[0]['id']}")["snoozed_until"] == "2026-11-23T09:11:00Z"
        api("ann").send("POST", f"{at}/done", {})
    assert Occurrence.objects.get().state == "done"
    assert Reminder.objects.get().state == "open"


@pytest.mark.parametrize("who", ["ben", "cyd"])
def test_strangers_find_nothing_and_change_nothing(world: World, api: Open, who: str) -> None:
    row = made(api)
    tick(NINE)
    one = Occurrence.objects.get()
    assert api(who).get("occurrences")["items"] == []
    for address in (f"occurrences/{one.pk}", f"reminders/{row['id']}"):
        assert api(who)("GET", address).status_code == 404
        for verb in ("done", "snooze"):
            assert api(who)("POST", f"{address}/verbs/{verb}", {"minutes": 5}).status_code in (404, 422)
            assert api(who)("POST", f"{address}/verbs/done", {}).status_code == 404
    assert list(Occurrence.objects.values_list("state", "snoozed_until")) == [("open", None)]
    assert Reminder.objects.get().state == "open"


ONCE = {"text": "Call Priya", "due_at": "2026-11-23T09:00:00Z"}
WEEKLY = {"text": "Plan", "rule": "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0", "timezone": "Europe/Madrid"}


def posted(api: Open, body: dict[str, Any], status: int = 201) -> Any:
    """What the API answers to a reminder that Ann sends on the Sunday before, at noon and some seconds."""
    with clock.fixed(SUNDAY):
        return api("ann").send("POST", "reminders", body, status)


def test_text_and_a_time_are_enough(world: World, api: Open) -> None:
    row = posted(api, ONCE)
    assert (row["text"], row["due_at"], row["owner"]["username"]) == ("Call Priya", "2026-11-23T09:00:00Z", "ann")
    assert (row["about"], row["rule"], row["until"], row["people"], row["channels"]) == (None, None, None, [], None)
    assert (row["nag_minutes"], row["state"]) == (0, "open")
    assert tick(NINE) == [NINE]
    (found,) = api("ann").get("occurrences")["items"]
    assert (found["reminder"]["id"], found["owner"]["username"]) == (row["id"], "ann")


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        (WEEKLY["rule"], "2026-11-23T08:00:00Z"),
        (f"RRULE:{WEEKLY['rule']}", "2026-11-23T08:00:00Z"),
        ("FREQ=DAILY;BYHOUR=14", "2026-11-22T13:00:00Z"),
        ("FREQ=DAILY", "2026-11-22T12:01:00Z"),
        ("FREQ=MINUTELY;INTERVAL=30", "2026-11-22T12:01:00Z"),
    ],
)
def test_a_rule_says_its_times_by_itself(world: World, api: Open, rule: str, first: str) -> None:
    assert posted(api, {**WEEKLY, "rule": rule})["due_at"] == first


def test_what_it_is_about_is_an_entity_and_a_record(world: World, api: Open) -> None:
    customer = world.customer("ann", name="Halden Paper", external_id="H-1")
    shown = {"entity": "customers", "id": customer.pk, "name": "Halden Paper"}
    for about in (
        {"entity": "customers", "id": customer.pk},
        {"entity": "customers", "external_id": "H-1"},
        f"customers:{customer.pk}",
        shown,
    ):
        assert posted(api, {**ONCE, "about": about})["about"] == shown
    foreign = world.customer("cyd", name="CNRY-foreign")
    refused = posted(api, {**ONCE, "about": {"entity": "customers", "id": foreign.pk}}, 422)
    assert [error["field"] for error in refused["errors"]] == ["about"]
    assert "CNRY" not in str(refused)


def test_people_and_channels_are_lists_of_what_they_are_called(world: World, api: Open) -> None:
    row = posted(api, {**ONCE, "people": ["ann"], "channels": ["app"]})
    assert ([each["username"] for each in row["people"]], row["channels"]) == (["ann"], ["app"])
    with clock.fixed(SUNDAY):
        led = api("ben").send("POST", "reminders", {**ONCE, "people": ["ann", world.people["ben"]]}, 201)
    assert sorted(each["username"] for each in led["people"]) == ["ann", "ben"]
    tick(NINE)
    assert sorted(Occurrence.objects.filter(reminder=led["id"]).values_list("owner_id", flat=True)) == sorted(
        [world.people["ann"], world.people["ben"]]
    )


def test_until_is_a_day_or_a_condition(world: World, api: Open) -> None:
    customer = world.customer("ann", name="Halden Paper", grade="B")
    about = {"entity": "customers", "id": customer.pk}
    graded = {"field": "grade", "op": "is", "value": "A"}
    row = posted(api, {**WEEKLY, "about": about, "until": graded})
    assert row["until"] == graded
    at = f"reminders/{row['id']}"
    with clock.fixed(SUNDAY):
        assert api("ann").send("PATCH", at, {"until": "2026-12-24"})["until"] == "2026-12-24"
        assert api("ann").send("PATCH", at, {"until": {"all": [graded]}})["until"] == {"all": [graded]}
        past = api("ann").get(f"{at}/history")["items"]
    lines = [(line["before"], line["after"]) for entry in past for line in entry["changes"] if line["field"] == "until"]
    assert lines == [("2026-12-24", {"all": [graded]}), (graded, "2026-12-24"), (None, graded)]
    with clock.fixed(SUNDAY):
        api("ann").send("PATCH", f"customers/{customer.pk}", {"grade": "A"})
    assert tick(NINE) == []
    assert api("ann").get(at)["state"] == "done"
    assert not Occurrence.objects.exists()


def test_lists_are_narrowed_by_the_day_and_a_condition_is_none(world: World, api: Open) -> None:
    about = {"entity": "customers", "id": world.customer("ann").pk}
    day = posted(api, {**WEEKLY, "until": "2026-12-24"})
    posted(api, {**WEEKLY, "about": about, "until": {"field": "grade", "op": "is", "value": "A"}})

    def found(op: str, value: Any = None) -> list[int]:
        leaf = {"field": "until", "op": op, **({} if value is None else {"value": value})}
        return [row["id"] for row in api("ann").get(f"reminders?filter={quote(json.dumps(leaf))}")["items"]]

    assert found("lte", "2026-12-31") == found("filled") == [day["id"]]
    assert found("gt", "2026-12-31") == []


def test_a_time_or_a_rule_is_wanted(world: World, api: Open) -> None:
    answer = posted(api, {"text": "Call Priya"}, 422)
    assert answer["errors"] == [{"field": "due_at", "message": "Fill in “When”."}]
    document = api("ann").get("openapi.json")["paths"]["/reminders"]["post"]["requestBody"]
    assert document["content"]["application/json"]["schema"]["allOf"][1]["required"] == ["text"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"rule": "FREQ=SECONDLY"}, "rule"),
        ({"rule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"}, "rule"),
        ({"rule": 7}, "rule"),
        ({"rule": ["FREQ=DAILY"]}, "rule"),
        ({"due_at": "soon"}, "due_at"),
        ({"due_at": "2026-02-30T09:00:00Z"}, "due_at"),
        ({"due_at": 1790000000}, "due_at"),
        ({"due": "2026-11-23T09:00:00Z"}, "due"),
        ({"text": ""}, "text"),
        ({"text": "x" * 201}, "text"),
        ({"timezone": "Nowhere/Else"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"nag_minutes": -1}, "nag_minutes"),
        ({"nag_minutes": 10_081}, "nag_minutes"),
        ({"nag_minutes": "often"}, "nag_minutes"),
        ({"nag_minutes": 1.5}, "nag_minutes"),
        ({"people": ["ben"]}, "people"),
        ({"people": ["nobody"]}, "people"),
        ({"people": {"id": {}}}, "people"),
        ({"channels": ["smoke"]}, "channels"),
        ({"channels": [["app"]]}, "channels"),
        ({"channels": 5}, "channels"),
        ({"about": {"entity": "planets", "id": 1}}, "about"),
        ({"about": {"entity": "customers"}}, "about"),
        ({"about": 7}, "about"),
        ({"until": "2020-01-01"}, "until"),
        ({"until": "never"}, "until"),
        ({"until": ["2027-01-01"]}, "until"),
        ({"until": {"field": "grade", "op": "is", "value": "A"}}, "until"),
        ({"until": {"field": "password", "op": "is", "value": "A"}, "about": "customers"}, "until"),
        ({"until": {"field": "owner.password", "op": "starts", "value": "p"}, "about": "customers"}, "until"),
        ({"until": {"all": []}, "about": "customers"}, "until"),
        ({"until": {"none": [{"any": []}]}, "about": "customers"}, "until"),
        ({"until": {"field": "grade", "op": "regex", "value": "("}, "about": "customers"}, "until"),
        ({"until": {"when": "it rains"}, "about": "customers"}, "until"),
        ({"until_when": {"field": "grade", "op": "is", "value": "A"}}, "until_when"),
        ({"state": "done"}, "state"),
        ({"wall": "2026-11-23T09:00:00"}, "wall"),
    ],
)
def test_what_cannot_be_is_refused_with_a_message(world: World, api: Open, more: dict[str, Any], field: str) -> None:
    if more.get("about") == "customers":
        more = {**more, "about": {"entity": "customers", "id": world.customer("ann").pk}}
    answer = posted(api, {**MEETING, "until": None, **more}, 422)
    assert [error["field"] for error in answer["errors"]] == [field]
    assert all(error["message"] for error in answer["errors"])
    assert not Reminder.objects.exists()


@pytest.mark.parametrize(
    "body", ['{"text": "\\ud800", "due_at": "2026-11-23T09:00:00Z"}', '{"text": "a\\u0000b"}', "{", "[]", ""]
)
def test_what_cannot_be_read_makes_nothing(world: World, api: Open, body: str) -> None:
    assert api("ann")("POST", "reminders", body).status_code == (422 if body == "" else 400)
    assert not Reminder.objects.exists()


def test_a_line_that_pretends_to_be_a_header_stays_one_line(world: World, api: Open) -> None:
    row = posted(api, {**ONCE, "text": "Offer\r\nBcc: all@example.com"})
    assert "\n" not in row["text"]
    assert "\r" not in row["text"]


def test_nobody_makes_an_occurrence(world: World, api: Open) -> None:
    row = made(api)
    assert api("ann")("POST", "occurrences", {"reminder": row["id"]}).status_code in (403, 404, 422)
    api("ada").send("POST", "occurrences", {}, 422)
    assert not Occurrence.objects.exists()


# the addresses around it ------------------------------------------------------------------------------------------


def test_an_absence_wants_a_delegate_and_days(world: World, api: Open) -> None:
    days = {"first_day": "2026-11-23", "last_day": "2026-11-27"}
    with clock.fixed(SUNDAY):
        row = api("ann").send("POST", "delegations", {"delegate": "cyd", **days}, 201)
        assert (row["person"]["username"], row["delegate"]["username"], row["state"]) == ("ann", "cyd", "coming")
        for body, fields in (
            (days, ["delegate"]),
            ({"delegate": "ann", **days}, ["delegate"]),
            ({"delegate": "nobody", **days}, ["delegate"]),
            ({"delegate": "cyd", "first_day": "2026-11-27", "last_day": "2026-11-23"}, ["last_day"]),
            ({"delegate": "cyd", "first_day": "27/11", "last_day": 5}, ["first_day", "last_day"]),
            ({"delegate": "cyd", "person": "ben", **days}, ["person"]),
        ):
            answer = api("ann").send("POST", "delegations", body, 422)
            assert [error["field"] for error in answer["errors"]] == fields, body
    assert Delegation.objects.count() == 1


def test_a_list_is_subscribed_to_by_its_name_and_a_rule(world: World, api: Open) -> None:
    world.grant("rep", {**REP, "subscriptions": dict.fromkeys(("read", "create", "change", "remove"), "own")})
    body = {"name": "My customers", "entity": "customers", "rule": "FREQ=WEEKLY;BYDAY=MO", "starts": ONCE["due_at"]}
    with clock.fixed(SUNDAY):
        row = api("ann").send("POST", "subscriptions", body, 201)
        assert (row["owner"]["username"], row["only_if"], row["format"], row["enabled"]) == (
            "ann",
            "always",
            "table",
            True,
        )
        short = api("ann").send("POST", "subscriptions", {"entity": "customers", "rule": "FREQ=DAILY"}, 201)
        assert (short["name"], short["starts"]) == ("Customers", "2026-11-22T12:00:00Z")
        for wrong, field in (
            ({"rule": "FREQ=HOURLY"}, "rule"),
            ({"entity": "planets"}, "entity"),
            ({"filter": {"field": "password", "op": "filled"}}, "filter"),
        ):
            answer = api("ann").send("POST", "subscriptions", {**body, **wrong}, 422)
            assert [error["field"] for error in answer["errors"]] == [field]
        for who in ("ben", "cyd"):
            assert api(who)("GET", f"subscriptions/{row['id']}").status_code == 404


def test_the_ledger_is_only_read(world: World, api: Open) -> None:
    posted(api, ONCE)
    tick(NINE)
    (row,) = api("ann").get("deliveries")["items"]
    assert (row["channel"], row["state"], row["person"]["id"]) == ("app", "delivered", world.people["ann"])
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert api("ada")(method, f"deliveries/{row['id']}", {}).status_code == 405
    assert api("ada")("POST", "deliveries", {}).status_code == 405
    assert api("cyd").get("deliveries")["items"] == []


def test_the_preview_says_who_is_reminded_of_what(world: World, api: Open) -> None:
    row = posted(api, ONCE)
    with clock.fixed(SUNDAY):
        found = api("ann").get("preview?days=7")
        assert [(each["person"]["id"], each["at"], each["text"], each["record"]) for each in found["items"]] == [
            (world.people["ann"], "2026-11-23T09:00:00Z", "Call Priya", {"entity": "reminders", "id": row["id"]})
        ]
        assert api("cyd").get("preview?days=7")["items"] == []
        for days in ("0", "32", "-1", "7d", ""):
            assert [error["field"] for error in api("ann").get(f"preview?days={days}", 422)["errors"]] == ["days"]


def test_the_preview_says_what_a_rule_that_is_switched_on_or_off_would_change(world: World, api: Open) -> None:
    customer = world.customer("ann", name="Halden Paper")
    rule = {
        "name": "Weekly look", "event": "customers.time", "enabled": False,
        "trigger": {"every": "FREQ=WEEKLY;BYDAY=FR", "hour": 9, "from": "2026-11-20"},
        "do": [{"action": "notify", "to": ["owner"], "text": "Look again"}],
    }  # fmt: skip
    with clock.fixed(SUNDAY):
        pk = api("ada").send("POST", "rules", rule, 201)["id"]
        would = api("ada").get(f"preview?days=7&rule={pk}")
        assert would["items"] == []
        (line,) = would["change"]["adds"]
        assert (line["at"], line["record"], line["person"]["id"]) == (
            "2026-11-27T08:00:00Z", {"entity": "customers", "id": customer.pk}, world.people["ann"],
        )  # fmt: skip
        assert (would["change"]["drops"], would["change"]["foreseen"]) == ([], True)
        api("ada").send("PATCH", f"rules/{pk}", {"enabled": True})
        assert api("ada").get(f"preview?days=7&rule={pk}")["change"]["drops"] == [line]
        assert api("ann")("GET", f"preview?days=7&rule={pk}").status_code in (403, 404)
        assert api("ada")("GET", "preview?days=7&rule=999999").status_code == 404
