"""Being away, at a browser: said in one's settings, met on My day, handed over with notes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bosun.kernel import records
from bosun.lib import clock
from bosun.platform.away import handing
from bosun.platform.away.models import Delegation, Matter
from bosun.platform.reminders import engine
from bosun.platform.reminders.models import Occurrence
from bosun.web.away import SHOWN
from tests.kernel.world import REP, World
from tests.platform.reminding import OWN, grant
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
    records.change("tasks", task.pk, {"about": {"entity": "customers", "id": customer.pk}}, team.act("ann"))
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
    assert "There is more" not in day
    listed = cyd.get(f"/away/{row.pk}")
    assert "They wait for the price." in listed
    assert listed.count("Kestrel Marine") == 2, "the customer, and whom the task is about"
    assert f'href="/tasks/{task.pk}"' in listed
    assert f'href="/customers/{customer.pk}"' not in listed
    cyd.post(f"/away/{row.pk}", 403, **{f"note-customers-{customer.pk}": "Mine now"})
    assert Matter.objects.get().note == "They wait for the price."
    cyd.get(f"/customers/{customer.pk}", 404)
    for number in range(SHOWN):
        records.create("tasks", {"subject": f"Task {number}", "due": due}, team.act("ann"))
    assert "There is more: the hand-over list names all of it." in cyd.get("/day")
    cyd.send(f"/tasks/{task.pk}/verbs/done", 204)
    assert "Cyd for Ann" in ann.get(f"/away/{row.pk}")
    assert "Cyd for Ann" in ann.get(f"/tasks/{task.pk}/history")

    ann.post(f"/away/{row.pk}/back", 302)
    assert Delegation.objects.filter(deleted_at__isnull=True).count() == 0
    assert 'id="standing"' not in cyd.get("/day")
    cyd.get(f"/tasks/{task.pk}", 404)


def test_whoever_is_back_is_shown_what_was_done_meanwhile(team: World, sit: Sit) -> None:
    ann, cyd = sit("ann"), sit("cyd")
    due = clock.now() + timedelta(hours=30)
    task = records.create("tasks", {"subject": "Call Priya", "due": due}, team.act("ann"))
    records.create("reminders", {"text": "Send the offer", "due_at": due}, team.act("ann"))
    row = leave(ann, team)
    listed = ann.get(f"/away/{row.pk}")
    assert listed.count(f'<time datetime="{due.isoformat()}"') == 2
    # It began yesterday.
    records.change("delegations", row.pk, {"last_day": row.last_day + timedelta(days=1)}, team.act("ann"))
    Delegation.objects.update(first_day=row.first_day - timedelta(days=1), begins_at=row.begins_at - timedelta(days=1))
    cyd.send(f"/tasks/{task.pk}/verbs/done", 204)
    answer = ann.post(f"/away/{row.pk}/back", 302)
    assert answer.headers["Location"] == f"/away/{row.pk}"


def test_who_stands_in_reads_whose_the_work_is_and_opens_no_more(team: World, sit: Sit) -> None:
    customer = team.customer("ann", name="Kestrel Marine")
    about = {"entity": "customers", "id": customer.pk}
    due = clock.now() + timedelta(hours=1)
    records.create("tasks", {"subject": "Agree on terms", "due": due, "about": about}, team.act("ann"))
    leave(sit("ann"), team)
    day = sit("cyd").get("/day")
    assert "Agree on terms" in day
    assert "for Ann · Kestrel Marine" in day
    assert f"/customers/{customer.pk}" not in day
    sit("cyd").get(f"/customers/{customer.pk}", 404)


def test_a_promise_is_kept_from_the_day_of_whoever_stands_in(team: World, sit: Sit) -> None:
    customer = team.customer("ann", name="Kestrel Marine")
    today = clock.today("Europe/Madrid")
    said = {"about": {"entity": "customers", "id": customer.pk}, "subject": "Met Priya", "next_step": "Send the offer"}
    row = records.create("follow_ups", {**said, "next_step_on": today.isoformat()}, team.act("ann"))
    absence = leave(sit("ann"), team)
    cyd = sit("cyd")
    day = cyd.get("/day")
    assert "Send the offer" in day
    assert "for Ann · Kestrel Marine" in day
    assert f'data-done="/follow_ups/{row.pk}/verbs/complete"' in day
    assert "Send the offer" in cyd.get(f"/away/{absence.pk}")
    assert "Kestrel Marine" not in cyd.get(f"/follow_ups/{row.pk}")
    cyd.send(f"/follow_ups/{row.pk}/verbs/complete", 204)
    row.refresh_from_db()
    assert row.step_done_at is not None
    assert "Send the offer" not in cyd.get("/day")


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


def test_what_another_reminds_her_of_is_handed_over_too(team: World, sit: Sit) -> None:
    grant(team)
    now = clock.now()
    for text, hours in (("Sign the lease", -1), ("Long after", 24 * 30)):
        raw = {"text": text, "due_at": now + timedelta(hours=hours), "people": [team.people["ann"]]}
        with clock.fixed(now - timedelta(days=1)):
            records.create("reminders", raw, team.act("ben"))
    with clock.fixed(now - timedelta(days=1)):
        records.create("reminders", {"text": "Her own", "due_at": now - timedelta(hours=1)}, team.act("ann"))
    engine.tick(now)
    row = leave(sit("ann"), team)
    each = Occurrence.objects.get(text="Sign the lease")
    sit("ann").post(f"/away/{row.pk}", 302, **{f"note-occurrences-{each.pk}": "The pen is in my desk."})
    for who in ("ann", "cyd"):
        page = sit(who).get(f"/away/{row.pk}")
        assert page.count("Reminded by others") == 2, "the heading and its section"
        assert "From Ben" in page
        assert "The pen is in my desk." in page
        assert [page.count(f">{text}<") for text in ("Sign the lease", "Her own", "Long after")] == [1, 1, 0]
    sit("ben").get(f"/away/{row.pk}", 404)
    cyd = sit("cyd")
    cyd.post(f"/away/{row.pk}", 403, **{f"note-occurrences-{each.pk}": "Mine now"})
    assert Matter.objects.get().note == "The pen is in my desk."
    assert f'href="/occurrences/{each.pk}"' in cyd.get(f"/away/{row.pk}")
    own = Occurrence.objects.get(text="Her own")
    for done in (each, own):
        cyd.send(f"/occurrences/{done.pk}/verbs/done", 204)
    assert [(e.entity.key, e.title, e.verb) for e in handing.done_meanwhile(row)] == [
        ("occurrences", "Sign the lease", "done"), ("reminders", "Her own", "ended"),
    ]  # fmt: skip
    assert "Reminded by others" not in cyd.get(f"/away/{row.pk}")
