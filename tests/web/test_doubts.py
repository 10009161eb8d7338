"""What may be a slip or a forgery is kept as it came, and said beside the value on every page."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bosun.kernel import records
from bosun.lib import clock
from tests.kernel.world import World
from tests.web.conftest import Seat

FORGED = "аdmin@exаmple.com"
"""Both words begin or go on with a Cyrillic а."""
TRUE = "admin@example.com"
SAID = "this may be a forged address"
AHEAD = "This is more than 20 years ahead."
AGO = "This is more than 20 years ago."


def the(world: World, entity: str, **where: Any) -> Any:
    (found,) = records.query(entity, world.actor("ada")).where(**where).rows()
    return found


def in_days(days: int) -> str:
    return (clock.today("UTC") + timedelta(days=days)).isoformat()


def test_a_forged_address_is_kept_flagged_and_not_taken_for_the_true_one(
    world: World, sit: Callable[[str], Seat]
) -> None:
    world.customer("ann", name="Halden", email=TRUE, website="https://example.com")
    seat = sit("ann")
    given = {"name": "Other", "kind": "company", "email": FORGED, "website": "https://exаmple.com"}
    made_at = seat.post("/customers/new", **given).headers["Location"]
    made = the(world, "customers", name="Other")
    assert (made.email, made.website) == ("аdmin@xn--exmple-4nf.com", "https://xn--exmple-4nf.com")
    page = seat.get(made_at)
    assert page.count(f'title="Letters of several scripts that look alike: {SAID}."') == 2
    assert SAID in seat.get(f"{made_at}/edit")
    assert seat.get("/customers?columns=name,email,website").count('aria-label="Letters of several') == 2
    true = the(world, "customers", name="Halden")
    assert SAID not in seat.get(f"/customers/{true.pk}")
    assert SAID not in seat.get(f"/customers/{true.pk}/edit")


def test_the_hint_while_typing_does_not_take_a_forged_address_for_the_true_one(
    world: World, sit: Callable[[str], Seat]
) -> None:
    world.customer("ann", name="Halden", email=TRUE)
    seat = sit("ann")
    assert "Halden" in seat.send("/customers/duplicates", email=TRUE.upper()).content.decode()
    assert "Halden" not in seat.send("/customers/duplicates", email=FORGED).content.decode()


@pytest.mark.parametrize(("days", "said"), [(7280, ""), (7400, AHEAD), (40_000, AHEAD), (-7400, AGO), (-300, "")])
def test_a_day_far_away_is_kept_and_said(world: World, sit: Callable[[str], Seat], days: int, said: str) -> None:
    seat = sit("ada")
    answer = seat.post("/opportunities/new", name="Line 3", closes=in_days(days), opened="")
    made = the(world, "opportunities")
    assert made.closes.isoformat() == in_days(days)
    page = seat.get(answer.headers["Location"])
    assert (f"Expected close: {AHEAD}" in page or f"Expected close: {AGO}" in page) is bool(said)
    for again in (page, seat.get(f"/opportunities/{made.pk}/edit")):
        assert [sentence for sentence in (AHEAD, AGO) if sentence in again] == ([said] if said else [])


def test_a_day_far_away_is_said_where_a_fact_is_edited_in_place(world: World, sit: Callable[[str], Seat]) -> None:
    made = records.create("opportunities", {"name": "Line 3"}, world.act("ada"))
    answer = sit("ada").send(f"/opportunities/{made.pk}/cell?field=opened", opened=in_days(8000), version="1")
    assert AHEAD in answer.content.decode()
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["text"].startswith(f"Opened saved. {AHEAD}")


def test_nobody_is_told_again_of_what_he_left_alone(world: World, sit: Callable[[str], Seat]) -> None:
    made = records.create("opportunities", {"name": "Line 3", "closes": in_days(8000)}, world.act("ada"))
    seat = sit("ada")
    given = {"name": "Line 4", "closes": in_days(8000), "version": "1"}
    page = seat.get(seat.post(f"/opportunities/{made.pk}/edit", **given).headers["Location"])
    assert the(world, "opportunities").name == "Line 4"
    assert f"Expected close: {AHEAD}" not in page


def test_what_is_due_in_another_century_is_said_of_tasks(world: World, sit: Callable[[str], Seat]) -> None:
    seat = sit("ada")
    seat.post("/tasks/new", subject="Call", due=f"{in_days(40_000)}T10:00")
    made = the(world, "tasks")
    assert made.due.date().isoformat() == in_days(40_000)
    assert AHEAD in seat.get(f"/tasks/{made.pk}/edit")
