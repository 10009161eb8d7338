"""Pages in a row are the whole list in order, forwards and backwards, at any mixture of levels and empty values."""

import random
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bosun.kernel import loading, records, registry
from bosun.kernel.errors import Invalid
from bosun.kernel.query import Query
from bosun.lib import text as texts
from bosun.lib.money import Money
from bosun.modules.customers import rules
from tests.kernel.world import World

NAMES = ("Tidewater", "tidewater", "Ölberg", "青岛泵业", "Zeta", "a b")
PLAIN = ("kind", "grade", "staff", "email", "last_contact", "next_contact", "created_at", "external_id")
Key = Callable[[Any], Any]


def rows(world: World) -> list[dict[str, Any]]:
    """Sixty customers with many ties and many gaps."""
    rng = random.Random(7)
    people = [world.people["ann"], world.people["cyd"], world.people["ben"], None]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = []
    for number in range(60):
        day = date(2026, 11, 1) + timedelta(days=rng.randrange(5))
        made.append(
            {
                "name": rng.choice(NAMES),
                "kind": rng.choice(("company", "person")),
                "owner": rng.choice(people),
                "grade": rng.choice(("A", "B", None)),
                "staff": rng.choice((None, 1, 2, 30)),
                "registered_capital": rng.choice((None, Money(100, "EUR"), Money(2000, "EUR"))),
                "email": rng.choice((None, "a@example.com", "b@example.com")),
                "last_contact": rng.choice((None, day)),
                "next_contact": rng.choice((None, rules.today() + timedelta(days=rng.randrange(-2, 6)))),
                "created_at": start + timedelta(hours=rng.randrange(4)),
                "external_id": f"{number:03}" if rng.random() < 0.5 else None,
            }
        )
    return made


@pytest.fixture
def customers(world: World) -> list[Any]:
    """The records, as Python sees them."""
    loading.load(registry.get("customers"), rows(world))
    return list(registry.get("customers").model._default_manager.all())


def keys(world: World) -> Mapping[str, Key]:
    """What each field is sorted by; None is the smallest."""
    people = {pk: texts.sort_key(name.capitalize()) for name, pk in world.people.items()}
    return {
        "name": lambda row: texts.sort_key(row.name),
        "owner": lambda row: people.get(row.owner_id),
        "registered_capital": lambda row: row.registered_capital_base,
        "contact_state": rules.state_of,
        **{plain: attrgetter(plain) for plain in PLAIN},
    }


def in_python(customers: list[Any], levels: list[str], by: Mapping[str, Key]) -> list[int]:
    """The same order by Python's stable sort, the last level first."""
    down = levels[-1].startswith("-") if levels else True
    found = sorted(customers, key=lambda row: row.pk, reverse=down)
    for level in reversed(levels):
        key = by[level.lstrip("-")]
        held = sorted(found, key=lambda row: (key(row) is not None, key(row) or 0), reverse=level.startswith("-"))
        # sorted(reverse=True) keeps equal ones in their order, as a database does with the next level.
        found = held
    return [row.pk for row in found]


def forwards(query: Query, limit: int) -> list[list[int]]:
    """All pages by following `next`."""
    pages, cursor = [], ""
    while True:
        page = query.page(limit, cursor)
        pages.append([row.pk for row in page.items])
        cursor = page.next
        if not cursor:
            return pages


def backwards(query: Query, limit: int) -> list[list[int]]:
    """All pages by following `previous` from the last one."""
    cursor = ""
    while page := query.page(limit, cursor):
        if not page.next:
            break
        cursor = page.next
    pages = [[row.pk for row in page.items]]
    while page.previous:
        page = query.page(limit, page.previous)
        pages.insert(0, [row.pk for row in page.items])
    return pages


FIELDS = ("name", "owner", "registered_capital", "contact_state", *PLAIN)
LEVELS = st.lists(st.sampled_from(FIELDS), max_size=4, unique=True).flatmap(
    lambda names: st.tuples(*(st.sampled_from((name, f"-{name}")) for name in names)).map(list)
)
CALM = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@CALM
@given(levels=LEVELS, limit=st.sampled_from((9, 25, 59, 60, 61)))
def test_pages_in_a_row_are_the_whole_list(customers: list[Any], world: World, levels: list[str], limit: int) -> None:
    query = records.query("customers", world.actor("ada")).sort(levels)
    pages = forwards(query, limit)
    assert [pk for page in pages for pk in page] == in_python(customers, levels, keys(world))
    assert all(len(page) == limit for page in pages[:-1])


@CALM
@given(levels=LEVELS, limit=st.sampled_from((9, 25, 60)))
def test_the_way_back_shows_the_same(customers: list[Any], world: World, levels: list[str], limit: int) -> None:
    query = records.query("customers", world.actor("ada")).sort(levels)
    assert [pk for page in backwards(query, limit) for pk in page] == in_python(customers, levels, keys(world))


def test_a_page_stays_where_it_is_when_others_are_added(customers: list[Any], world: World) -> None:
    query = records.query("customers", world.actor("ada")).sort(["name"])
    first = query.page(20)
    world.customer("ada", name="Aaa")
    second = query.page(20, first.next)
    held = in_python(customers, ["name"], keys(world))
    assert [row.pk for row in second.items] == held[20:40]


def test_the_ends_have_no_further_page(customers: list[Any], world: World) -> None:
    query = records.query("customers", world.actor("ada")).sort(["name"])
    first = query.page(60)
    assert (first.next, first.previous) == ("", "")
    first = query.page(50)
    assert (bool(first.next), first.previous) == (True, "")
    last = query.page(50, first.next)
    assert (last.next, bool(last.previous)) == ("", True)
    assert query.page(50, last.previous).previous == ""


def test_limits_are_kept(customers: list[Any], world: World) -> None:
    query = records.query("customers", world.actor("ada"))
    assert [len(query.page(limit).items) for limit in (0, -5, 1, 10_000)] == [1, 1, 1, 60]


@pytest.mark.parametrize("cursor", ["x", "e30", "////", "WyJuIiwiIixbMV0", "W10", "bnVsbA", "WyJuIiwibmFtZSIsWyJhIl1d"])
def test_a_marker_that_was_tampered_with_is_refused(world: World, cursor: str) -> None:
    query = records.query("customers", world.actor("ada")).sort(["name"])
    with pytest.raises(Invalid) as caught:
        query.page(10, cursor)
    assert [error.field for error in caught.value.errors] == ["cursor"]


def test_a_marker_of_another_order_is_refused(customers: list[Any], world: World) -> None:
    query = records.query("customers", world.actor("ada"))
    cursor = query.sort(["name"]).page(10).next
    with pytest.raises(Invalid):
        query.sort(["-name"]).page(10, cursor)


def test_five_levels_are_too_many(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        records.query("customers", world.actor("ada")).sort(["name", "grade", "staff", "email", "kind"])
    assert caught.value.title == "Sort by at most four fields."


def test_walking_meets_every_record_once(customers: list[Any], world: World) -> None:
    query = records.query("customers", world.actor("ada")).sort(["grade", "-staff"])
    met = [row.pk for page in query.walk(7) for row in page]
    assert met == in_python(customers, ["grade", "-staff"], keys(world))


def test_counts_stop_where_they_are_told(customers: list[Any], world: World) -> None:
    query = records.query("customers", world.actor("ada"))
    assert [query.count(), query.count(60), query.count(59), query.count(0)] == [
        (60, True), (60, True), (59, False), (60, True),
    ]  # fmt: skip


def test_sums_and_groups_are_exact(customers: list[Any], world: World) -> None:
    query = records.query("customers", world.actor("ada"))
    staff = sum(row.staff or 0 for row in customers)
    capital = sum(row.registered_capital_base or 0 for row in customers)
    assert query.sums(["staff", "registered_capital"]) == {"staff": staff, "registered_capital": Money(capital, "EUR")}
    grades: dict[Any, int] = {}
    for row in customers:
        grades[row.grade] = grades.get(row.grade, 0) + 1
    groups = query.groups("grade", ["staff"])
    assert {value: count for value, count, _sums in groups} == grades
    assert [count for _value, count, _sums in groups] == sorted(grades.values(), reverse=True)
    of_a = sum(row.staff or 0 for row in customers if row.grade == "A")
    assert next(sums for value, _count, sums in groups if value == "A") == {"staff": of_a}
