"""A batch is looked at a comparison at a time, and each value once: it answers as each record by itself does."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bosun.kernel import query, registry
from bosun.kernel.drafts import Draft
from bosun.platform.automation import clauses, matching
from bosun.platform.automation.subject import Seen, Subject
from tests.kernel.world import SYSTEM, World

HELD: list[dict[str, Any]] = [
    {"grade": "A", "staff": 3, "industry": "it", "tags": ["fair", "key"], "registered_capital": {"amount": "10.00"}},
    {"grade": "A", "staff": 3, "industry": None, "tags": [], "registered_capital": {"amount": "10.01"}},
    {"grade": "B", "staff": None, "industry": "it", "tags": ["key"]},
    {"grade": None, "staff": 3, "tags": ["fair"], "phones": ["+47 69 55 10 01"]},
    {"grade": "C", "staff": 4, "industry": "energy", "email": "a@example.com"},
]
CONDITIONS: list[tuple[dict[str, Any], list[int]]] = [
    ({"field": "grade", "op": "is", "value": "A"}, [0, 1]),
    ({"field": "grade", "op": "is_not", "value": "A"}, [2, 3, 4]),
    ({"field": "grade", "op": "empty"}, [3]),
    ({"field": "staff", "op": "gte", "value": 3}, [0, 1, 3, 4]),
    ({"field": "staff", "op": "not_in", "value": [3]}, [2, 4]),
    ({"field": "tags", "op": "in", "value": ["key"]}, [0, 2]),
    ({"field": "tags", "op": "empty"}, [1, 4]),
    ({"field": "registered_capital", "op": "gt", "value": "10.00"}, [1]),
    ({"field": "name", "op": "contains", "value": "2"}, [2]),
    ({"field": "grade", "op": "changed"}, [0, 1, 3]),
    ({"field": "grade", "op": "changed_to", "value": "A"}, [0, 1]),
    ({"field": "grade", "op": "changed_from", "value": "B"}, [0, 3]),
    ({"none": [{"field": "grade", "op": "changed_to", "value": "A"}, {"field": "industry", "op": "empty"}]}, [2, 4]),
]
BEFORE = {0: "B", 1: "C", 3: "B"}
"""What the grade was, of those whose grade the act changed."""


@pytest.mark.django_db
@pytest.mark.parametrize(("condition", "expected"), CONDITIONS)
def test_a_batch_answers_as_each_record_does(world: World, condition: dict[str, Any], expected: list[int]) -> None:
    entity, env = registry.get("customers"), query.environment(SYSTEM.actor)
    seen, subjects = Seen(), []
    for number, values in enumerate(HELD):
        row = world.customer("ann", name=f"Works {number}", **values)
        row.refresh_from_db()
        draft = Draft(entity, {}, record=row, pk=row.pk, verb="changed")
        if number in BEFORE:
            draft.diff["grade"] = (BEFORE[number], values["grade"])
        subjects.append(Subject(draft, row, world.act("ann"), seen))
    node = clauses.parse(condition, entity, env)
    found = matching.among(node, subjects, env)
    assert [subjects.index(each) for each in found] == expected
    assert [place for place, each in enumerate(subjects) if matching.holds(node, each, env)] == expected


def test_a_value_is_asked_once_and_a_list_each_time() -> None:
    asked: list[Any] = []

    def answer(value: Any) -> bool:
        asked.append(value)
        return bool(value)

    once = clauses.once_each(answer)
    given: list[Any] = [None, "A", None, "A", ["A"], ["A"], date(2026, 1, 1), date(2026, 1, 1)]
    assert [once(value) for value in given] == [False, True, False, True, True, True, True, True]
    assert asked == [None, "A", ["A"], ["A"], date(2026, 1, 1)]
