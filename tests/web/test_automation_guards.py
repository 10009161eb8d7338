"""A rule asks before something happens: in every door, with a text where it wants one, and the answer is kept."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from bosun.kernel import records, stamps
from bosun.kernel.errors import Objected
from bosun.kernel.ledger import Change
from bosun.platform.automation.models import Run
from tests.kernel.world import SYSTEM, World
from tests.platform.test_automation_engine import now, rule
from tests.web.conftest import Seat
from tests.web.test_imports_wizard import begin, columns, figures, run

Sit = Callable[[str], Seat]
TO_A = {"field": "grade", "op": "changed_to", "value": "A"}


@pytest.fixture
def asks(world: World) -> Any:
    """Ada's rule asks whoever makes a customer class A, and wants to know why."""
    cache.clear()
    world.grant("rep", {"customers": dict.fromkeys(("read", "create", "change", "remove", "import"), "own")})
    stamps.refresh()
    return rule(world, "customers.saved", [], TO_A, guard="ask", reason="Class A is for few.", needs_text=True)


def answers(asks: Any) -> list[tuple[int, str, str, Any]]:
    """Who went on, where, and what he said."""
    rows = Run.objects.filter(rule_id=asks.pk).order_by("pk")
    return [(row.record_id, row.state, row.actor_name, row.results[0]["text"]) for row in rows]


def said(answer: Any) -> str:
    """What an answer says, without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", answer.content.decode())).split())


def test_the_door_takes_no_answer_without_a_text(world: World, asks: Any) -> None:
    customer = world.customer("ann", name="Halden")
    before = Change.objects.count()
    word = f"rule-{asks.pk}"
    for given in ((), (word,), (f"{word}:",), (f"{word}:  ", f"{word}:"), (f"{word}0:yes",)):
        with pytest.raises(Objected) as caught:
            records.change("customers", customer.pk, {"grade": "A"}, world.act("ann", confirm=frozenset(given)))
        (objection,) = caught.value.objections
        assert (objection.reason, objection.confirm.strip()) == ("Class A is for few.", f"rule-{asks.pk}:")
    assert (now(customer.pk).grade, Change.objects.count(), answers(asks)) == (None, before, [])
    sure = world.act("ann", confirm=frozenset({f"rule-{asks.pk}: they pay at once "}))
    draft = records.change("customers", customer.pk, {"grade": "A"}, sure)
    assert now(customer.pk).grade == "A"
    assert answers(asks) == [(customer.pk, "answered", "Ann", "they pay at once")]
    assert Run.objects.get().change_id == draft.change_id


def test_in_the_form_and_in_the_list(world: World, asks: Any, sit: Sit) -> None:
    ann, customer = sit("ann"), world.customer("ann", name="Halden")
    page = ann.post(f"/customers/{customer.pk}/edit", 409, name="Halden", grade="A")
    assert f'name="answer-rule-{asks.pk}:"' in page.content.decode()
    sent = {"name": "Halden", "grade": "A", "confirm": f"rule-{asks.pk}: "}
    ann.post(f"/customers/{customer.pk}/edit", 409, **sent)
    ann.post(f"/customers/{customer.pk}/edit", 302, **sent, **{f"answer-rule-{asks.pk}:": "a big one"})
    other = world.customer("ann", name="Tromp")
    at = f"/customers/{other.pk}/cell?field=grade"
    assert "Class A is for few." in said(ann.send(at, 409, grade="A"))
    ann.send(at, 204, grade="A", confirm=f"rule-{asks.pk}:", **{f"answer-rule-{asks.pk}:": "also big"})
    assert [line[3] for line in answers(asks)] == ["a big one", "also big"]
    assert "Went on, and said: “a big one”" in html.unescape(ann.get(f"/customers/{customer.pk}/pages/automation"))
    told = "Went on although the rule “On customers.saved” asked: “a big one”"
    for part in ("", "/history"):
        assert html.unescape(ann.get(f"/customers/{customer.pk}{part}")).count(told) == 1, part


def test_in_bulk_the_records_that_ask_are_listed(world: World, asks: Any, sit: Sit) -> None:
    ann = sit("ann")
    ids = [world.customer("ann", name=f"N {n}").pk for n in range(2)]
    third = world.customer("ada", name="Already", owner="ann", grade="B")
    records.change("rules", asks.pk, {"when": {"all": [TO_A, {"field": "before.grade", "op": "empty"}]}}, SYSTEM)
    stamps.refresh()
    at = f"/customers/bulk/edit?ids={','.join(map(str, [*ids, third.pk]))}&field=grade"
    asked = ann.send(at, 409, grade="A")
    assert now(third.pk).grade == "A", "of it nothing is asked"
    text = said(asked)
    assert text.count("Class A is for few.") == 1
    assert ("N 0" in text, "N 1" in text, "Already" in text) == (True, True, False)
    batch = re.search(r'name="batch" value="([0-9a-f]{32})"', asked.content.decode())
    assert batch is not None
    more = {"confirm": f"rule-{asks.pk}:", f"answer-rule-{asks.pk}:": "all of them", "batch": batch[1], "before": "1"}
    ann.send(at, 204, grade="A", **more)
    assert [now(pk).grade for pk in ids] == ["A", "A"]
    assert sorted(line[0] for line in answers(asks)) == sorted(ids)
    assert set(Change.objects.filter(batch=batch[1]).values_list("record_id", flat=True)) == {*ids, third.pk}


def test_an_import_counts_what_is_asked_and_is_answered_once(world: World, asks: Any, sit: Sit) -> None:
    ann = sit("ann")
    pk = begin(ann, "Company,Grade\nHalden,A\nOrkla,B\nTine,A\n")
    columns(ann, pk)
    page = ann.get(f"/imports/{pk}/preview")
    assert figures(page) == {"Create": "1", "Update": "0", "Refuse": "2"}
    assert "2 rows : Class A is for few." in " ".join(re.sub(r"<[^>]*>", " ", page).split())
    ann.post(f"/imports/{pk}/answer", 302, confirm=f"rule-{asks.pk}:", **{f"answer-rule-{asks.pk}:": "an old list"})
    assert figures(ann.get(f"/imports/{pk}/preview")) == {"Create": "3", "Update": "0", "Refuse": "0"}
    assert answers(asks) == [], "so far nothing has come in"
    sit("cyd").post(f"/imports/{pk}/answer", 404, confirm="x")
    run(ann, pk)
    assert [line[1:] for line in answers(asks)] == [("answered", "Ann", "an old list")] * 2
