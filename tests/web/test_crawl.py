"""Every address that the pages name, as four people and a stranger: nothing fails, nothing tells too much."""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from bosun.kernel import records
from tests.kernel.world import World
from tests.web.conftest import Seat

ADDRESS = re.compile(r'(?:href|hx-get|data-dialog|data-peek|data-edit|data-url|data-pick-url|action)="(/[^"]*)"')
SKIPPED = ("/static/", "/account/", "/settings", "/imports", "/me", "/brand", "/api/")
MOST = 160
CANARY = "CNRY"


def addresses(text: str) -> Iterator[str]:
    """What a page leads to."""
    for found in ADDRESS.findall(text):
        address = html.unescape(found)
        if not address.startswith(SKIPPED):
            yield address


def shape(address: str) -> str:
    """Addresses that differ in numbers alone are tried once or twice."""
    return re.sub(r"\d+", "0", address)


def crawl(client: Client) -> dict[str, Any]:
    """Answers by address, begun at the first page."""
    waiting = deque(["/day", "/customers", "/search?q=a", "/bin", "/exports"])
    seen: dict[str, Any] = {}
    shapes: dict[str, int] = {}
    while waiting and len(seen) < MOST:
        address = waiting.popleft()
        if address in seen or shapes.get(shape(address), 0) >= 2:
            continue
        shapes[shape(address)] = shapes.get(shape(address), 0) + 1
        answer = client.get(address, headers={"HX-Request": "true"} if "/cell" in address else {})
        content = b"" if answer.streaming else answer.content
        seen[address] = (answer.status_code, content.decode(errors="replace"))
        if answer.status_code == 200 and "json" not in answer.headers["Content-Type"]:
            waiting.extend(addresses(seen[address][1]))
    return seen


@pytest.fixture
def full(world: World) -> World:
    """Each rep has a customer with everything on it; what is Cyd's, or hidden, holds a canary."""
    for who, mark in (("ann", "Plain"), ("cyd", CANARY)):
        act = world.act(who)
        made = world.customer(who, name=f"{mark} customer", grade="A", tags=[f"{mark}-tag"], address=f"{mark} quay")
        raw = {"name": f"{mark} person", "customer": made.pk, "title": f"{mark} title"}
        contact = records.create("contacts", raw, act)
        about = {"about": {"entity": "customers", "id": made.pk}, "contact": contact.pk, "type": "call"}
        records.create("follow_ups", {**about, "note": f"{mark} note", "next_step": f"{mark} step"}, act)
        records.change("customers", made.pk, {"address": f"{mark} street"}, act)
        gone = world.customer(who, name=f"{mark} gone")
        records.remove_one("customers", gone.pk, act)
        hidden = {"credit_limit": {"amount": "4242.42", "currency": "EUR"}}
        records.change("customers", made.pk, hidden, world.act("ada"))
        records.change("contacts", contact.pk, {"id_no": f"{CANARY}-id"}, world.act("ada"))
    return world


def odd(answers: dict[str, Any]) -> dict[str, int]:
    """Answers that nobody expects: a bulk address wants rows, some addresses take only what is posted."""
    expected = {address: {200, 302, 403} | ({422} if "/bulk/" in address else {405}) for address in answers}
    return {address: status for address, (status, _text) in answers.items() if status not in expected[address]}


def test_ann_finds_her_own_and_nothing_of_others(full: World, sit: Callable[[str], Seat]) -> None:
    answers = crawl(sit("ann").client)
    assert len(answers) > 40
    assert odd(answers) == {}
    told = [
        (address, text[max(0, place - 80) : place + 40])
        for address, (_status, text) in answers.items()
        for mark in (CANARY, "4,242", "4242")
        if (place := text.find(mark)) >= 0
    ]
    assert told == []
    cyd = sit("cyd").client
    for address in [each for each in answers if re.search(r"/\d+", each)]:
        assert b"Plain" not in cyd.get(address, headers={"HX-Request": "true"}).content, address


def test_an_administrator_finds_everything_and_a_stranger_nothing(full: World, sit: Callable[[str], Seat]) -> None:
    answers = crawl(sit("ada").client)
    assert odd(answers) == {}
    assert any("4,242.42" in text for _status, text in answers.values())
    stranger = Client()
    for address in answers:
        answer = stranger.get(address)
        assert answer.status_code in (302, 404, 405), address
        assert b"Plain" not in (b"" if answer.streaming else answer.content)
