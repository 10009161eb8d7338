"""Creating and changing one record through the door."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bosun.kernel import records, registry
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft
from bosun.kernel.errors import Denied, FieldError, Invalid, NotFound
from bosun.kernel.models import Change
from bosun.lib import clock
from bosun.lib.money import Money
from tests.kernel.world import SYSTEM, World

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)


def changes(pk: int, entity: str = "customers") -> list[Change]:
    return list(Change.objects.filter(entity=entity, record_id=pk).order_by("id"))


def test_a_new_record_holds_what_was_given_and_the_defaults(world: World) -> None:
    with clock.fixed(NOW):
        made = records.create(
            "customers",
            {
                "name": "  Tidewater Pumps ", "grade": "A", "phones": ["+49 69 555 0140"], "tags": "fair, 大客户",
                "registered_capital": {"amount": "1000.50", "currency": "EUR"}, "staff": "120",
            },
            world.act("ann"),
        )  # fmt: skip
    held = records.get("customers", made.pk, world.actor("ann"))
    assert held.name == "Tidewater Pumps"
    assert held.kind == "company"
    assert held.phones == ["+49695550140"]
    assert held.tags == ["fair", "大客户"]
    assert held.registered_capital == Money(100050, "EUR")
    assert held.registered_capital_base == 100050
    assert held.staff == 120
    assert held.owner_id == world.people["ann"]
    assert held.department_id == world.departments["team a"]
    assert held.created_by_id == held.updated_by_id == world.people["ann"]
    assert held.created_at == held.updated_at == NOW
    assert held.version == 1
    assert held.external_id is None


def test_the_ledger_tells_who_did_what_through_which_door(world: World) -> None:
    made = records.create("customers", {"name": "Tidewater"}, world.act("ann", door="form"))
    (told,) = changes(made.pk)
    assert (told.verb, told.door, told.actor_id, told.actor_name) == ("created", "form", world.people["ann"], "Ann")
    assert (told.title, told.version, told.batch, told.depth) == ("Tidewater", 1, "", 0)
    assert told.diff["name"] == [None, "Tidewater"]
    assert told.diff["owner"] == [None, world.people["ann"]]
    assert "grade" not in told.diff


def test_a_change_writes_only_what_differs(world: World) -> None:
    made = world.customer("ann", staff=12)
    draft = records.change("customers", made.pk, {"name": "Tidewater", "staff": 13}, world.act("ann", door="inline"))
    assert draft.diff == {"staff": (12, 13)}
    told = changes(made.pk)[-1]
    assert (told.verb, told.diff, told.version) == ("changed", {"staff": [12, 13]}, 2)
    assert records.get("customers", made.pk, world.actor("ann")).version == 2


def test_a_change_to_the_same_is_no_change(world: World) -> None:
    made = world.customer("ann", phones=["+4969555014"], tags=["fair"])
    before = records.get("customers", made.pk, world.actor("ann"))
    draft = records.change(
        "customers", made.pk, {"name": " Tidewater", "phones": "0049 69 555014", "tags": ["fair"]}, world.act("ann")
    )
    assert draft.diff == {}
    after = records.get("customers", made.pk, world.actor("ann"))
    assert (after.version, after.updated_at) == (before.version, before.updated_at)
    assert len(changes(made.pk)) == 1


def refused(raw: dict[str, Any], act: Act, entity: str = "customers") -> list[FieldError]:
    with pytest.raises(Invalid) as caught:
        records.create(entity, raw, act)
    return caught.value.errors


def test_what_is_required_is_asked_for(world: World) -> None:
    assert refused({"staff": 3}, world.act("ann")) == [FieldError("name", "Fill in “Customer”.")]
    assert refused({"name": " \t "}, world.act("ann")) == [FieldError("name", "Fill in “Customer”.")]


def test_a_required_field_cannot_be_emptied(world: World) -> None:
    made = world.customer("ann")
    with pytest.raises(Invalid) as caught:
        records.change("customers", made.pk, {"name": None}, world.act("ann"))
    assert caught.value.by_field() == {"name": ["Fill in “Customer”."]}
    assert records.get("customers", made.pk, world.actor("ann")).name == "Tidewater"


def test_what_was_not_touched_may_lack_what_is_required(world: World) -> None:
    (cycle,) = records.query("contact_cycles", SYSTEM.actor).where(grade="A").page().items
    registry.get("contact_cycles").model._default_manager.filter(pk=cycle.pk).update(name="", name_sort="")
    draft = records.change("contact_cycles", cycle.pk, {"interval_days": 15}, SYSTEM)
    assert draft.diff == {"interval_days": (14, 15)}


def test_every_wrong_field_is_named_at_once(world: World) -> None:
    wrong = {
        "name": "A\x00B", "grade": "Q", "staff": "many", "email": "no address", "website": "javascript:alert(1)",
        "phones": ["12"], "registered_capital": {"amount": "1.005", "currency": "EUR"}, "nonsense": 1,
    }  # fmt: skip
    assert {error.field for error in refused(wrong, world.act("ann"))} == set(wrong)


def test_a_field_that_does_not_exist_is_refused(world: World) -> None:
    assert refused({"name": "A", "is_superuser": True}, world.act("ann")) == [
        FieldError("is_superuser", "There is no field called “is_superuser”.")
    ]


def test_id_and_version_of_what_is_sent_are_ignored(world: World) -> None:
    made = records.create("customers", {"name": "A", "id": 99_999, "version": 7}, world.act("ann"))
    assert made.pk != 99_999
    assert made.version == 1


@pytest.mark.parametrize(
    "name", ["created_at", "created_by", "updated_at", "department", "last_contact", "next_contact", "contact_state"]
)
def test_what_the_software_sets_cannot_be_sent(world: World, name: str) -> None:
    value = {"created_by": world.people["cyd"], "department": world.departments["team b"], "contact_state": "good"}
    raw = {"name": "A", name: value.get(name, "2020-01-01")}
    assert [error.field for error in refused(raw, world.act("ann"))] == [name]


def test_sending_back_what_cannot_be_changed_is_no_offence(world: World) -> None:
    made = world.customer("ann")
    held = records.get("customers", made.pk, world.actor("ann"))
    raw = {"staff": 5, "owner": held.owner_id, "next_contact": held.next_contact.isoformat()}
    assert records.change("customers", made.pk, raw, world.act("ann")).diff == {"staff": (None, 5)}


def test_a_field_is_asked_for_only_where_it_is_shown(world: World) -> None:
    raw = {"about": f"customers:{world.customer('ann').pk}", "type": "call", "next_step_on": "2026-12-01"}
    assert refused(raw, world.act("ann"), "follow_ups") == [FieldError("next_step", "Say what the next step is.")]


def test_a_rule_may_put_what_the_actor_may_not_write(world: World) -> None:
    with clock.fixed(NOW):
        made = world.customer("ann", grade="A")
    assert made.next_contact == date(2026, 12, 4)


def test_an_option_is_known_by_its_label_in_any_language(world: World) -> None:
    made = world.customer("ann", industry="Industria", source="转介绍", maturity="NEW")
    assert (made.industry, made.source, made.maturity) == ("manufacturing", "referral", "new")


def test_who_may_not_create_is_told_so(world: World) -> None:
    world.grant("rep", {"customers": {"read": "own"}})
    with pytest.raises(Denied):
        world.customer("ann")
    world.grant("rep", {})
    with pytest.raises(NotFound):
        world.customer("ann")


def test_who_may_not_change_is_told_so_and_a_stranger_learns_nothing(world: World) -> None:
    made = world.customer("ann")
    with pytest.raises(NotFound):
        records.change("customers", made.pk, {"staff": 1}, world.act("cyd"))
    world.grant("rep", {"customers": {"read": "own"}})
    with pytest.raises(Denied):
        records.change("customers", made.pk, {"staff": 1}, world.act("ann"))
    for pk in (made.pk, 10**12):
        with pytest.raises(Denied):
            records.change("customers", pk, {"staff": 1}, world.act("cyd"))
    assert len(changes(made.pk)) == 1


def test_a_read_only_token_writes_nothing(world: World) -> None:
    made = world.customer("ann")
    reader = Act(replace(world.actor("ann"), read_only=True), "api")
    with pytest.raises(Denied):
        records.change("customers", made.pk, {"staff": 1}, reader)
    with pytest.raises(Denied):
        records.create("customers", {"name": "B"}, reader)
    assert records.get("customers", made.pk, reader.actor).pk == made.pk


def test_of_a_batch_the_good_ones_go_through(world: World) -> None:
    ours, theirs = world.customer("ann"), world.customer("cyd", name="Cyd's")
    drafts = records.bulk_change("customers", [ours.pk, theirs.pk, 10**12], {"tags": ["fair"]}, world.act("ann"))
    assert [type(draft.failure) for draft in drafts] == [type(None), NotFound, NotFound]
    assert records.get("customers", ours.pk, world.actor("ann")).tags == ["fair"]
    assert records.get("customers", theirs.pk, world.actor("cyd")).tags is None


def test_one_record_twice_in_a_batch_is_changed_twice(world: World) -> None:
    made = world.customer("ann", staff=1)
    entity = registry.get("customers")
    drafts = [Draft(entity, {"staff": n}, pk=made.pk, verb="changed") for n in (2, 3)]
    records.save(drafts, world.act("ann"))
    assert [draft.diff for draft in drafts] == [{"staff": (1, 2)}, {"staff": (2, 3)}]
    held = records.get("customers", made.pk, world.actor("ann"))
    assert (held.staff, held.version) == (3, 3)
    assert [change.version for change in changes(made.pk)] == [1, 2, 3]


def test_a_unique_value_is_taken_once(world: World) -> None:
    world.customer("ann", external_id="007")
    assert [error.field for error in refused({"name": "B", "external_id": "007"}, world.act("ann"))] == ["external_id"]
    other = world.customer("ann", name="C", external_id="7")
    with pytest.raises(Invalid) as caught:
        records.change("customers", other.pk, {"external_id": "007"}, world.act("ann"))
    assert [error.field for error in caught.value.errors] == ["external_id"]


def test_a_unique_value_taken_twice_in_one_batch_fails_once(world: World) -> None:
    entity = registry.get("customers")
    drafts = [Draft(entity, {"name": n, "external_id": "007"}, verb="created") for n in ("A", "B")]
    records.save(drafts, world.act("ann"))
    assert drafts[0].failure is None
    assert isinstance(drafts[1].failure, Invalid)
    assert [error.field for error in drafts[1].failure.errors] == ["external_id"]


def test_what_a_hidden_record_holds_under_a_unique_value_is_not_told(world: World) -> None:
    world.customer("cyd", name="Secret Ltd", external_id="CNRY-1")
    (error,) = refused({"name": "B", "external_id": "CNRY-1"}, world.act("ann"))
    assert "Secret" not in error.message
