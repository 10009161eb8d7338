"""What processes remember, and how they learn that it is out of date."""

import pytest

from bosun.kernel import ports, records, stamps
from bosun.kernel.actor import Scope
from bosun.kernel.models import Stamp
from bosun.platform.org import actors
from tests.kernel.world import SYSTEM, World


@pytest.mark.django_db
def test_what_is_held_is_loaded_once_until_its_counter_is_raised() -> None:
    loads: list[int] = []

    def load() -> int:
        loads.append(1)
        return len(loads)

    stamps.refresh()
    assert [stamps.cached("test", "", load), stamps.cached("test", "", load)] == [1, 1]
    stamps.bump("test")
    assert stamps.cached("test", "", load) == 2
    stamps.refresh()
    assert stamps.cached("test", "", load) in (2, 3)
    assert stamps.cached("test", "other", load) == len(loads)


@pytest.mark.django_db
def test_another_process_learns_at_its_next_request() -> None:
    stamps.bump("test")
    stamps.refresh()
    assert stamps.cached("test", "", lambda: "old") == "old"
    Stamp.objects.filter(key="test").update(value=99)
    assert stamps.cached("test", "", lambda: "new") == "old"
    stamps.refresh()
    assert stamps.cached("test", "", lambda: "new") == "new"


def test_a_role_taken_away_counts_from_the_next_request(world: World) -> None:
    assert world.actor("ann").scope("customers", "read") == Scope.OWN
    records.change("users", world.people["ann"], {"roles": []}, SYSTEM)
    assert world.actor("ann").scope("customers", "read") == Scope.NONE


def test_who_left_is_nobody_from_the_next_request(world: World) -> None:
    records.change("users", world.people["ann"], {"active": False}, SYSTEM)
    stamps.refresh()
    assert actors.load(world.people["ann"]) is None


def test_an_option_renamed_is_read_anew(world: World) -> None:
    found = records.query("options", SYSTEM.actor).filter(
        [{"field": "list_key", "op": "is", "value": "grade"}, {"field": "key", "op": "is", "value": "A"}]
    )
    (option,) = found.page().items
    assert ports.options("grade")["A"].text("en") == "A"
    records.change("options", option.pk, {"label": "Top", "labels": {"es": "Cima"}}, SYSTEM)
    stamps.refresh()
    assert ports.options("grade")["A"].text("es") == "Cima"
    assert ports.options("grade")["A"].text("en") == "Top"


def test_the_company_is_read_anew(world: World) -> None:
    assert ports.company().currency == "EUR"
    (row,) = records.query("company", SYSTEM.actor).page().items
    records.change("company", row.pk, {"currency": "USD"}, SYSTEM)
    stamps.refresh()
    assert ports.company().currency == "USD"
