"""A verb is the button, the bulk action, the endpoint and the word in the history."""

import pytest

from bosun.kernel import records
from bosun.kernel.errors import Denied, FieldError, Invalid, NotFound
from bosun.kernel.models import Change
from tests.kernel.world import World


def test_handing_over_changes_the_owner_under_its_own_name(world: World) -> None:
    made = world.customer("ann")
    (draft,) = records.run_verb("customers", [made.pk], "transfer", {"owner": "cyd"}, world.act("ben"))
    assert draft.failure is None
    assert draft.diff == {"owner": (world.people["ann"], world.people["cyd"])}
    told = Change.objects.filter(entity="customers", record_id=made.pk).order_by("id").last()
    assert told is not None
    assert (told.verb, told.actor_name) == ("transferred", "Ben")
    assert records.get("customers", made.pk, world.actor("cyd")).owner_id == world.people["cyd"]
    with pytest.raises(NotFound):
        records.get("customers", made.pk, world.actor("ann"))


def test_without_the_right_the_verb_is_refused(world: World) -> None:
    made = world.customer("ann")
    (draft,) = records.run_verb("customers", [made.pk], "transfer", {"owner": "ann"}, world.act("ann"))
    assert isinstance(draft.failure, Denied)
    assert records.get("customers", made.pk, world.actor("ann")).version == 1


def test_on_a_foreign_record_it_is_as_if_there_were_none(world: World) -> None:
    made = world.customer("cyd")
    drafts = records.run_verb("customers", [made.pk, 10**12], "transfer", {"owner": "ben"}, world.act("ben"))
    assert [type(draft.failure) for draft in drafts] == [NotFound, NotFound]


def test_the_owner_is_not_changed_by_the_back_door(world: World) -> None:
    made = world.customer("ann")
    with pytest.raises(Invalid) as caught:
        records.change("customers", made.pk, {"owner": "cyd"}, world.act("ann"))
    assert caught.value.by_field() == {"owner": ["“Owner” cannot be changed here."]}
    draft = records.change("customers", made.pk, {"owner": "cyd"}, world.act("ben"))
    assert draft.diff == {"owner": (world.people["ann"], world.people["cyd"])}


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        ({}, FieldError("owner", "Fill in “New owner”.")),
        ({"owner": "nobody"}, FieldError("owner", "“nobody” was not found, or is not open to you.")),
        ({"owner": "ann", "force": True}, FieldError("force", "This is not asked for here.")),
    ],
)
def test_parameters_are_read_and_refused_by_name(world: World, raw: dict[str, object], error: FieldError) -> None:
    made = world.customer("ann")
    with pytest.raises(Invalid) as caught:
        records.run_verb("customers", [made.pk], "transfer", raw, world.act("ben"))
    assert caught.value.errors == [error]


def test_a_verb_that_does_not_exist_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        records.run_verb("customers", [world.customer("ann").pk], "explode", {}, world.act("ben"))


def test_a_verb_on_many_tells_for_each_how_it_went(world: World) -> None:
    ours, theirs = world.customer("ann"), world.customer("cyd")
    drafts = records.run_verb("customers", [ours.pk, theirs.pk], "transfer", {"owner": "ben"}, world.act("ben"))
    assert [draft.failure is None for draft in drafts] == [True, False]
    assert records.query("customers", world.actor("ann")).count() == (0, True)
