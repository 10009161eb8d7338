"""Many records at once: a field, tags, verbs, the bin; each taken back with one click."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse

from bosun.kernel import records
from tests.kernel.world import World
from tests.web.conftest import Seat


@pytest.fixture
def three(world: World) -> list[int]:
    return [world.customer("ann", name=name, grade="C", tags=["old"]).pk for name in ("One", "Two", "Three")]


def ids(pks: list[int]) -> str:
    return ",".join(map(str, pks))


def undo_of(answer: HttpResponse) -> str:
    """The address of the undo that the toast of an answer offers."""
    return next(each.extra_tags for each in get_messages(answer.wsgi_request) if each.extra_tags)  # type: ignore[attr-defined]


def grades(world: World, pks: list[int]) -> list[str]:
    return [records.get("customers", pk, world.actor("ada")).grade for pk in pks]


def test_a_field_is_set_on_all_ticked_rows_and_put_back(
    world: World, three: list[int], sit: Callable[[str], Seat]
) -> None:
    seat = sit("ann")
    assert "field=grade" in seat.fragment(f"/customers/bulk/edit?ids={ids(three)}")
    address = f"/customers/bulk/edit?ids={ids(three)}&field=grade"
    assert 'name="grade"' in seat.fragment(address)
    answer = seat.send(address, 204, grade="A")
    assert grades(world, three) == ["A", "A", "A"]
    seat.send(undo_of(answer), 204)
    assert grades(world, three) == ["C", "C", "C"]


def test_undo_leaves_alone_what_others_changed_since(
    world: World, three: list[int], sit: Callable[[str], Seat]
) -> None:
    seat = sit("ann")
    answer = seat.send(f"/customers/bulk/edit?ids={ids(three)}&field=grade", 204, grade="A")
    records.change("customers", three[0], {"grade": "B"}, world.act("ben"))
    seat.send(undo_of(answer), 204)
    assert grades(world, three) == ["B", "C", "C"]


def test_nobody_undoes_the_act_of_another(world: World, three: list[int], sit: Callable[[str], Seat]) -> None:
    answer = sit("ann").send(f"/customers/bulk/edit?ids={ids(three)}&field=grade", 204, grade="A")
    sit("ben").send(undo_of(answer), 404)
    sit("ben").send("/undo?batch=", 404)
    assert grades(world, three) == ["A", "A", "A"]


def test_only_own_rows_are_touched_and_nothing_tells_of_others(
    world: World, three: list[int], sit: Callable[[str], Seat]
) -> None:
    foreign = world.customer("cyd", name="CNRY-foreign", grade="D")
    seat = sit("ann")
    answer = seat.send(f"/customers/bulk/edit?ids={ids([*three, foreign.pk])}&field=grade", 204, grade="A")
    assert grades(world, [*three, foreign.pk]) == ["A", "A", "A", "D"]
    assert "CNRY" not in " ".join(str(each) for each in get_messages(answer.wsgi_request))  # type: ignore[attr-defined]


def test_all_that_match_are_meant_when_asked(world: World, three: list[int], sit: Callable[[str], Seat]) -> None:
    world.customer("ann", name="Other", grade="D")
    world.customer("cyd", name="Foreign", grade="C")
    state = quote(json.dumps({"filter": {"field": "grade", "op": "is", "value": "C"}, "q": ""}))
    seat = sit("ann")
    assert "3 records" in seat.fragment(f"/customers/bulk/edit?all=1&filter={state}")
    seat.send(f"/customers/bulk/edit?all=1&filter={state}&field=grade", 204, grade="A")
    assert grades(world, three) == ["A", "A", "A"]
    hidden = quote(json.dumps({"filter": {"field": "credit_limit", "op": "filled"}}))
    seat.fragment(f"/customers/bulk/edit?all=1&filter={hidden}", 422)


def test_a_bad_value_is_refused_before_anything_is_written(
    world: World, three: list[int], sit: Callable[[str], Seat]
) -> None:
    answer = sit("ann").send(f"/customers/bulk/edit?ids={ids(three)}&field=staff", 422, staff="many")
    assert "This is not a number." in answer.content.decode()
    sit("ann").send(f"/customers/bulk/edit?ids={ids(three)}&field=credit_limit", 404, credit_limit="1")
    sit("ann").send("/customers/bulk/edit?ids=", 422)


def test_words_are_added_to_tags_and_taken_away(world: World, three: list[int], sit: Callable[[str], Seat]) -> None:
    sit("ann").send(f"/customers/bulk/tag?ids={ids(three)}", 204, add=["fair", "big"], away=["old"])
    found = records.get("customers", three[0], world.actor("ann"))
    assert set(found.tags) == {"fair", "big"}


def test_a_verb_runs_on_all_ticked_rows(world: World, three: list[int], sit: Callable[[str], Seat]) -> None:
    address = f"/customers/bulk/verb?ids={ids(three)}&verb=transfer"
    seat = sit("ben")
    assert 'name="owner"' in seat.fragment(address)
    seat.send(address, 422, owner="")
    seat.send(address, 204, owner=str(world.people["ben"]))
    assert records.get("customers", three[0], world.actor("ben")).owner_id == world.people["ben"]
    sit("ann").send(address, 404, owner=str(world.people["ann"]))


def test_many_go_to_the_bin_and_come_back(world: World, three: list[int], sit: Callable[[str], Seat]) -> None:
    records.create("contacts", {"name": "Eva", "customer": three[0]}, world.act("ann"))
    seat = sit("ann")
    address = f"/customers/bulk/remove?ids={ids(three)}"
    assert "3 Customers, 1 Contact" in seat.fragment(address)
    answer = seat.send(address, 204)
    assert records.query("customers", world.actor("ann")).count()[0] == 0
    seat.send(undo_of(answer), 204)
    assert records.query("customers", world.actor("ann")).count()[0] == 3
    assert records.query("contacts", world.actor("ann")).count()[0] == 1
