"""The rehearsal in a rule's panel: figures with weeks and days; a long past with its progress, stop and result."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from bosun.kernel import records, stamps
from bosun.platform.automation import rehearsal
from bosun.platform.automation.models import Rule
from bosun.platform.jobs import running
from bosun.platform.jobs.models import CANCELLED, Job
from tests.kernel.world import World
from tests.web.conftest import Seat
from tests.web.test_automation_console import BASE, form, text

Sit = Callable[[str], Seat]


@pytest.fixture
def customers(world: World) -> World:
    """Four of IT, two of other trades."""
    for number in range(6):
        world.customer(("ann", "cyd")[number % 2], name=f"N {number}", industry="it" if number < 4 else "retail")
    return world


def test_values_in_the_sentence_are_bold_and_safe(world: World, sit: Sit) -> None:
    ada = sit("ada")
    page = ada.send(f"{BASE}/sentence", 200, **form()).content.decode()
    assert "if Industry is <b>IT</b>: set Grade to <b>A</b>." in page
    typed = form(do_0_field="name", do_0_value_name="\ue001<i>\ue000 x")
    page = ada.send(f"{BASE}/sentence", 200, **typed).content.decode()
    assert "set Customer to <b>&lt;i&gt; x</b>." in page


def test_a_short_past_is_shown_as_a_whole(customers: World, sit: Sit) -> None:
    page = sit("ada").send(f"{BASE}/rehearse", 200, **form()).content.decode()
    assert "4 times in 90 days Customers: 4 · 2 owners" in text(page)
    assert 'aria-label="Week by week: 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4"' in page
    assert re.findall(r'<span class="cut">(N \d)</span><span class="f small"><time', page) == [
        "N 3", "N 2", "N 1", "N 0",
    ]  # fmt: skip
    assert not Job.objects.exists()


def test_a_long_past_shows_how_far_it_is(customers: World, sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "AT_ONCE", 4)
    monkeypatch.setattr(rehearsal, "FIRST_LOOK", 3)
    ada = sit("ada")
    ada.send(f"{BASE}/new", 204, **form())
    row = Rule.objects.get()
    typed = {**form(), "version": str(row.version)}
    first = ada.send(f"{BASE}/rehearse", 200, **typed).content.decode()
    assert "Once in the latest 3 acts" in text(first)
    assert "Waiting for its turn" in first
    job = Job.objects.get()
    address = f"{BASE}/rehearsal/{job.pk}"
    assert f'hx-get="{address}"' in first
    assert "Waiting for its turn" in ada.fragment(address)
    sit("ann").get(address, 403)
    running.drain()
    answer = ada.client.get(address, headers={"HX-Request": "true"})
    assert answer.headers["HX-Retarget"] == "#rule-rehearsal"
    assert "4 times in 90 days Customers: 4 · 2 owners" in text(answer.content.decode())
    assert "rule-rehearsing" not in answer.content.decode()


def test_it_is_stopped_and_kept(customers: World, sit: Sit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "AT_ONCE", 4)
    ada = sit("ada")
    records.create("rules", {"name": "A", "event": "customers.saved", "do": [{"action": "stop"}]}, customers.act("ada"))
    row = Rule.objects.get()
    actor = customers.actor("ada")
    stopped = rehearsal.rehearse(row, actor)["job"]["id"]
    ada.send(f"/jobs/{stopped}/cancel", 204)
    assert Job.objects.get(pk=stopped).state == CANCELLED
    assert "Stopped. These are the figures of the latest acts only." in ada.fragment(f"{BASE}/rehearsal/{stopped}")
    assert "times in 90 days" not in ada.fragment(f"{BASE}/{row.pk}")
    rehearsal.rehearse(row, actor)
    running.drain()
    kept = text(ada.fragment(f"{BASE}/{row.pk}"))
    assert "Rehearsed" in kept
    assert "6 times in 90 days" in kept
    records.change("rules", row.pk, {"when": {"field": "staff", "op": "filled"}}, customers.act("ada"))
    assert "times in 90 days" not in ada.fragment(f"{BASE}/{row.pk}"), "it says something else by now"


def test_what_it_would_change_in_what_is_coming_is_said(world: World, sit: Sit) -> None:
    for name in ("Halden", "Larvik"):
        world.customer("ann", name=name, grade="A" if name == "Halden" else "B")
    ada = sit("ada")
    timed = {
        "entity": "customers", "event": "customers.time", "filter": "", "time_at": "every",
        "time_every": "FREQ=DAILY", "time_hour": "9", "do_0_field": "grade", "do_0_value_grade": "C",
    }  # fmt: skip
    page = text(ada.send(f"{BASE}/rehearse", 200, **form(**timed)).content.decode())
    assert "In the next 7 days: 14 more, 0 fewer." in page
    assert page.count("Added: Halden") + page.count("Added: Larvik") == 10
    ada.send(f"{BASE}/new", 204, **form(**timed, switch_on="1"))
    stamps.refresh()
    row = Rule.objects.get()
    assert f'name="rule" value="{row.pk}"' in ada.fragment(f"{BASE}/{row.pk}")
    held = {**timed, "version": str(row.version), "on": "1", "rule": str(row.pk)}
    same = text(ada.send(f"{BASE}/rehearse", 200, **form(**held)).content.decode())
    assert "Nothing changes in what is coming in the next 7 days." in same
    only = json.dumps({"all": [{"field": "grade", "op": "is", "value": "A"}]})
    fewer = text(ada.send(f"{BASE}/rehearse", 200, **form(**{**held, "filter": only})).content.decode())
    assert "In the next 7 days: 0 more, 7 fewer." in fewer
    assert fewer.count("Dropped: Larvik") == 7
    assert "Dropped: Halden" not in fewer
    plain = text(ada.send(f"{BASE}/rehearse", 200, **form()).content.decode())
    assert "It acts when something happens, so that nothing of it is known in advance." in plain
