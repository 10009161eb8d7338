"""A field set on many records, some of which others change while the dialog stands open: nothing is lost unseen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse

from bosun.kernel import drafts, records
from bosun.kernel.drafts import Draft
from bosun.kernel.errors import Objection
from bosun.web import bulk, bulkset, selection
from tests.kernel.world import World
from tests.web.conftest import Seat
from tests.web.test_bulk import grades, ids, undo_of


@pytest.fixture
def three(world: World) -> list[int]:
    return [world.customer("ann", name=name, grade="C").pk for name in ("One", "Two", "Three")]


def hidden(markup: str) -> dict[str, str]:
    """What a dialog carries unseen."""
    return dict(re.findall(r'<input type="hidden" name="(?!csrf)([^"]+)" value="([^"]*)">', markup))


def toast(answer: HttpResponse) -> list[str]:
    """What is said with the next page."""
    return [str(each) for each in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]


def shown(seat: Seat) -> list[str]:
    """The toasts on the next page."""
    markup = seat.get("/customers").split("toast-template", 1)[0]
    return re.findall(r'data-toast>.*?<span class="grow">([^<]+)</span>', markup)


def opened(seat: Seat, address: str) -> dict[str, str]:
    """The dialog, and what it posts back."""
    return hidden(seat.fragment(address))


def test_what_somebody_else_changed_meanwhile_is_left_and_told(
    world: World, three: list[int], sit: Callable[[str], Seat]
) -> None:
    seat = sit("ann")
    address = f"/customers/bulk/edit?ids={ids(three)}&field=grade"
    held = opened(seat, address)
    assert held == {"versions": f"{three[0]}:1,{three[1]}:1,{three[2]}:1"}
    records.change("customers", three[0], {"grade": "B"}, world.act("ben"))
    records.change("customers", three[1], {"address": "Quay 4"}, world.act("ben"))
    answer = seat.send(address, 409, grade="A", **held)
    assert grades(world, three) == ["B", "A", "A"]
    assert records.get("customers", three[1], world.actor("ada")).address == "Quay 4"
    said = answer.content.decode()
    assert "“Grade” set on 2." in said
    assert "1 was left, as somebody changed “Grade” there meanwhile." in said
    assert re.findall(r">([^<]+)</a></dt><dd[^>]*>([^<]+)</dd>", said) == [("One", "Now: B")]
    assert re.findall(r"<dt>To be set</dt><dd[^>]*>([^<]+)</dd>", said) == ["A"]
    assert "Set it anyway" in said
    assert toast(answer) == ["“Grade” set on 2. 1 was left, as somebody changed “Grade” there meanwhile."]
    batch = hidden(said)["batch"]
    assert hidden(said) == {"grade": "A", "only": str(three[0]), "batch": batch, "before": "2"}


def test_it_is_set_anyway_on_those_alone_and_one_undo_takes_both_back(
    world: World, three: list[int], sit: Callable[[str], Seat]
) -> None:
    seat = sit("ann")
    address = f"/customers/bulk/edit?ids={ids(three)}&field=grade"
    held = opened(seat, address)
    records.change("customers", three[0], {"grade": "B"}, world.act("ben"))
    again = hidden(seat.send(address, 409, grade="A", **held).content.decode())
    records.change("customers", three[1], {"grade": "D"}, world.act("ben"))
    answer = seat.send(address, 204, **again)
    assert grades(world, three) == ["A", "D", "A"]
    assert shown(seat) == ["“Grade” set on 3."]
    seat.send(undo_of(answer), 204)
    assert grades(world, three) == ["B", "D", "C"]


def test_left_alone_the_first_round_can_be_taken_back(
    world: World, three: list[int], sit: Callable[[str], Seat]
) -> None:
    seat = sit("ann")
    address = f"/customers/bulk/edit?ids={ids(three)}&field=grade"
    held = opened(seat, address)
    records.change("customers", three[2], {"grade": "B"}, world.act("ben"))
    answer = seat.send(address, 409, grade="A", **held)
    seat.send(undo_of(answer), 204)
    assert grades(world, three) == ["C", "C", "B"]


def test_the_value_from_before_is_a_choice_too(world: World, three: list[int], sit: Callable[[str], Seat]) -> None:
    seat = sit("ann")
    address = f"/customers/bulk/edit?ids={ids(three)}&field=grade"
    held = opened(seat, address)
    records.change("customers", three[0], {"grade": "B"}, world.act("ben"))
    answer = seat.send(address, 409, grade="C", **held)
    assert "“Grade” set on 0. 1 was left" in toast(answer)[0]
    assert grades(world, three) == ["B", "C", "C"]
    answer = seat.send(address, 204, **hidden(answer.content.decode()))
    assert grades(world, three) == ["C", "C", "C"]
    assert shown(seat) == ["“Grade” set on 1."]


def test_the_same_value_twice_and_other_fields_are_no_conflict(
    world: World, three: list[int], sit: Callable[[str], Seat]
) -> None:
    seat = sit("ann")
    address = f"/customers/bulk/edit?ids={ids(three)}&field=grade"
    held = opened(seat, address)
    records.change("customers", three[0], {"grade": "A"}, world.act("ben"))
    records.change("customers", three[1], {"staff": 7}, world.act("ben"))
    answer = seat.send(address, 204, grade="A", **held)
    assert toast(answer) == ["“Grade” set on 2."]
    assert grades(world, three) == ["A", "A", "A"]
    assert records.get("customers", three[1], world.actor("ada")).staff == 7


def test_all_that_match_are_those_that_matched_when_the_dialog_opened(
    world: World, three: list[int], sit: Callable[[str], Seat]
) -> None:
    seat = sit("ann")
    state = quote(json.dumps({"filter": {"field": "grade", "op": "is", "value": "C"}, "q": ""}))
    address = f"/customers/bulk/edit?all=1&filter={state}&field=grade"
    held = opened(seat, address)
    records.change("customers", three[0], {"grade": "B"}, world.act("ben"))
    late = world.customer("ann", name="Late", grade="C").pk
    again = hidden(seat.send(address, 409, grade="A", **held).content.decode())
    assert grades(world, [*three, late]) == ["B", "A", "A", "C"]
    seat.send(address, 204, **again)
    assert grades(world, [*three, late]) == ["A", "A", "A", "C"]


def test_a_bad_value_and_a_guard_keep_what_was_looked_at(
    world: World, three: list[int], sit: Callable[[str], Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(asked: Any, _act: Any, _env: Any) -> None:
        for draft in asked:
            if isinstance(draft, Draft) and draft.id == three[1]:
                draft.object(Objection("test", "Is that so?", confirm="sure"))

    monkeypatch.setitem(drafts.guards, "customers.changed", [ask])
    seat = sit("ann")
    address = f"/customers/bulk/edit?ids={ids(three)}&field=staff"
    held = opened(seat, address)
    bad = seat.send(address, 422, staff="many", **held)
    assert hidden(bad.content.decode()) == held
    records.change("customers", three[0], {"staff": 3}, world.act("ben"))
    asked = hidden(seat.send(address, 409, staff="5", **held).content.decode())
    assert {**asked, "batch": ""} == {**held, "batch": "", "before": "1", "confirm": "sure"}
    answer = seat.send(address, 409, staff="5", **asked)
    assert toast(answer)[0].startswith("“Staff” set on 2. 1 was left")
    staff = [records.get("customers", pk, world.actor("ada")).staff for pk in three]
    assert staff == [3, 5, 5]


def test_a_larger_selection_travels_without_versions(
    world: World, three: list[int], sit: Callable[[str], Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulkset, "MOST_VERSIONS", 2)
    assert opened(sit("ann"), f"/customers/bulk/edit?ids={ids(three)}&field=grade") == {}


def test_a_posted_id_opens_no_record_of_others(world: World, three: list[int], sit: Callable[[str], Seat]) -> None:
    foreign = world.customer("cyd", name="CNRY-foreign", grade="D").pk
    seat = sit("ann")
    address = f"/customers/bulk/edit?ids={three[0]}&field=grade"
    answer = seat.send(address, 204, grade="A", only=f"{foreign},{three[0]}")
    assert grades(world, [three[0], foreign]) == ["A", "D"]
    assert "CNRY" not in toast(answer)[0]
    assert "versions" in opened(seat, f"/customers/bulk/edit?ids={foreign},{three[0]}&field=grade")
    assert str(foreign) not in opened(seat, f"/customers/bulk/edit?ids={foreign},{three[0]}&field=grade")["versions"]


def test_words_added_by_others_in_the_same_moment_stay(
    world: World, three: list[int], sit: Callable[[str], Seat], monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*args: Any) -> Any:
        monkeypatch.undo()
        records.change("customers", three[0], {"tags": ["theirs"]}, world.act("ben"))
        return selection.change_each(*args)

    monkeypatch.setattr(bulk, "change_each", meanwhile)
    answer = sit("ann").send(f"/customers/bulk/tag?ids={ids(three)}", 204, add=["fair"])
    assert "Tags changed on 2. 1 was left as it is" in toast(answer)[0]
    held = [list(records.get("customers", pk, world.actor("ada")).tags) for pk in three]
    assert held == [["theirs"], ["fair"], ["fair"]]
