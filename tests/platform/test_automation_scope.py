"""Rules reach no record that their identity may not read: before it is written, and when it has gone to the bin."""

from __future__ import annotations

from typing import Any

import pytest

from bosun.kernel import records, stamps
from bosun.kernel.errors import Objected
from bosun.platform.automation.models import Run
from bosun.platform.reminders.models import Notice
from tests.kernel.world import MANAGER, REP, SYSTEM, World
from tests.platform.test_automation_engine import now

ALL = ("read", "create", "change", "remove")


@pytest.fixture
def rep(world: World) -> World:
    """Ann and Ben may write rules of their own."""
    rights = {"rules": dict.fromkeys(ALL, "own")}
    world.grant("rep", {**REP, **rights})
    world.grant("manager", {**MANAGER, **rights})
    stamps.refresh()
    return world


def mine(world: World, who: str, event: str, do: list[dict[str, Any]], **more: Any) -> Any:
    """A rule that somebody wrote for himself."""
    raw = {"name": f"On {event}", "event": event, "do": do, "enabled": True, **more}
    made = records.create("rules", raw, world.act(who))
    stamps.refresh()
    return made


def test_a_rule_hears_of_no_removal_of_a_record_that_its_identity_did_not_read(rep: World) -> None:
    hers = rep.customer("ann", name="Hers")
    foreign = [rep.customer("cyd", name=f"Secret {number}") for number in range(5)]
    contact = records.create("contacts", {"name": "Joe", "customer": hers.pk}, rep.act("ann"))
    records.create("contacts", {"name": "Eve", "customer": foreign[0].pk}, rep.act("cyd"))
    told = [{"action": "notify", "to": ["ann"], "text": "{{name}} is gone"}]
    customers = mine(rep, "ann", "customers.deleted", told)
    contacts = mine(rep, "ann", "contacts.deleted", told)
    for each in foreign:
        records.remove_one("customers", each.pk, SYSTEM)
    assert not Run.objects.exists()
    assert not Notice.objects.filter(person_id=rep.people["ann"]).exists()
    records.remove_one("customers", hers.pk, rep.act("ann"))
    ran = {run.rule_id: run.record_id for run in Run.objects.all()}
    assert ran == {customers.pk: hers.pk, contacts.pk: contact.pk}, "what went with it was open to her as well"
    assert Notice.objects.filter(person_id=rep.people["ann"]).count() == 2


def test_a_guard_binds_on_what_its_identity_reads_and_on_nothing_else(rep: World) -> None:
    hers, foreign = rep.customer("ann", name="Hers"), rep.customer("cyd", name="Foreign")
    records.create("contacts", {"name": "Joe", "customer": hers.pk}, rep.act("ann"))
    for event in ("customers.saved", "customers.deleted"):
        mine(rep, "ann", event, [], guard="block", reason="Not with me")
    for change in ({"staff": 5}, {"grade": "A"}):
        records.change("customers", foreign.pk, change, rep.act("cyd"))
    records.remove_one("customers", foreign.pk, rep.act("cyd"))
    with pytest.raises(Objected):
        records.change("customers", hers.pk, {"staff": 5}, rep.act("ada"))
    with pytest.raises(Objected):
        records.remove_one("customers", hers.pk, rep.act("ada"))
    assert (now(hers.pk).staff, now(hers.pk).deleted_at) == (None, None)


def test_a_guard_on_what_goes_to_the_bin_with_another_record_still_binds(rep: World) -> None:
    hers, foreign = rep.customer("ann", name="Hers"), rep.customer("cyd", name="Foreign")
    records.create("contacts", {"name": "Joe", "customer": hers.pk}, rep.act("ann"))
    records.create("contacts", {"name": "Eve", "customer": foreign.pk}, rep.act("cyd"))
    mine(rep, "ann", "contacts.deleted", [], guard="block")
    records.remove_one("customers", foreign.pk, rep.act("cyd"))
    with pytest.raises(Objected):
        records.remove_one("customers", hers.pk, rep.act("ada"))
    assert now(hers.pk).deleted_at is None


def test_a_guard_of_new_records_binds_where_its_identity_would_read_them(rep: World) -> None:
    hers, foreign = rep.customer("ann", name="Hers"), rep.customer("cyd", name="Foreign")
    for who in ("ann", "ben"):
        for entity in ("customers", "contacts"):
            mine(rep, who, f"{entity}.created", [], guard="block", reason=f"Not with {who}")

    def said(entity: str, who: str, **values: Any) -> list[str]:
        try:
            records.create(entity, values, rep.act(who, confirm=frozenset({"duplicate"})))
        except Objected as error:
            return [each.reason for each in error.objections]
        return []

    assert said("customers", "cyd", name="Far away") == []
    assert said("customers", "ada", name="Far away too", owner="cyd") == []
    assert said("contacts", "cyd", name="Eve", customer=foreign.pk) == []
    assert said("customers", "ann", name="Near") == ["Not with ann", "Not with ben"]
    assert said("customers", "ada", name="Ben's", owner="ben") == ["Not with ben"]
    assert said("contacts", "ada", name="Joe", customer=hers.pk) == ["Not with ann", "Not with ben"]
