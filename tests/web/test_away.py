"""Being away, at a browser: said in one's settings, met on My day, handed over with notes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.away.models import Delegation, Matter
from tests.kernel.world import REP, World
from tests.platform.reminding import OWN
from tests.web.conftest import Seat

pytestmark = pytest.mark.django_db
Sit = Callable[[str], Seat]


@pytest.fixture
def team(world: World) -> World:
    world.grant("rep", {**REP, "tasks": OWN, "reminders": OWN})
    return world


def leave(seat: Seat, world: World, days: int = 4) -> Any:
    """The form, sent: from today on for some days."""
    today = clock.today("Europe/Madrid")
    last = today + timedelta(days=days)
    form = {"person": world.people["ann"], "delegate": world.people["cyd"], "work": "1", "reminders": "1"}
    days_ = {"first_day": today.isoformat(), "last_day": last.isoformat()}
    seat.post("/delegations/new", 302, **form, **days_, notices="1", matters="1")
    return Delegation.objects.latest("pk")


def test_the_week_of_a_delegate(team: World, sit: Sit) -> None:
    ann, cyd = sit("ann"), sit("cyd")
    due = clock.now() + timedelta(hours=30)
    task = records.create("tasks", {"subject": "Call Priya", "due": due}, team.act("ann"))
    customer = team.customer("ann", name="Kestrel Marine", grade="A")
    records.change("customers", customer.pk, {"grade": "B"}, team.act("ann"))
    type(customer).objects.filter(pk=customer.pk).update(next_contact=clock.today("Europe/Madrid"))
    assert "I am away" in ann.get("/me/away")
    assert any(
        item["label"] == "I am away" for group in ann.picked("/palette?q=away")["groups"] for item in group["items"]
    )
    row = leave(ann, team)
    assert "You are away; Cyd stands in." in ann.get("/day")
    page = ann.get(f"/away/{row.pk}")
    assert "Kestrel Marine" in page
    ann.post(f"/away/{row.pk}", 302, **{f"note-customers-{customer.pk}": "They wait for the price."})

    day = cyd.get("/day")
    assert 'id="standing"' in day
    assert "You stand in for Ann until" in day
    assert "Call Priya" in day
    listed = cyd.get(f"/away/{row.pk}")
    assert "They wait for the price." in listed
    assert f'href="/tasks/{task.pk}"' in listed
    assert f'href="/customers/{customer.pk}"' not in listed
    cyd.post(f"/away/{row.pk}", 403, **{f"note-customers-{customer.pk}": "Mine now"})
    assert Matter.objects.get().note == "They wait for the price."
    cyd.get(f"/customers/{customer.pk}", 404)
    cyd.send(f"/tasks/{task.pk}/verbs/done", 204)
    assert "Cyd for Ann" in ann.get(f"/away/{row.pk}")
    assert "Cyd for Ann" in ann.get(f"/tasks/{task.pk}/history")

    ann.post(f"/away/{row.pk}/back", 302)
    assert Delegation.objects.filter(deleted_at__isnull=True).count() == 0
    assert 'id="standing"' not in cyd.get("/day")
    cyd.get(f"/tasks/{task.pk}", 404)


def test_strangers_meet_no_absence(team: World, sit: Sit) -> None:
    row = leave(sit("ann"), team)
    ben = sit("ben")
    for address in (f"/away/{row.pk}", f"/delegations/{row.pk}", "/away/987654321"):
        ben.get(address, 404)
    ben.post(f"/away/{row.pk}/back", 404)
    ben.post(f"/away/{row.pk}", 404, **{"note-tasks-1": "x"})
    sit("cyd").post(f"/away/{row.pk}/back", 404)
    assert Delegation.objects.get().deleted_at is None
    assert Matter.objects.count() == 0


def test_my_day_asks_the_database_no_more_for_people_who_stand_in_for_nobody(
    team: World, sit: Sit, django_assert_max_num_queries: Any
) -> None:
    ben = sit("ben")
    ben.get("/day")
    with django_assert_max_num_queries(60) as asked:
        ben.get("/day")
        before = len(asked)
    leave(sit("ann"), team)
    ben.get("/day")
    with django_assert_max_num_queries(before):
        page = ben.get("/day")
    assert 'id="standing"' not in page
