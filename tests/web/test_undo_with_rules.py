"""Taking back one's own act where rules had a part in it: what they did goes along, and guards are asked as ever."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import Any

from bosun.kernel import records, registry, stamps
from bosun.kernel.actor import new_batch
from bosun.kernel.ledger import Change
from bosun.platform.automation.models import Run
from tests.kernel.world import World
from tests.platform.test_automation_engine import now, rule
from tests.web.conftest import Seat
from tests.web.test_bulk import undo_of

Sit = Callable[[str], Seat]
TO_A = {"field": "grade", "op": "changed_to", "value": "A"}
FROM_A = {"field": "grade", "op": "changed_from", "value": "A"}


def graded(seat: Seat, pk: int, grade: str = "A") -> str:
    """A grade in the list; the undo that is offered for it."""
    answer = seat.send(f"/customers/{pk}/cell?field=grade", 200, grade=grade)
    said = answer.headers.get("HX-Trigger")
    return str(json.loads(said)["toast"]["undo_url"]) if said else undo_of(answer)


def made(world: World) -> str:
    """A customer of Ann's; the undo of that."""
    batch = new_batch()
    records.create("customers", {"name": "Halden"}, world.act("ann", batch=batch))
    return f"/undo?batch={batch}"


def test_who_gave_a_record_away_through_a_rule_takes_it_back(world: World, sit: Sit) -> None:
    task = {"action": "create", "entity": "tasks", "values": {"subject": "Call {{name}}", "about": "record"}}
    rule(world, "customers.saved", [{"action": "assign", "to": "cyd"}, task], TO_A)
    customer = world.customer("ann", name="Halden", grade="B")
    tasks = registry.get("tasks").model._default_manager
    ann = sit("ann")
    undo = graded(ann, customer.pk)
    ann.get(f"/customers/{customer.pk}", 404)
    assert (now(customer.pk).owner_id, tasks.count()) == (world.people["cyd"], 1)
    for other in ("ben", "cyd", "ada"):
        sit(other).send(undo, 404)
    assert (now(customer.pk).owner_id, now(customer.pk).grade) == (world.people["cyd"], "A")
    ann.send(undo, 204)
    assert (now(customer.pk).owner_id, now(customer.pk).grade) == (world.people["ann"], "B")
    assert tasks.count() == 0
    assert "Undone." in ann.get(f"/customers/{customer.pk}")


def test_a_record_that_was_made_and_given_away_is_taken_back(world: World, sit: Sit) -> None:
    rule(world, "customers.created", [{"action": "assign", "to": "cyd"}])
    undo = made(world)
    customers: Any = registry.get("customers").model._default_manager
    assert customers.get(name="Halden").owner_id == world.people["cyd"]
    sit("cyd").send(undo, 404)
    sit("ann").send(undo, 204)
    assert not customers.filter(name="Halden").exists()


def test_what_the_new_owner_changed_since_stays(world: World, sit: Sit) -> None:
    rule(world, "customers.saved", [{"action": "assign", "to": "cyd"}], TO_A)
    customer = world.customer("ann", name="Halden", grade="B")
    ann = sit("ann")
    undo = graded(ann, customer.pk)
    records.change("customers", customer.pk, {"grade": "C"}, world.act("cyd"))
    ann.send(undo, 204)
    assert now(customer.pk).grade == "C"


def asking(world: World, event: str, when: Any = None, **more: Any) -> Any:
    guarding = rule(world, event, [], when, reason="Class A stays.", **more)
    stamps.refresh()
    return guarding


def test_a_guard_that_blocks_blocks_the_undo_too(world: World, sit: Sit) -> None:
    asking(world, "customers.changed", FROM_A, guard="block")
    customer = world.customer("ann", name="Halden", grade="B")
    ann = sit("ann")
    undo, before = graded(ann, customer.pk), Change.objects.count()
    ann.send(undo, 204)
    assert "Class A stays." in html.unescape(ann.get("/day"))
    assert (now(customer.pk).grade, Change.objects.count()) == ("A", before)


def test_a_guard_that_asks_is_answered_and_the_answer_kept(world: World, sit: Sit) -> None:
    asks = asking(world, "customers.changed", FROM_A, guard="ask", needs_text=True)
    customer = world.customer("ann", name="Halden", grade="B")
    ann = sit("ann")
    undo = graded(ann, customer.pk)
    asked = ann.send(undo, 409).content.decode()
    assert "Class A stays." in asked
    assert f'action="{undo}"' in asked
    word = f"rule-{asks.pk}:"
    assert f'name="answer-{word}"' in asked
    ann.send(undo, 409, confirm=word)
    assert (now(customer.pk).grade, Run.objects.count()) == ("A", 0)
    ann.send(undo, 204, confirm=word, **{f"answer-{word}": "a slip of the pen"})
    assert now(customer.pk).grade == "B"
    (kept,) = Run.objects.all()
    assert (kept.rule_id, kept.state, kept.actor_name, kept.record_id) == (asks.pk, "answered", "Ann", customer.pk)
    assert kept.results == [{"action": "answer", "text": "a slip of the pen"}]
    assert Change.objects.get(pk=kept.change_id or 0).door == "undo"


def test_what_may_not_be_removed_is_not_unmade(world: World, sit: Sit) -> None:
    asking(world, "customers.deleted", guard="block")
    sit("ann").send(made(world), 204)
    assert registry.get("customers").model._default_manager.filter(name="Halden").count() == 1


def test_an_import_is_taken_back_as_a_whole(world: World) -> None:
    asking(world, "customers.changed", FROM_A, guard="block")
    customer = world.customer("ann", name="Halden", grade="B")
    act = world.act("ann", door="import", batch="1" * 32)
    records.change("customers", customer.pk, {"grade": "A"}, act)
    records.undo(act.batch, world.act("ann", door="import", cause="undo of import 1"))
    assert now(customer.pk).grade == "B"
