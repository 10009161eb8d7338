"""The ledger over the API: read-only, one's own alone, narrowed and paged."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest

from bosun.platform.deliveries.models import Delivery
from tests.api.conftest import Api
from tests.kernel.world import World
from tests.platform.delivering import look, remind
from tests.platform.reminding import NINE

pytestmark = pytest.mark.django_db
Make = Callable[..., Api]


@pytest.fixture
def rows(world: World) -> dict[str, list[int]]:
    """Three reminders of Ann's and one of Cyd's, all told; the ids of their deliveries."""
    for name in ("ann", "ann", "ann", "cyd"):
        remind(world.people[name], NINE)
    look(NINE)
    found = {}
    for name in ("ann", "cyd"):
        of = Delivery.objects.filter(person_id=world.people[name]).order_by("-pk")
        found[name] = list(of.values_list("pk", flat=True))
    return found


def ids(answer: dict[str, list[dict[str, int]]]) -> list[int]:
    return [item["id"] for item in answer["items"]]


def test_one_sees_ones_own_and_administrators_all(api: Make, rows: dict[str, list[int]]) -> None:
    assert ids(api("ann").get("deliveries")) == rows["ann"]
    assert ids(api("cyd").get("deliveries")) == rows["cyd"]
    assert ids(api("ben").get("deliveries")) == []
    assert ids(api("ada").get("deliveries")) == sorted(rows["ann"] + rows["cyd"], reverse=True)
    mine, foreign = rows["ann"][0], rows["cyd"][0]
    assert api("ann").get(f"deliveries/{mine}")["state"] == "delivered"
    absent = api("ann").get(f"deliveries/{foreign}", 404)
    assert api("ann").get("deliveries/999999", 404) == absent
    assert api("ben").get(f"deliveries/{mine}", 404) == absent
    assert Api("", api("ann").client).get("deliveries", 401)["status"] == 401


def test_a_delivery_says_what_became_of_it(api: Make, world: World, rows: dict[str, list[int]]) -> None:
    row = Delivery.objects.select_related("notice").get(pk=rows["ann"][0])
    assert api("ann").get(f"deliveries/{row.pk}") == {
        "id": row.pk, "key": row.key, "notice": row.notice_id, "kind": "reminder",
        "reminder": {"id": row.notice.reminder_id, "name": "Call Priya"},
        "occurrence": {"id": row.notice.occurrence_id, "name": "Call Priya"},
        "person": {"id": world.people["ann"], "name": "Ann", "username": "ann"}, "channel": "app", "step": 0,
        "address": "", "state": "delivered", "said": "", "reference": "", "tries": 0,
        "due_at": "2026-11-23T09:00:00Z", "late_seconds": 0.0, "made_at": "2026-11-23T09:00:00Z",
        "next_at": None, "sent_at": "2026-11-23T09:00:00Z", "delivered_at": "2026-11-23T09:00:00Z", "read_at": None,
        "done_at": None, "failed_at": None,
    }  # fmt: skip


def test_narrowed_and_paged(api: Make, rows: dict[str, list[int]]) -> None:
    ann = api("ann")
    reminder = ann.get(f"deliveries/{rows['ann'][0]}")["reminder"]["id"]
    assert ids(ann.get(f"deliveries?reminder={reminder}")) == rows["ann"][:1]
    occurrence = ann.get(f"deliveries/{rows['ann'][0]}")["occurrence"]["id"]
    assert ids(ann.get(f"deliveries?occurrence={occurrence}")) == rows["ann"][:1]
    leaf = quote(json.dumps({"field": "reminder", "op": "is", "value": reminder}))
    assert ids(ann.get(f"deliveries?filter={leaf}")) == rows["ann"][:1]
    tree = quote(json.dumps({"all": [{"field": "state", "op": "in", "value": ["failed", "sent"]}]}))
    assert ids(ann.get(f"deliveries?filter={tree}")) == []
    assert ids(ann.get("deliveries?state=delivered&channel=app")) == rows["ann"]
    assert ids(ann.get("deliveries?channel=email")) == []
    first = ann.get("deliveries?limit=2")
    assert ids(first) == rows["ann"][:2]
    second = ann.get(f"deliveries?limit=2&cursor={first['next']}")
    assert (ids(second), second["next"]) == (rows["ann"][2:], None)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("state=flying", 422), ("reminder=x", 422), ("reminder=" + "9" * 30, 422), ("colour=red", 400),
        ("filter=" + quote('{"field":"said","op":"is","value":"x"}'), 422), ("filter=" + quote('{"any":[]}'), 422),
        ("filter=" + quote('{"field":"state","op":"contains","value":"x"}'), 422), ("filter=7", 422),
        ("filter=" + quote('{"all":7}'), 422), ("cursor=x", 400), ("limit=0", 400),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(api: Make, rows: dict[str, list[int]], query: str, status: int) -> None:
    assert api("ann").get(f"deliveries?{query}", status)["title"]


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_nothing_is_written(api: Make, rows: dict[str, list[int]], method: str) -> None:
    before = list(Delivery.objects.order_by("pk").values())
    for address in ("deliveries", f"deliveries/{rows['ann'][0]}"):
        api("ada").send(method, address, {"state": "done"}, 405)
    assert list(Delivery.objects.order_by("pk").values()) == before


def test_the_document_tells_of_it(api: Make) -> None:
    paths = api("ann").get("openapi.json")["paths"]
    assert set(paths["/deliveries"]) == {"get"}
    assert set(paths["/deliveries/{id}"]) == {"parameters", "get"}
