"""Many rows at once are the rows that the ORM would have stored, with ids that nobody else has."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from bosun.kernel import bulk, loading, registry
from bosun.kernel.models import Change, Member, Sequence
from bosun.lib import clock
from bosun.lib.money import Money

pytestmark = pytest.mark.django_db
NAMES = (
    "at", "actor_id", "actor_name", "door", "entity", "record_id", "title", "verb", "diff", "batch", "cause", "depth",
    "version",
)  # fmt: skip
MOMENT = datetime(2026, 3, 4, 5, 6, 7, 890, tzinfo=UTC)


def row(number: int) -> tuple[Any, ...]:
    diff = {"name": [None, f"“ä” {number}"], "flag": [True, None], "amount": [[1, "EUR"], None]}
    return MOMENT, None, "Ann ' \\ %s", "api", "users", number, "青岛", "changed", diff, "", "", 0, 1


def read(pk: int) -> tuple[Any, ...]:
    held = Change.objects.get(pk=pk)
    return tuple(getattr(held, name) for name in NAMES)


@pytest.mark.parametrize("count", [1, bulk.FEW, bulk.FEW + 1, bulk.CHUNK + 3])
def test_what_goes_in_comes_out(count: int) -> None:
    ids = bulk.insert(Change, NAMES, [row(number) for number in range(count)])
    assert len(set(ids)) == count
    assert [read(pk) for pk in (ids[0], ids[-1])] == [row(0), row(count - 1)]
    assert bulk.insert(Change, NAMES, []) == []


def test_ids_go_on_where_the_orm_left_off_and_it_goes_on_after_them() -> None:
    one = Member.objects.create(field="f", value="a", record_id=1).pk
    many = bulk.insert(Member, ("field", "value", "record_id"), [("f", str(n), n) for n in range(20)])
    other = Member.objects.create(field="f", value="b", record_id=1).pk
    assert one < min(many)
    assert max(many) < other
    assert len({one, other, *many}) == 22


def test_ids_of_a_lost_transaction_are_never_given_to_two() -> None:
    with transaction.atomic():
        bulk.insert(Member, ("field", "value", "record_id"), [("f", str(n), n) for n in range(20)])
        transaction.set_rollback(True)
    kept = bulk.insert(Member, ("field", "value", "record_id"), [("f", str(n), n) for n in range(20)])
    assert Member.objects.filter(field="f").count() == len(set(kept)) == 20


def test_objects_get_their_ids() -> None:
    made = [Change(at=clock.now(), door="api", entity="users", record_id=n, verb="changed") for n in range(20)]
    bulk.insert_objects(made)
    assert [change.record_id for change in Change.objects.filter(pk__in=[c.pk for c in made]).order_by("pk")] == list(
        range(20)
    )
    assert not made[0]._state.adding
    made[0].title = "later"
    made[0].save(update_fields=["title"])
    assert Change.objects.get(pk=made[0].pk).title == "later"


def test_a_row_that_is_there_already_is_refused() -> None:
    Sequence.objects.create(key="k3", value=1)
    rows = [(f"k{number}", number) for number in range(20)]
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert_all(Sequence, ("key", "value"), rows)
    assert Sequence.objects.filter(key__startswith="k").count() == 1


def test_all_kinds_of_columns_are_stored_as_the_orm_stores_them() -> None:
    customers = registry.get("customers")
    told = {
        "name": "Ödön “\\” 'x' %s {}\n海", "staff": 2**40, "tags": ("a\"b", "null", "\U0001f600"),
        "phones": ("+4969555",), "registered_capital": Money(10**15, "EUR"), "last_contact": date(2026, 2, 28),
        "created_at": MOMENT, "external_id": None,
    }  # fmt: skip
    loading.load(customers, [{**told, "name": f"{told['name']} {n}"} for n in range(bulk.FEW + 1)])
    loading.load(customers, [{**told, "name": f"{told['name']} {n}"} for n in range(2)])
    rows = [
        {name: value for name, value in row.items() if name not in ("id", "created_at", "updated_at")}
        for row in customers.model._default_manager.order_by("pk").values()
    ]
    assert rows[:2] == rows[bulk.FEW + 1 :]
    (first, *_more) = customers.model._default_manager.order_by("pk")
    specs = customers.native_specs()
    assert {name: specs[name].get(first) for name in told} == {**told, "name": f"{told['name']} 0"}


@pytest.mark.parametrize("count", [1, bulk.FEW, bulk.FEW + 1, bulk.CHUNK + 3])
def test_what_is_changed_is_changed_and_nothing_else(count: int) -> None:
    ids = bulk.insert(Change, NAMES, [row(number) for number in range(count + 1)])
    held = list(Change.objects.filter(pk__in=ids[:count]).order_by("pk"))
    for change in held:
        change.title, change.diff = f"青 {change.record_id} '%s", {"a": [1]}
        change.actor_id, change.at = 7, MOMENT.replace(year=2027)
        change.verb = "not stored"
    bulk.update_objects(held, ["title", "diff", "actor_id", "at"])
    for change in (held[0], held[-1]):
        change.verb = "changed"
        assert read(change.pk) == tuple(getattr(change, name) for name in NAMES)
    assert read(ids[count]) == row(count)


def test_a_value_that_is_taken_away_is_gone() -> None:
    ids = bulk.insert(Change, NAMES, [(MOMENT, 7, *row(n)[2:]) for n in range(20)])
    held = list(Change.objects.filter(pk__in=ids))
    for change in held:
        change.actor_id = None
    bulk.update_objects(held, ["actor_id"])
    assert set(Change.objects.filter(pk__in=ids).values_list("actor_id", flat=True)) == {None}
