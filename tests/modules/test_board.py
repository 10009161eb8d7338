"""The board: its columns and sums, paging, moving, two who move at once, and what is not open."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bosun.kernel import records, registry, sharing
from bosun.web import board
from tests.kernel.world import SYSTEM, World
from tests.modules.conftest import deal, now, stage
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]
CARD = re.compile(r'data-card="(\d+)" data-stage="(\d+)" data-version="(\d+)"')
OPEN = {"field": "stage.outcome", "op": "is", "value": "open"}


def laid(page: str) -> list[tuple[int, int]]:
    """Cards in the order of the page, each with its stage."""
    return [(int(pk), int(where)) for pk, where, _version in CARD.findall(page)]


def said(page: str, part: str, where: int) -> str:
    """The count or worth over a column."""
    found = re.search(rf'id="{part}-{where}" hx-swap-oob="true">([^<]*)<', page)
    assert found is not None
    return found[1]


def toast(answer: object) -> dict[str, str]:
    """What a move says."""
    return dict(json.loads(answer.headers["HX-Trigger"])["toast"])  # type: ignore[attr-defined]


def test_cards_lie_in_the_columns_of_their_stages(world: World, sit: Sit) -> None:
    late = deal(world, at="Proposal", closes="2030-02-01").pk
    early = deal(world, at="Proposal", closes="2030-01-01").pk
    first = deal(world, name="Pump station", customer=world.customer("ann", name="Harbour").pk).pk
    deal(world, "cyd")
    page = sit("ann").get("/opportunities/board")
    assert laid(page) == [(first, stage("Prospecting")), (early, stage("Proposal")), (late, stage("Proposal"))]
    for part in ("Pump station", "Harbour", "€1,000", "No next step", "25% probability"):
        assert part in page, part


def test_a_card_that_is_won_shows_its_day_and_no_next_step(world: World, sit: Sit) -> None:
    harbour = world.customer("ann", name="Harbour").pk
    won = deal(
        world, name="Pump", customer=harbour, closes="2030-02-01", at="Won", opened="2029-01-01", closed="2029-01-02"
    )
    ann = sit("ann")
    board_page, record_page = ann.get("/opportunities/board"), ann.get(f"/opportunities/{won.pk}")
    assert "Closed 2 Jan 2029" in board_page
    assert "No next step" not in board_page
    assert "1 Feb 2030" not in board_page
    figures = re.findall(r'<div class="kn"><dt>([^<]*)</dt>', record_page)
    assert figures == ["Amount", "Closed"]
    assert 'id="next-step"' not in record_page


def test_losing_and_winning_name_the_record_and_its_customer(world: World, sit: Sit) -> None:
    one = deal(world, name="Pump", customer=world.customer("ann", name="Harbour").pk)
    ann = sit("ann")
    assert '<p class="m">Pump · Harbour</p>' in ann.fragment(f"/opportunities/{one.pk}/verbs/lose")
    ann.send(f"/opportunities/{one.pk}/verbs/win", 204)
    assert "Won: Pump · Harbour" in ann.get("/opportunities/board")


def test_counts_and_sums_come_after_the_page(world: World, sit: Sit) -> None:
    for amount in ("1000.40", "2000", "0.20"):
        deal(world, at="Proposal", amount={"amount": amount, "currency": "EUR"})
    deal(world, at="Negotiation", amount={"amount": "500", "currency": "EUR"})
    deal(world, "cyd", at="Negotiation")
    page = sit("ann").fragment("/opportunities/board/sums")
    assert (said(page, "count", stage("Proposal")), said(page, "worth", stage("Proposal"))) == ("3", "€3,001")
    assert (said(page, "count", stage("Negotiation")), said(page, "worth", stage("Negotiation"))) == ("1", "€500")
    assert (said(page, "count", stage("Engaging")), said(page, "worth", stage("Engaging"))) == ("0", "")
    assert "<span>4 opportunities</span>" in page
    assert "<b>€3,501</b>" in page
    assert "weighted <b>€1,000</b>" in page


def test_filters_views_and_words_narrow_the_board_as_the_list(world: World, sit: Sit) -> None:
    small = deal(world, name="Small", amount={"amount": "10", "currency": "EUR"}).pk
    deal(world, name="Large", amount={"amount": "9000", "currency": "EUR"})
    won = deal(world, name="Done", at="Won").pk
    ann = sit("ann")
    low = {"field": "amount", "op": "lt", "value": "100"}
    assert laid(ann.get("/opportunities/board", filter=low)) == [(small, stage("Prospecting"))]
    assert laid(ann.get("/opportunities/board", view="won")) == [(won, stage("Won"))]
    assert [pk for pk, _where in laid(ann.get("/opportunities/board", q="small"))] == [small]
    page = ann.get("/opportunities/board", filter=low)
    assert 'data-dialog="/opportunities/filter?' in page
    assert "mode=board" in page
    assert 'action="/opportunities/board"' in ann.fragment("/opportunities/filter?mode=board")
    assert 'action="/opportunities"' in ann.fragment("/opportunities/filter")


def test_columns_go_on_a_page_at_a_time(world: World, sit: Sit) -> None:
    made = [deal(world, name=f"Line {n:02}", closes=f"2030-01-{n + 1:02}").pk for n in range(board.AT_ONCE + 3)]
    ann = sit("ann")
    page = ann.get("/opportunities/board")
    assert [pk for pk, _where in laid(page)] == made[: board.AT_ONCE]
    found = re.search(r'hx-get="(/opportunities/board/cards[^"]+)"', page)
    assert found is not None
    rest = ann.fragment(found[1].replace("&amp;", "&"))
    assert [pk for pk, _where in laid(rest)] == made[board.AT_ONCE :]
    assert "/board/cards" not in rest


def test_more_cards_ask_for_no_more_queries(world: World, sit: Sit) -> None:
    ann = sit("ann")
    customer = world.customer("ann").pk
    deal(world, customer=customer)
    ann.get("/opportunities/board")
    with CaptureQueriesContext(
        connection,
    ) as few:
        ann.get("/opportunities/board")
    for number in range(15):
        made = world.customer("ann", name=f"Other {number}").pk
        deal(world, at=("Engaging", "Proposal", "Won")[number % 3], customer=made)
    with CaptureQueriesContext(connection) as many:
        ann.get("/opportunities/board")
    assert len(many) <= len(few)


def test_a_card_moves_and_comes_back_by_undo(world: World, sit: Sit) -> None:
    made, ann = deal(world), sit("ann")
    answer = ann.send(f"/opportunities/{made.pk}/move", stage=stage("Proposal"), version=1, card=1)
    assert CARD.findall(answer.content.decode()) == [(str(made.pk), str(stage("Proposal")), "2")]
    told = toast(answer)
    assert told["text"] == "Line 3: Proposal"
    ann.send(told["undo_url"], 204)
    assert now(made.pk, world.actor("ann")).stage_id == stage("Prospecting")


def test_two_who_move_the_same_card(world: World, sit: Sit) -> None:
    made = deal(world)
    records.change("opportunities", made.pk, {"amount": {"amount": "7", "currency": "EUR"}}, world.act("ben"))
    ann = sit("ann")
    ann.send(f"/opportunities/{made.pk}/move", stage=stage("Engaging"), version=1, card=1)
    records.change("opportunities", made.pk, {"stage": stage("Negotiation")}, world.act("ben"))
    answer = ann.send(f"/opportunities/{made.pk}/move", 409, stage=stage("Proposal"), version=3, card=1)
    assert CARD.findall(answer.content.decode()) == [(str(made.pk), str(stage("Negotiation")), "4")]
    assert toast(answer)["text"] == "Ben moved this meanwhile."
    assert now(made.pk, world.actor("ann")).stage_id == stage("Negotiation")


def test_losing_needs_its_reason_on_the_board_too(world: World, sit: Sit) -> None:
    made, ann = deal(world), sit("ann")
    answer = ann.send(f"/opportunities/{made.pk}/move", 422, stage=stage("Lost"), version=1, card=1)
    assert toast(answer)["text"] == "Say why it was lost."
    page = ann.get("/opportunities/board")
    assert f'data-column="{stage("Lost")}" data-label="Lost" data-verb="lose" data-asks' in page
    assert f'data-zone="{stage("Won")}"' in page


def test_a_foreign_card_is_as_one_that_is_not_there(world: World, sit: Sit) -> None:
    theirs, ann = deal(world, "cyd").pk, sit("ann")
    foreign = ann.send(f"/opportunities/{theirs}/move", 404, stage=stage("Proposal"), version=1, card=1)
    absent = ann.send("/opportunities/987654321/move", 404, stage=stage("Proposal"), version=1, card=1)
    assert (foreign.content, foreign.headers["HX-Trigger"]) == (absent.content, absent.headers["HX-Trigger"])
    assert now(theirs, world.actor("cyd")).version == 1


def test_what_one_may_only_read_cannot_be_moved(world: World, sit: Sit) -> None:
    theirs = deal(world, "cyd").pk
    sharing.share(registry.get("opportunities"), theirs, world.people["ann"], "read", SYSTEM)
    ann = sit("ann")
    assert 'class="card locked"' in ann.get("/opportunities/board")
    ann.send(f"/opportunities/{theirs}/move", 403, stage=stage("Proposal"), version=1, card=1)
    assert now(theirs, world.actor("cyd")).stage_id == stage("Prospecting")


def test_only_stages_of_its_pipelines_and_only_entities_with_a_board(world: World, sit: Sit) -> None:
    made, ann = deal(world).pk, sit("ann")
    for wrong in ("", "abc", "987654321", str(2**70)):
        ann.send(f"/opportunities/{made}/move", 404, stage=wrong, version=1, card=1)
    ann.get("/customers/board", 404)
    assert laid(ann.get("/opportunities/board", 200, pipeline="nonsense")) == [(made, stage("Prospecting"))]
    ann.get("/nonsense/board", 404)
    ann.get("/opportunities/board/cards", 404, stage="x")
    customer = world.customer("ann").pk
    ann.send(f"/customers/{customer}/move", 404, stage=stage("Proposal"))
