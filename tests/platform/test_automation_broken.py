"""Rules that cannot be used any more: a guard stands, and whoever can mend it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bosun.kernel import records, stamps
from bosun.kernel.errors import Objected
from bosun.platform.automation import broken, guarding, rulebook
from bosun.platform.automation.models import Run
from bosun.platform.jobs import declared
from bosun.platform.reminders.models import Notice
from tests.kernel.world import SYSTEM, World
from tests.platform.test_automation_engine import IS_IT, now, rule

SAID = "The rule “On customers.changed” cannot be used any more: what it speaks of is gone."


def test_a_guard_whose_identity_is_gone_goes_on_blocking(world: World) -> None:
    guard = rule(world, "customers.changed", [], IS_IT, guard="block", identity="ben")
    customer = world.customer("ann", name="Halden")
    records.change("users", world.people["ben"], {"active": False}, SYSTEM)
    stamps.refresh()
    with pytest.raises(Objected) as caught:
        records.change("customers", customer.pk, {"grade": "A"}, world.act("ann"))
    (said,) = caught.value.objections
    assert (said.reason, said.confirm) == (f"{SAID} Please ask an administrator.", "")
    assert now(customer.pk).grade is None
    with pytest.raises(Objected) as caught:
        records.change("customers", customer.pk, {"grade": "A"}, world.act("ada"))
    (said,) = caught.value.objections
    assert said.confirm == f"rule-{guard.pk}"
    ann = replace(world.act("ann"), confirm=frozenset([said.confirm]))
    with pytest.raises(Objected):
        records.change("customers", customer.pk, {"grade": "A"}, ann)
    assert (now(customer.pk).grade, Run.objects.count()) == (None, 0)
    ada = replace(world.act("ada"), confirm=frozenset([said.confirm]))
    records.change("customers", customer.pk, {"grade": "A"}, ada)
    assert now(customer.pk).grade == "A"
    assert [(run.state, run.actor_name) for run in Run.objects.all()] == [("answered", "Ada")]
    records.change("rules", guard.pk, {"enabled": False}, world.act("ada"))
    stamps.refresh()
    records.change("customers", customer.pk, {"grade": "B"}, world.act("ann"))
    assert now(customer.pk).grade == "B"


def told() -> list[tuple[int, str]]:
    return list(Notice.objects.order_by("pk").values_list("person_id", "text"))


def test_the_owner_of_a_broken_rule_is_told_once_a_day(world: World) -> None:
    rule(world, "customers.changed", [{"action": "tag", "add": ["x"]}], IS_IT, identity="ben")
    declared.periodic["automation.broken"].task()
    assert told() == []
    records.change("users", world.people["ben"], {"active": False}, SYSTEM)
    stamps.refresh()
    assert [each.broken for each in rulebook.broken()] == ["identity"]
    declared.periodic["automation.broken"].task()
    broken.tell()
    assert told() == [(world.people["ada"], SAID)]


def test_administrators_are_told_where_the_owner_is_gone(world: World) -> None:
    made = rule(world, "customers.changed", [{"action": "tag", "add": ["x"]}], IS_IT)
    records.change("rules", made.pk, {"owner": "ben"}, SYSTEM)
    records.change("users", world.people["ben"], {"active": False}, SYSTEM)
    Notice.objects.all().delete()
    stamps.refresh()
    broken.tell()
    broken.tell()
    people = [person for person, text in told() if text == SAID]
    assert world.people["ada"] in people
    assert len(people) == len(set(people))
    assert not set(people) & {world.people[name] for name in ("ann", "ben", "cyd")}


@pytest.mark.parametrize("text", ["\u200b", "\u3164", "\u115f\uffa0", "\u2800", "…", "\u202e", "\ufeff", "\u0301"])
def test_what_cannot_be_seen_is_no_text(text: str) -> None:
    assert not guarding.says_something(text)
    assert guarding.says_something(f"{text}ja")
    assert guarding.says_something(f"因{text}")
    assert guarding.says_something(f"7{text}")


def test_a_guard_that_wants_a_text_takes_no_unseen_one(world: World) -> None:
    guard = rule(world, "customers.changed", [], None, guard="ask", needs_text=True)
    customer = world.customer("ann", name="Halden")
    for text in ("\u200b", "\u3164"):
        given = frozenset({f"rule-{guard.pk}:{text}"})
        with pytest.raises(Objected):
            records.change("customers", customer.pk, {"grade": "A"}, replace(world.act("ann"), confirm=given))
    assert now(customer.pk).grade is None
