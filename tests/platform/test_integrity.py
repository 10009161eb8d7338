"""The hash is the content and nothing else; the checks name each damage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bosun.config import cli
from bosun.kernel import records, registry
from bosun.kernel.models import Change, Member
from bosun.lib import clock
from bosun.platform.dedupe.models import Key
from bosun.platform.integrity import checks, hashing
from bosun.platform.search.models import Document
from tests.kernel.world import World, build


@pytest.fixture
def world(db: None) -> World:
    return build()


def test_a_line_says_every_field_that_is_filled_and_nothing_else(world: World) -> None:
    with clock.fixed(datetime(2026, 11, 20, 10, 30, 0, 250_000, tzinfo=UTC)):
        made = world.customer(
            "ann", name="Été", tags=["b", "a"], registered_capital={"amount": "10.50", "currency": "EUR"}
        )
    ann, team = world.people["ann"], world.departments["team a"]
    (line,) = hashing.lines(registry.get("customers"))
    assert line.decode() == (
        f'["customers",{made.pk},{{"created_at":"2026-11-20T10:30:00.250000Z","created_by_id":{ann},'
        f'"department_id":{team},"kind":"company","name":"Été","next_contact":"2027-02-18","owner_id":{ann},'
        '"registered_capital_currency":"EUR","registered_capital_minor":1050,"tags":["b","a"]}]'
    )


def test_the_hash_changes_with_content_alone(world: World) -> None:
    made = world.customer("ann", staff=1)
    first = hashing.content_hash()
    assert hashing.content_hash() == first
    records.change("customers", made.pk, {"staff": 2}, world.act("ann"))
    second = hashing.content_hash()
    assert second != first
    records.change("customers", made.pk, {"staff": 1}, world.act("ben"))
    assert hashing.content_hash() == first
    removal = records.remove_one("customers", made.pk, world.act("ann"))
    assert hashing.content_hash() not in (first, second)
    records.restore(removal.pk, world.act("ann"))
    assert hashing.content_hash() == first


def test_the_hash_of_each_entity_stands_apart(world: World) -> None:
    before = hashing.hashes()
    world.customer("ann")
    after = hashing.hashes()
    assert {key for key in after if after[key] != before[key]} == {"customers"}


def damage(world: World) -> dict[str, Callable[[], Any]]:
    """A way to break each invariant."""
    model = registry.get("customers").model
    contact = records.create("contacts", {"name": "P", "customer": world.customer("ann").pk}, world.act("ann"))
    made = world.customer("ann", name="Whole", tags=["fair"], external_id="1", grade="A")
    twin = world.customer("ann", name="Twin")
    records.create("follow_ups", {"about": f"customers:{made.pk}", "type": "call"}, world.act("ann"))
    rows = model._default_manager.filter(pk=made.pk)
    departments = registry.get("departments").model._default_manager
    return {
        "ledger": lambda: rows.update(version=9),
        "members": lambda: Member.objects.filter(field="customers.tags").delete(),
        "references": lambda: model._default_manager.filter(pk=contact.customer_id).update(
            deleted_at=clock.now(), removal=records.remove_one("customers", twin.pk, world.act("ann"))
        ),
        "bin": lambda: rows.update(deleted_at=clock.now()),
        "search": lambda: Document.objects.filter(entity="customers", record_id=made.pk).delete(),
        "duplicates": lambda: Key.objects.filter(entity="customers", record_id=made.pk).delete(),
        "trees": lambda: departments.filter(pk=world.departments["team a"]).update(path="/9/"),
        "contacts": lambda: rows.update(last_contact=None),
    }


@pytest.mark.parametrize(
    "name", ["ledger", "members", "references", "bin", "search", "duplicates", "trees", "contacts"]
)
def test_each_damage_is_named(world: World, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    broken = damage(world)
    assert list(checks.breaches()) == []
    broken[name]()
    assert name in {check for check, _line in checks.breaches()}
    assert cli.main(["check", "--data"]) == 1
    assert f"{name}: " in capsys.readouterr().out


def test_a_lost_row_of_the_ledger_is_noticed(world: World) -> None:
    made = world.customer("ann")
    records.change("customers", made.pk, {"staff": 1}, world.act("ann"))
    Change.objects.filter(entity="customers", record_id=made.pk, version=1).delete()
    assert [(check, line) for check, line in checks.breaches()] == []
    Change.objects.filter(entity="customers", record_id=made.pk).update(version=1)
    assert [check for check, _line in checks.breaches()] == ["ledger"]


def test_a_healthy_company_is_said_to_be_well(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.customer("ann", tags=["fair"])
    assert cli.main(["check", "--data"]) == 0
    assert capsys.readouterr().out.startswith("All is well: ledger, members, references")


def test_the_command_prints_the_hash_on_its_last_line(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["hash", "--by-entity"]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert lines[-2] == hashing.content_hash()
    assert any(line.endswith("  customers") for line in lines)
