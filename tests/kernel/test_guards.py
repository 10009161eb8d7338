"""Other modules veto, or ask and are answered, before anything is written."""

from collections.abc import Sequence

import pytest

from bosun.kernel import drafts, records
from bosun.kernel.actor import Act
from bosun.kernel.drafts import Draft, guard
from bosun.kernel.env import Env
from bosun.kernel.errors import Objected, Objection
from bosun.kernel.models import Change
from tests.kernel.world import World

BLOCK = Objection("test.closed", "The books are closed.")
ASK = Objection("test.large", "That is a large number of people.", confirm="large")


@pytest.fixture
def own_guards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards of one test are forgotten after it."""
    monkeypatch.setattr(drafts, "guards", {})


def watch(event: str, objection: Objection, name: str = "staff") -> None:
    def check(asked: Sequence[Draft], act: Act, env: Env) -> None:
        for draft in asked:
            if name in draft.diff:
                draft.object(objection)

    guard(event, check)


@pytest.mark.usefixtures("own_guards")
def test_a_veto_stands_whatever_is_confirmed(world: World) -> None:
    made = world.customer("ann")
    watch("customers.changed", BLOCK)
    with pytest.raises(Objected) as caught:
        records.change("customers", made.pk, {"staff": 9}, world.act("ann", confirm=frozenset(("large", ""))))
    assert caught.value.objections == [BLOCK]
    assert records.get("customers", made.pk, world.actor("ann")).staff is None
    assert records.change("customers", made.pk, {"address": "Quay"}, world.act("ann")).diff


@pytest.mark.usefixtures("own_guards")
def test_a_question_is_asked_until_it_is_answered(world: World) -> None:
    made = world.customer("ann")
    watch("customers.changed", ASK)
    with pytest.raises(Objected) as caught:
        records.change("customers", made.pk, {"staff": 9}, world.act("ann"))
    assert [objection.confirm for objection in caught.value.objections] == ["large"]
    assert Change.objects.filter(entity="customers", record_id=made.pk).count() == 1
    records.change("customers", made.pk, {"staff": 9}, world.act("ann", confirm=frozenset(("large",))))
    assert records.get("customers", made.pk, world.actor("ann")).staff == 9


@pytest.mark.usefixtures("own_guards")
def test_a_guard_of_every_entity_sees_new_records(world: World) -> None:
    watch("*.created", BLOCK)
    with pytest.raises(Objected):
        world.customer("ann", staff=3)
    assert world.customer("ann").pk


@pytest.mark.usefixtures("own_guards")
def test_in_a_batch_only_the_objectionable_stay_behind(world: World) -> None:
    first, second = world.customer("ann", staff=9), world.customer("ann", name="B")
    watch("customers.changed", BLOCK)
    done = records.bulk_change("customers", [first.pk, second.pk], {"staff": 9}, world.act("ann"))
    assert [type(draft.failure) for draft in done] == [type(None), Objected]


@pytest.mark.usefixtures("own_guards")
def test_guards_watch_verbs_and_removals(world: World) -> None:
    made = world.customer("ann")
    watch("customers.transferred", BLOCK, "owner")

    def never(asked: Sequence[Draft], act: Act, env: Env) -> None:
        for draft in asked:
            draft.object(ASK)

    guard("customers.removed", never)
    (draft,) = records.run_verb("customers", [made.pk], "transfer", {"owner": "cyd"}, world.act("ben"))
    assert isinstance(draft.failure, Objected)
    with pytest.raises(Objected):
        records.remove_one("customers", made.pk, world.act("ann"))
    removal = records.remove_one("customers", made.pk, world.act("ann", confirm=frozenset(("large",))))
    assert removal.counts == {"customers": 1}
