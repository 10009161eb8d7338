"""Stopped, killed, taken up again and undone: what is in is in once, and what is taken back leaves no trace."""

from __future__ import annotations

import random
import subprocess
import time
from typing import Any

import pytest

from bosun.kernel import records
from bosun.kernel.errors import Invalid
from bosun.kernel.ledger import Change
from bosun.platform.imports import services
from bosun.platform.imports.models import Import, ImportRow
from bosun.platform.integrity import checks
from bosun.platform.integrity.hashing import content_hash
from bosun.platform.jobs import queue, running
from bosun.platform.jobs.models import Job
from bosun.platform.search.models import Document
from tests.kernel.world import World, build
from tests.platform.importing import columns, counts, example, found, given, imported, table
from tests.platform.test_imports_data import TEAMS
from tests.platform.test_jobs_killed import Spawn, spawn, wait_for

__all__ = ["spawn"]
NAMED: dict[str, Any] = {
    "entity": "customers", "key": "name",
    "columns": {
        "Name": "name", "Staff": "staff", "Parent": "parent", "Sector": {"field": "industry", "unknown": "add"},
        "Phone": "phones",
    },
}  # fmt: skip


def many(count: int) -> bytes:
    """Firms, each with a parent further down, among them a bad one now and then."""
    rows = []
    for number in range(count):
        staff = "many" if number % 100 == 7 else str(number)
        parent = f"Firm {number + 30}" if number % 10 == 0 and number + 30 < count else ""
        rows.append(f"Firm {number} | {staff} | {parent} | Sector {number % 7} | +4969555{number:05d}")
    return table("Name | Staff | Parent | Sector | Phone", *rows)


def breaches() -> list[tuple[str, str]]:
    return list(checks.breaches())


@pytest.mark.django_db
def test_an_undone_import_leaves_no_trace_but_its_line(world: World) -> None:
    for number in range(0, 40, 3):
        world.customer("ada", name=f"firm {number}", staff=1, tags=["kept"])
    before, lines, documents = content_hash(), Change.objects.count(), Document.objects.count()
    made = imported(many(120), NAMED, world.actor("ada"))
    assert counts(made) == {"create": 104, "update": 14, "error": 2}
    assert content_hash() != before
    done = services.undo(made, world.actor("ada"))
    assert (done.left_alone, content_hash(), Document.objects.count()) == ([], before, documents)
    assert breaches() == []
    again = services.undo(made, world.actor("ada"))
    assert (again.removed, again.put_back) == (0, 0)
    made.refresh_from_db()
    assert (made.state, made.undone and made.undone["removed"]) == ("undone", done.removed)
    assert Change.objects.count() > lines
    assert Change.objects.filter(verb="undone", batch=made.batch).count() == 1


@pytest.mark.django_db
def test_what_somebody_changed_since_stays_and_is_listed(world: World) -> None:
    world.customer("ada", name="Firm 3", staff=1)
    ada = world.actor("ada")
    made = imported(many(60), NAMED, ada)
    touched = {row.name: row.pk for row in found("customers", ada) if row.name in ("Firm 1", "Firm 2", "Firm 3")}
    for pk in touched.values():
        records.change("customers", pk, {"staff": 777}, world.act("ada"))
    done = services.undo(made, ada)
    assert {(entity, title) for entity, _pk, title in done.left_alone if entity == "customers"} == {
        ("customers", "Firm 1"), ("customers", "Firm 2"), ("customers", "Firm 3"),
    }  # fmt: skip
    assert columns(ada, "customers", ["name", "staff"]) == [("Firm 3", 777), ("Firm 1", 777), ("Firm 2", 777)]
    assert breaches() == []


@pytest.mark.django_db
def test_departments_options_and_people_made_on_the_way_go_too(world: World) -> None:
    before = content_hash()
    made = imported(TEAMS, example("maven_sales_teams"), world.actor("ada"))
    done = services.undo(made, world.actor("ada"))
    assert (done.removed, done.left_alone, content_hash(), breaches()) == (12, [], before, [])


@pytest.mark.django_db
def test_a_running_import_is_not_undone_and_none_runs_twice(world: World) -> None:
    made = given(many(5), NAMED, world.actor("ada"))
    with pytest.raises(Invalid, match="has not ended"):
        services.undo(made, world.actor("ada"))
    services.start(made, world.actor("ada"))
    with pytest.raises(Invalid, match="has not ended"):
        services.undo(made, world.actor("ada"))
    with pytest.raises(Invalid, match="has run already"):
        services.start(made, world.actor("ada"))
    services.cancel(made, world.actor("ada"))
    assert (made.state, running.drain()) == ("cancelled", 0)
    assert services.undo(made, world.actor("ada")).removed == 0


@pytest.mark.django_db
def test_cancel_stops_between_two_batches_and_what_is_in_can_be_undone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content_hash()
    made = given(many(1200), NAMED, world.actor("ada"))
    job = services.start(made, world.actor("ada"))
    hold = running.Running.hold

    def hold_and_cancel(
        self: running.Running, done: int | None = None, total: int | None = None, text: str = ""
    ) -> None:
        hold(self, done, total, text)
        services.cancel(Import.objects.get(pk=made.pk), world.actor("ada"))

    monkeypatch.setattr(running.Running, "hold", hold_and_cancel)
    assert running.here(job) == "cancelled"
    made.refresh_from_db()
    assert (made.state, made.position, counts(made)["create"]) == ("cancelled", 500, 495)
    assert len(found("customers", world.actor("ada"))) == 495
    services.undo(made, world.actor("ada"))
    assert content_hash() == before


@pytest.mark.django_db
def test_a_broken_import_goes_on_from_its_last_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = given(many(1200), NAMED, world.actor("ada"))
    job = services.start(made, world.actor("ada"))
    hold = running.Running.hold
    calls = iter(range(100))

    def break_at_the_second(self: running.Running, *given: Any) -> None:
        if next(calls) == 2:
            raise ConnectionError("the machine went away")
        hold(self, *given)

    monkeypatch.setattr(running.Running, "hold", break_at_the_second)
    assert running.here(job) == "waiting"
    assert Import.objects.get(pk=made.pk).position == 1000
    Job.objects.filter(pk=job.pk).update(run_after=job.created_at)
    assert running.drain() == 1
    made.refresh_from_db()
    assert counts(made) == {"create": 1188, "error": 12}
    assert len({row.name for row in found("customers", world.actor("ada"))}) == 1188
    assert breaches() == []


@pytest.mark.django_db
def test_a_map_that_no_longer_fits_ends_the_import_with_a_reason(world: World) -> None:
    made = given(many(5), {"entity": "customers", "columns": {"Name": "name"}}, world.actor("ann"))
    services.start(made, world.actor("ann"))
    world.grant("rep", {"customers": {"read": "own"}})
    running.drain()
    made.refresh_from_db()
    assert (made.state, made.error) == ("failed", "You do not have the right to do this. Ask an administrator.")
    assert found("customers", world.actor("ada")) == []


@pytest.mark.django_db
def test_a_large_import_is_undone_in_the_background(world: World) -> None:
    before = content_hash()
    made = imported(many(50), NAMED, world.actor("ada"))
    job = services.start_undo(made, world.actor("ada"))
    running.drain()
    job.refresh_from_db()
    assert (job.state, job.result and job.result["left_alone"], content_hash()) == ("done", 0, before)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_killed_import_is_done_once(spawn: Spawn) -> None:
    world = build()
    rng = random.Random(7)
    before = content_hash()
    made = given(many(4000), NAMED, world.actor("ada"))
    job = services.start(made, world.actor("ada"))
    for _kill in range(3):
        process: subprocess.Popen[bytes] = spawn()
        place = Import.objects.get(pk=made.pk).position
        assert wait_for(lambda at=place: Import.objects.get(pk=made.pk).position > at)  # type: ignore[misc]
        time.sleep(rng.uniform(0, 0.4))
        process.kill()
        process.wait()
        Job.objects.filter(pk=job.pk, state="running").update(lease_until=job.created_at)
        queue.reclaim()
        Job.objects.filter(pk=job.pk).update(run_after=job.created_at)
    spawn()
    assert wait_for(lambda: Job.objects.get(pk=job.pk).state == "done", 120)
    made.refresh_from_db()
    assert counts(made) == {"create": 3960, "error": 40}
    rows = found("customers", world.actor("ada"))
    assert len({row.name for row in rows}) == len(rows) == 3960
    assert {row.name: str(row.parent) for row in rows if row.parent_id} == {
        f"Firm {n}": f"Firm {n + 30}" for n in range(0, 3970, 10)
    }  # fmt: skip
    assert ImportRow.objects.filter(of=made).count() == 40
    assert breaches() == []
    services.undo(made, world.actor("ada"))
    assert content_hash() == before
