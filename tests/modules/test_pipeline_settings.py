"""Pipelines in the settings: stages are added, named, put in order and removed, and records go where one says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from bosun.kernel import records
from bosun.platform.pipelines import stages
from tests.kernel.world import World
from tests.modules.conftest import deal, now, stage
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]
COLUMNS = ("id", "version", "en", "zh", "es", "probability", "outcome", "colour")


def first() -> int:
    """The shipped pipeline."""
    found = stages.first_pipeline("opportunities")
    assert found is not None
    return found


def posted(page: str) -> dict[str, list[str]]:
    """The form as a browser would send it back, without the empty row."""
    found: dict[str, list[str]] = {name: [] for name in COLUMNS}
    for row in re.findall(r"<li data-repeat-row.*?</li>", page)[:-1]:
        for name in COLUMNS[:6]:
            value = re.search(rf'name="{name}" value="([^"]*)"', row)
            assert value is not None
            found[name].append(value[1])
        chosen = re.findall(r'<option value="(\w*)" selected', row)
        found["outcome"].append(chosen[0])
        found["colour"].append(chosen[1] if len(chosen) > 1 else "")
    return found


def names() -> list[tuple[str, int, str]]:
    return [(one.name, one.probability, one.outcome) for one in stages.of_pipeline(first())]


def change(seat: Seat, how: Callable[[dict[str, list[str]]], Any], status: int = 302) -> str:
    """Open the page, change the form, send it."""
    address = f"/settings/pipelines/{first()}"
    form = posted(seat.get(address))
    how(form)
    return str(seat.post(address, status, **form).content.decode())


def test_stages_are_renamed_added_and_put_in_order(world: World, sit: Sit) -> None:
    def edit(form: dict[str, list[str]]) -> None:
        form["en"][0], form["probability"][0], form["colour"][1] = "First look", "8", "good"
        for name in COLUMNS:
            form[name][2], form[name][3] = form[name][3], form[name][2]
        new = {"en": "Trial", "zh": "试用", "probability": "40", "outcome": "open"}
        for name in COLUMNS:
            form[name].insert(4, new.get(name, ""))

    ada = sit("ada")
    change(ada, edit)
    assert names() == [
        ("First look", 8, "open"), ("Engaging", 12, "open"), ("Negotiation", 50, "open"), ("Proposal", 25, "open"),
        ("Trial", 40, "open"), ("Won", 100, "won"), ("Lost", 0, "lost"),
    ]  # fmt: skip
    held = {one.name: one for one in stages.of_pipeline(first())}
    assert (held["Trial"].text("zh-hans"), held["Trial"].text("es")) == ("试用", "Trial")
    assert held["Engaging"].colour == "good"
    made = deal(world, at="Trial")
    assert ada.get("/opportunities/board").count(f'data-column="{held["Trial"].id}"') == 1
    assert made.stage_id == held["Trial"].id


def test_what_is_won_is_certain_and_one_open_stage_stays(world: World, sit: Sit) -> None:
    ada = sit("ada")
    change(ada, lambda form: form["probability"].__setitem__(4, "70"))
    assert names()[4] == ("Won", 100, "won")
    page = change(ada, lambda form: form.__setitem__("outcome", ["won"] * 6), 422)
    assert "A pipeline needs at least one open stage." in page
    page = change(ada, lambda form: form["probability"].__setitem__(0, "101"), 422)
    assert "Nothing was saved yet. Look at the marked rows." in page
    assert names()[0] == ("Prospecting", 6, "open")


def test_a_stage_in_use_goes_when_one_says_where_its_records_go(world: World, sit: Sit) -> None:
    made = [deal(world, at="Engaging").pk for _n in range(3)]
    deal(world, at="Proposal")
    ada = sit("ada")
    address = f"/settings/pipelines/{first()}/stages/{stage('Engaging')}/remove"
    gone, target = stage("Engaging"), stage("Proposal")
    page = ada.fragment(address)
    assert "3 opportunities are in it." in page
    assert f'value="{stage("Lost")}"' not in page
    assert "Say where its records go." in ada.send(address, 422).content.decode()
    ada.send(address, 422, to=gone)
    ada.send(address, 204, to=target)
    assert [one.name for one in stages.of_pipeline(first())] == [
        "Prospecting", "Proposal", "Negotiation", "Won", "Lost",
    ]  # fmt: skip
    assert {now(pk, world.actor("ann")).stage_id for pk in made} == {target}
    page = ada.get(f"/settings/pipelines/{first()}")
    undo = re.search(r'data-undo="(/undo\?batch=[0-9a-f]{32})"', page)
    assert undo is not None
    ada.send(undo[1], 204)
    assert {now(pk, world.actor("ann")).stage_id for pk in made} == {gone}


def test_another_pipeline_begins_with_the_same_stages(world: World, sit: Sit) -> None:
    ada = sit("ada")
    answer = ada.send("/settings/pipelines/new?for=opportunities", 204, name="Service")
    made = stages.pipelines("opportunities")[1]
    assert answer.headers["HX-Redirect"] == f"/settings/pipelines/{made.id}"
    assert [(one.name, one.probability) for one in stages.of_pipeline(made.id)] == [
        ("Prospecting", 6), ("Engaging", 12), ("Proposal", 25), ("Negotiation", 50), ("Won", 100), ("Lost", 0),
    ]  # fmt: skip
    begin = stages.of_pipeline(made.id)[0].id
    there = deal(world, stage=begin).pk
    assert now(there, world.actor("ann")).pipeline_id == made.id
    page = ada.get("/opportunities/board", pipeline=str(made.id))
    assert f'data-card="{there}" data-stage="{begin}"' in page
    ada.send(f"/settings/pipelines/{made.id}/remove", 204, to=stages.of_pipeline(first())[0].id)
    assert [one.id for one in stages.pipelines("opportunities")] == [first()]
    assert now(there, world.actor("ann")).pipeline_id == first()
    ada.send("/settings/pipelines/new?for=nonsense", 404, name="X")


def test_only_administrators_open_them(world: World, sit: Sit) -> None:
    ann = sit("ann")
    for address in (
        "/settings/pipelines",
        f"/settings/pipelines/{first()}",
        "/settings/pipelines/new?for=opportunities",
    ):
        ann.get(address, 403)
    ann.get(f"/settings/pipelines/{first()}/stages/{stage('Won')}/remove", 403)
    assert records.query("stages", world.actor("ann")).count(0)[0] == 6
