"""What `bosun bench` measures, without its clock: how many queries each page takes, and that the figures are true."""

from __future__ import annotations

import random
from typing import Any

import pytest

from bosun.config.bench import counting, filling, report
from bosun.config.bench.client import Outcome, middle
from bosun.config.bench.scenes import Call
from bosun.kernel import loading, registry
from bosun.platform.org.models import Person

MOST = {
    "list of own by next contact/json": 3,
    "list of own by next contact/html": 9,
    "list of all by last contact/json": 3,
    "list of all by last contact/html": 8,
    "record with timeline/json": 10,
    "record with timeline/html": 23,
    "my day/html": 23,
    "search by fragment/json": 24,
    "search by fragment/html": 27,
    "search inside a list/json": 8,
    "search inside a list/html": 12,
    "board/html": 30,
    "totals by stage and owner/json": 7,
    "create, duplicates looked for/json": 14,
    "create, duplicates looked for/html": 18,
}
"""A page may come to take fewer queries than this, never more; a list at most twelve. SAVEPOINTs count as well.

Search inside a list takes one more on PostgreSQL where a word is one that many records have. A client that keeps no
cookies is asked for on each page whether its day has begun.
"""


@pytest.mark.django_db
def test_no_page_takes_more_queries_than_it_did_however_much_there_is() -> None:
    world = filling.fill(60, 120, 40)
    few = counting.counted(world)
    people = list(Person.objects.filter(roles__isnull=False).values_list("pk", flat=True))
    more = ({**row, "external_id": None} for row in filling.customer_rows(random.Random(2), 240, people))
    owners = {row.pk: row.owner_id for row in loading.load(registry.get("customers"), more)}
    told = filling.follow_up_rows(random.Random(3), 600, list(owners), owners)
    loading.load(registry.get("follow_ups"), told)
    many = counting.counted(world)
    assert few.keys() == many.keys() == MOST.keys()
    assert {name: (few[name], many[name]) for name, most in MOST.items() if max(few[name], many[name]) > most} == {}


def outcome(times: list[float], cpu: float) -> Outcome:
    return Outcome(1, seconds=2.0, times=times, sizes=[1000] * len(times), cpu=cpu)


def test_the_middle_run_counts() -> None:
    runs = [outcome([0.01] * 10, 0.1), outcome([0.02] * 20, 0.6), outcome([0.05] * 40, 0.4)]
    told = middle(runs)
    assert (told["p50_ms"], told["per_second"], told["cpu_ms"], told["pages"]) == (20.0, 10.0, 10.0, 70)


def test_a_refusal_is_not_taken_for_an_answer() -> None:
    call = Call("POST", "/api/v1/customers", status=201, leads="/api/v1/customers/")
    assert call.fits(b"HTTP/1.1 201 Created\r\nLocation: /api/v1/customers/7\r\nContent-Length: 2")
    assert not call.fits(b"HTTP/1.1 302 Found\r\nLocation: /accounts/login/")
    assert not call.fits(b"HTTP/1.1 201 Created\r\nLocation: /accounts/login/")


def test_the_report_names_goal_and_wrong_answers() -> None:
    one = {"p50_ms": 1.25, "p95_ms": 2.0, "per_second": 80.4, "cpu_ms": 9.96, "bytes": 36_000, "wrong": 1, "pages": 5}
    found: dict[str, Any] = {
        "database": "sqlite", "customers": 100_000, "follow_ups": 300_000, "cores": 2, "day": "2026-11-22",
        "others": 0.125, "pace": 0.5, "load": {"customers_per_second": 2000, "follow_ups_per_second": 3000},
        "opportunities": 10_000, "imports": {"create": 1234.5, "skip": 600.0},
        "scenes": [
            {"scene": "record with timeline", "form": "json", "queries": 12, "clients": {"1": one, "8": one}}
        ],
    }  # fmt: skip
    said = report.page(found)
    assert "| record with timeline | json | 12 | 10.0 | 36 | 1.2 | 2.0 | 80 | 1.2 | 2.0 | 80 | 130 |" in said
    assert "Wrong answers: 2." in said
    assert "1,234 with duplicates not looked for, 600 with duplicates looked for." in said
    assert "Other programs took 12% of the machine meanwhile; ten million additions in Python took 0.50 s" in said
