"""The demo, the fixture, and what `bosun explain` says."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from bosun.config import cli
from bosun.kernel import records, registry, stamps
from bosun.kernel.errors import Invalid
from bosun.platform.accounts.models import User
from bosun.platform.accounts.services import find_token
from bosun.platform.integrity import checks
from bosun.platform.org import actors
from bosun.platform.org.models import Person

pytestmark = pytest.mark.django_db


def count(key: str) -> int:
    return int(registry.get(key).model._default_manager.filter(deleted_at__isnull=True).count())


@pytest.mark.slow
def test_the_demo_is_whole_lively_and_made_once(capsys: pytest.CaptureFixture[str]) -> None:
    stamps.forget()
    assert cli.main(["demo"]) == 0
    printed = capsys.readouterr().out
    assert list(checks.breaches()) == []
    assert (count("customers"), count("users")) == (299, 16)
    assert count("contacts") > 600
    assert count("follow_ups") > 1000
    for name in ("admin", "ann", "ben", "cyd"):
        password = next(line.split()[1] for line in printed.splitlines() if line.startswith(f"  {name} "))
        assert User.objects.get(username=name).check_password(password)
    ann = actors.load(Person.objects.get(username="ann").pk)
    assert ann is not None
    own = records.query("customers", ann).rows()
    states = Counter(row.contact_state for row in own)
    assert (states["overdue"], states["due"], states["soon"]) == (2, 3, 2)
    promised = records.query("follow_ups", ann).where(person_id=ann.id, step_done_at__isnull=True)
    assert promised.where(next_step__isnull=False).count()[0] >= 8
    assert cli.main(["demo", "--if-empty"]) == 0
    assert capsys.readouterr().out == ""
    assert cli.main(["demo"]) == 1
    every_value_is_read_back()


def every_value_is_read_back() -> None:
    """What stands in the demo is what the door would take: otherwise no form could be saved."""
    admin = actors.load(Person.objects.get(username="admin").pk)
    assert admin is not None
    env = records.environment(admin)
    wrong = []
    for key in ("customers", "contacts", "follow_ups"):
        for row in registry.get(key).model._default_manager.filter(deleted_at__isnull=True)[:150]:
            for spec in registry.get(key).specs().values():
                if spec.read_only or spec.kind.key in ("ref", "anyref"):
                    continue
                try:
                    same = spec.kind.same(spec.get(row), spec.kind.parse(spec.kind.to_json(spec.get(row), env), env))
                except Invalid:
                    same = False
                if not same:
                    wrong.append((key, spec.name, spec.get(row)))
    assert wrong == []


def test_the_fixture_prints_people_tokens_and_canaries(capsys: pytest.CaptureFixture[str]) -> None:
    stamps.forget()
    assert cli.main(["fixture", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    people = {key: one["username"] for key, one in made["people"].items()}
    assert (people["repA1"], people["mgrA"]) == ("ann", "ben")
    assert (people["repB1"], people["admin"], people["exA"]) == ("cyd", "admin", "exa")
    for one in made["people"].values():
        assert User.objects.get(username=one["username"]).check_password(one["password"])
    token = find_token(made["tokens"]["tokA1"])
    reader = find_token(made["tokens"]["tokRO"])
    assert token is not None
    assert reader is not None
    assert (token.person.username, token.scope, reader.scope) == ("ann", "full", "read")
    closed = {"name", "text", "credit_limit", "id_no", "note", "next_step", "cost_price"}
    assert {one["field"] for one in made["canaries"] if not one["field"].startswith("x_")} == closed
    invented = {one["field"] for one in made["canaries"]} - closed
    assert {"x_note", "x_secret", "x_hint"} <= invented
    assert not Person.objects.get(username="exa").active
    assert list(checks.breaches()) == []
    assert cli.main(["fixture", "--json"]) == 1


def test_a_field_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "customers.grade"]) == 0
    said = capsys.readouterr().out
    for part in (
        "customers.grade, “Grade”", "kind choice", "options of the list grade: A, B, C, D",
        "Sales rep: write, rows: own", "Read only: read, rows: all", "Administrator: write",
        "rule bosun.modules.customers.services.plan_contact", "the columns of the list",
    ):  # fmt: skip
        assert part in said, part


def test_a_computed_field_says_what_it_is_made_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "customers.contact_state"]) == 0
    assert "made of last_contact, next_contact" in capsys.readouterr().out
    assert cli.main(["explain", "customers.next_contact"]) == 0
    assert "contact_state is made of it" in capsys.readouterr().out


def test_an_entity_is_explained_and_an_unknown_one_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "contacts"]) == 0
    said = capsys.readouterr().out
    assert "takes its rights from customer" in said
    assert "contacts.reports_to" in said
    assert cli.main(["explain", "nothing"]) == 1
    assert cli.main(["explain", "customers.nothing"]) == 1
